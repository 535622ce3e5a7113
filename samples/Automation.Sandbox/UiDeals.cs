using System.Text.RegularExpressions;
using Automation.Simulators.AmoCrm;
using Automation.Simulators.Seed;
using Newtonsoft.Json.Linq;

namespace Automation.Sandbox;

/// <summary>The board and the deal card. Every act goes through the simulator, so hooks leave as from a real account.</summary>
internal static partial class UiDeals
{
    public static void Map(WebApplication app, World world)
    {
        var amo = world.Amo;
        app.MapRead("/board", _ => Board(amo));
        app.MapRead("/deals/{id:long}", context => DealCard.Show(amo, context.Id()));
        app.MapAct("/deals", (_, body) => Add(amo, body));
        app.MapAct("/deals/{id:long}/move", (context, body) =>
            new JObject { ["id"] = amo.MoveDeal(context.Id(), (long)body["pipeline_id"]!, (long)body["status_id"]!, Actor(body)).Id });
        app.MapAct("/deals/{id:long}", (context, body) => Change(amo, context.Id(), body));
        app.MapAct("/deals/{id:long}/notes", (context, body) =>
            new JObject { ["id"] = amo.AddNote(context.Id(), Required(body, "text"), Actor(body)).Id });
        app.MapAct("/deals/{id:long}/tasks", (context, body) => new JObject
        {
            ["id"] = amo.AddTask(context.Id(), Required(body, "text"), DateTimeOffset.FromUnixTimeSeconds((long)body["due"]!),
                (long?)body["responsible_user_id"], Actor(body)).Id,
        });
        app.MapAct("/deals/{id:long}/delete", (context, body) =>
        {
            amo.DeleteDeal(context.Id(), Actor(body));
            return null;
        });
        app.MapAct("/tasks/{id:long}/complete", (context, body) => new JObject { ["id"] = amo.CompleteTask(context.Id(), (string?)body["result"], Actor(body)).Id });
    }

    /// <summary>Deals whose field "parent" or whose notes point at <c>/leads/detail/{id}</c>.</summary>
    public static ILookup<long, long> ChildrenByParent(AmoCrmSimulator amo)
    {
        var deals = amo.Deals;
        var byNote = amo.Notes.Where(note => note.Entity == AmoKind.Leads)
            .SelectMany(note => Links().Matches(note.Params.ToString()).Select(match => (Parent: Number(match), Child: note.EntityId)));
        var byField = deals.SelectMany(deal => deal.Fields.Values.SelectMany(values => values)
            .SelectMany(value => Links().Matches(value.Value.ToString())).Select(match => (Parent: Number(match), Child: deal.Id)));
        // The younger of the two is the child, whichever of them holds the link.
        return byNote.Concat(byField)
            .Where(pair => pair.Parent != pair.Child)
            .Select(pair => pair.Parent < pair.Child ? pair : (Parent: pair.Child, Child: pair.Parent))
            .Distinct().ToLookup(pair => pair.Parent, pair => pair.Child);
    }

    private static JObject Board(AmoCrmSimulator amo)
    {
        var users = amo.Users.ToDictionary(user => user.Id, user => user.Name);
        var contacts = amo.Contacts.ToDictionary(contact => contact.Id);
        var links = amo.Links.Where(link => link is { From: AmoKind.Leads, To: AmoKind.Contacts }).ToLookup(link => link.FromId);
        var tasks = amo.Tasks.Where(task => task is { Entity: AmoKind.Leads, IsCompleted: false }).ToLookup(task => task.EntityId);
        var children = ChildrenByParent(amo);
        return new JObject
        {
            ["users"] = new JArray(amo.Users.Select(user => new JObject
            {
                ["id"] = user.Id,
                ["name"] = user.Name,
                ["email"] = user.Email,
                ["is_admin"] = user.IsAdmin,
                ["is_active"] = user.IsActive,
                ["open"] = amo.Deals.Count(deal => deal.ResponsibleUserId == user.Id && deal.StatusId is not (142 or 143)),
            })),
            ["pipelines"] = new JArray(amo.Pipelines.Select(pipeline => new JObject
            {
                ["id"] = pipeline.Id,
                ["name"] = pipeline.Name,
                ["statuses"] = new JArray(pipeline.Statuses.Select(status =>
                    new JObject { ["id"] = status.Id, ["name"] = status.Name, ["color"] = status.Color, ["type"] = status.Type })),
            })),
            ["deals"] = new JArray(amo.Deals.Select(deal => new JObject
            {
                ["id"] = deal.Id,
                ["name"] = deal.Name,
                ["price"] = deal.Price,
                ["pipeline_id"] = deal.PipelineId,
                ["status_id"] = deal.StatusId,
                ["responsible"] = users.GetValueOrDefault(deal.ResponsibleUserId),
                ["updated_at"] = deal.UpdatedAt,
                ["contact"] = links[deal.Id].OrderByDescending(link => link.IsMain).Select(link => contacts.GetValueOrDefault(link.ToId)?.Name).FirstOrDefault(),
                ["priority"] = deal.Text(SandboxIds.Priority),
                ["tags"] = new JArray(deal.Tags.Select(tag => new JObject { ["id"] = tag.Id, ["name"] = tag.Name, ["color"] = tag.Color })),
                ["tasks"] = new JArray(tasks[deal.Id].OrderBy(task => task.CompleteTill).Select(task =>
                    new JObject { ["id"] = task.Id, ["text"] = task.Text, ["due"] = task.CompleteTill })),
                ["children"] = new JArray(children[deal.Id]),
                ["parents"] = new JArray(children.Where(group => group.Contains(deal.Id)).Select(group => group.Key)),
            })),
        };
    }

    private static JObject Add(AmoCrmSimulator amo, JObject body)
    {
        var actor = Actor(body);
        var phone = (string?)body["phone"] is { Length: > 0 } given ? given : null;
        var contact = (string?)body["contact"] is { Length: > 0 } name ? amo.AddContact(name, phone, actor: actor) : null;
        var deal = amo.AddDeal(Required(body, "name"), (long)body["pipeline_id"]!, (long)body["status_id"]!,
            (long?)body["price"] ?? 0, (long?)body["responsible_user_id"], actor, contact: contact?.Id);
        return new JObject { ["id"] = deal.Id };
    }

    private static JObject Change(AmoCrmSimulator amo, long id, JObject body)
    {
        var actor = Actor(body);
        if (body["field_id"] is { } field)
            return new JObject { ["id"] = amo.SetField(AmoKind.Leads, id, (long)field, Empty(body["value"]), actor).Id };
        if (body["tags"] is { } tags)
            return new JObject { ["id"] = amo.SetTags(AmoKind.Leads, id, ((string)tags!).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), actor).Id };
        var changed = amo.Change(AmoKind.Leads, id, deal => deal with
        {
            Name = (string?)body["name"] ?? deal.Name,
            Price = (long?)body["price"] ?? deal.Price,
            ResponsibleUserId = (long?)body["responsible_user_id"] ?? deal.ResponsibleUserId,
        }, actor);
        return new JObject { ["id"] = changed.Id };
    }

    private static JToken? Empty(JToken? value) => value is null || value.ToString().Length == 0 ? null : value;

    internal static long? Actor(JObject body) => (long?)body["actor"];

    internal static string Required(JObject body, string name) =>
        (string?)body[name] is { Length: > 0 } text ? text : throw new ArgumentException($"'{name}' is empty.");

    private static long Number(Match match) => long.Parse(match.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);

    [GeneratedRegex(@"/leads/detail/(\d{1,18})")]
    private static partial Regex Links();
}
