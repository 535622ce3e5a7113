using Automation.Simulators.AmoCrm;
using Newtonsoft.Json.Linq;

namespace Automation.Sandbox;

/// <summary>One deal with everything that hangs on it.</summary>
internal static class DealCard
{
    public static JObject Show(AmoCrmSimulator amo, long id)
    {
        if (amo.Deal(id) is not { } deal)
            return new JObject { ["missing"] = true };
        var users = amo.Users.ToDictionary(user => user.Id, user => user.Name);
        string Author(long user) => user == 0 ? "робот" : users.GetValueOrDefault(user) ?? "";
        var children = UiDeals.ChildrenByParent(amo);
        return new JObject
        {
            ["id"] = id,
            ["name"] = deal.Name,
            ["price"] = deal.Price,
            ["pipeline_id"] = deal.PipelineId,
            ["status_id"] = deal.StatusId,
            ["responsible_user_id"] = deal.ResponsibleUserId,
            ["created_at"] = deal.CreatedAt,
            ["updated_at"] = deal.UpdatedAt,
            ["updated_by"] = Author(deal.UpdatedBy),
            ["tags"] = new JArray(deal.Tags.Select(tag => new JObject { ["name"] = tag.Name, ["color"] = tag.Color })),
            ["fields"] = new JArray(amo.Fields(AmoKind.Leads).Select(field => new JObject
            {
                ["id"] = field.Id,
                ["name"] = field.Name,
                ["type"] = field.Type,
                ["value"] = deal.Text(field.Id),
                ["choices"] = new JArray(field.Enums.Select(choice => choice.Value)),
            })),
            ["contacts"] = new JArray(People(amo, deal, AmoKind.Contacts)),
            ["companies"] = new JArray(People(amo, deal, AmoKind.Companies)),
            ["files"] = new JArray(deal.Files.Select(amo.File).OfType<AmoFile>().Select(file => new JObject
            {
                ["name"] = file.Name,
                ["size"] = file.Content.Length,
                ["href"] = $"{World.Root}/amo/drive/v1.0/download/{file.Uuid}",
            })),
            ["tasks"] = new JArray(amo.Tasks.Where(task => task.Entity == AmoKind.Leads && task.EntityId == id)
                .OrderBy(task => task.IsCompleted).ThenBy(task => task.CompleteTill).Select(task => new JObject
                {
                    ["id"] = task.Id,
                    ["text"] = task.Text,
                    ["due"] = task.CompleteTill,
                    ["done"] = task.IsCompleted,
                    ["result"] = task.Result,
                    ["responsible"] = Author(task.ResponsibleUserId),
                })),
            ["notes"] = new JArray(amo.Notes.Where(note => note.Entity == AmoKind.Leads && note.EntityId == id).Reverse().Select(note => new JObject
            {
                ["id"] = note.Id,
                ["type"] = note.Type,
                ["at"] = note.CreatedAt,
                ["author"] = Author(note.CreatedBy),
                ["params"] = note.Params.DeepClone(),
            })),
            ["children"] = new JArray(children[id].Select(child => Other(amo, child))),
            ["parents"] = new JArray(children.Where(group => group.Contains(id)).Select(group => Other(amo, group.Key))),
        };
    }

    private static JObject Other(AmoCrmSimulator amo, long id) => new() { ["id"] = id, ["name"] = amo.Deal(id)?.Name ?? $"#{id}" };

    private static IEnumerable<JObject> People(AmoCrmSimulator amo, AmoEntity deal, AmoKind kind) => amo.Links
        .Where(link => link.From == AmoKind.Leads && link.FromId == deal.Id && link.To == kind)
        .Select(link => amo.Find(kind, link.ToId)).OfType<AmoEntity>()
        .Select(person => new JObject
        {
            ["id"] = person.Id,
            ["name"] = person.Name,
            ["values"] = new JArray(person.Fields.Values.SelectMany(values => values).Select(value => value.Value.ToString())),
        });
}
