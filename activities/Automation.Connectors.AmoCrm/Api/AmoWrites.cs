using System.Globalization;
using Automation.Engine.Effects;
using Automation.Engine.Mailboxes;
using Automation.Engine.Ports;
using Newtonsoft.Json.Linq;

namespace Automation.Connectors.AmoCrm.Api;

/// <summary>Commands as calls. Changed values only, by the robot (<c>updated_by</c> 0).</summary>
internal sealed class AmoWrites(AmoApi api, AccountState state)
{
    private const int MaxItems = 250;

    public async Task<EffectResult> ExecuteAsync(CrmCommand command, string effectKey, CancellationToken cancellationToken)
    {
        try
        {
            return command switch
            {
                CreateDeal deal => await CreateDealAsync(deal, effectKey, cancellationToken),
                UpdateEntity update => await UpdateAsync(update, cancellationToken),
                AddNotes notes => await AddNotesAsync(notes, cancellationToken),
                CreateTasks tasks => await CreateTasksAsync(tasks, cancellationToken),
                UpdateTasks tasks => await UpdateTasksAsync(tasks, cancellationToken),
                AttachFiles files => await AttachAsync(files, cancellationToken),
                CreateContact contact => await CreateContactAsync(contact, cancellationToken),
                _ => new Rejected("crm_command_unknown", $"amoCRM cannot carry out '{command.Command}'."),
            };
        }
        catch (CommandException refused)
        {
            return new Rejected(refused.Code, refused.Message);
        }
    }

    private async Task<EffectResult> CreateDealAsync(CreateDeal deal, string effectKey, CancellationToken cancellationToken)
    {
        var body = new JObject { ["name"] = deal.Name, ["pipeline_id"] = Id(deal.PipelineId), ["status_id"] = Id(deal.StageId), ["created_by"] = 0, ["updated_by"] = 0 };
        if (deal.Price is { } price) body["price"] = Price(price);
        if (deal.ResponsibleId is { } responsible) body["responsible_user_id"] = Id(responsible);
        var fields = await FieldsAsync(EntityTypes.Deal, deal.Fields, cancellationToken);
        if (await state.FieldAsync(api, EntityTypes.Deal, Codes.AutomationKey, cancellationToken) is not { } keyField)
            return new Rejected("crm_key_field_missing", "The deals' field «Ключ автоматизации» is missing in amoCRM; connect the account again to make it.");
        fields.Add(new JObject { ["field_id"] = Id(keyField.Id), ["values"] = new JArray(new JObject { ["value"] = effectKey }) });
        body["custom_fields_values"] = fields;
        var embedded = new JObject();
        if (deal.ContactId is { } contact) embedded["contacts"] = new JArray(new JObject { ["id"] = Id(contact), ["is_main"] = true });
        if (deal.CompanyId is { } company) embedded["companies"] = new JArray(new JObject { ["id"] = Id(company) });
        if (deal.Tags is { Count: > 0 } tags) embedded["tags"] = await TagsAsync(EntityTypes.Deal, tags, cancellationToken);
        if (embedded.Count > 0) body["_embedded"] = embedded;
        return One(await api.CreateAsync("leads", new JArray(body), cancellationToken), "leads");
    }

    private async Task<EffectResult> UpdateAsync(UpdateEntity update, CancellationToken cancellationToken)
    {
        var path = Codes.PathOf(update.EntityType) ?? throw new CommandException("crm_entity_unknown", $"amoCRM has no '{update.EntityType}' to change.");
        var body = new JObject { ["id"] = Id(update.EntityId), ["updated_by"] = 0 };
        if (update.Name is not null) body["name"] = update.Name;
        if (update.Price is { } price) body["price"] = Price(price);
        if (update.PipelineId is { } pipeline) body["pipeline_id"] = Id(pipeline);
        if (update.StageId is { } stage) body["status_id"] = Id(stage);
        if (update.ResponsibleId is { } responsible) body["responsible_user_id"] = Id(responsible);
        if (await FieldsAsync(update.EntityType, update.Fields, cancellationToken) is { Count: > 0 } fields) body["custom_fields_values"] = fields;
        if (update.AddTags is { Count: > 0 } add) body["tags_to_add"] = await TagsAsync(update.EntityType, add, cancellationToken);
        if (update.RemoveTags is { Count: > 0 } remove) body["tags_to_delete"] = new JArray(remove.Select(tag => new JObject { ["name"] = TagColor.Split(tag).Name }));
        var answer = await api.ChangeAsync(HttpMethod.Patch, path, new JArray(body), cancellationToken);
        return answer.Failure ?? new Delivered(new JObject { ["id"] = update.EntityId });
    }

    private async Task<EffectResult> AddNotesAsync(AddNotes notes, CancellationToken cancellationToken)
    {
        var path = Codes.PathOf(notes.EntityType) ?? throw new CommandException("crm_entity_unknown", $"amoCRM has no notes of '{notes.EntityType}'.");
        if (TooMany(notes.Texts.Count) is { } refusal) return refusal;
        var items = notes.Texts.Select((text, i) => new JObject
        {
            ["entity_id"] = Id(notes.EntityId),
            ["note_type"] = "common",
            ["params"] = new JObject { ["text"] = text },
            ["created_by"] = 0,
            ["request_id"] = Index(i),
        });
        return Many(await api.CreateAsync($"{path}/notes", new JArray(items), cancellationToken), "notes");
    }

    private async Task<EffectResult> CreateTasksAsync(CreateTasks tasks, CancellationToken cancellationToken)
    {
        var path = Codes.PathOf(tasks.EntityType) ?? throw new CommandException("crm_entity_unknown", $"amoCRM has no tasks of '{tasks.EntityType}'.");
        if (TooMany(tasks.Tasks.Count) is { } refusal) return refusal;
        var items = tasks.Tasks.Select((task, i) =>
        {
            var item = new JObject
            {
                ["text"] = task.Text,
                ["complete_till"] = task.Due.ToUnixTimeSeconds(),
                ["entity_id"] = Id(tasks.EntityId),
                ["entity_type"] = path,
                ["created_by"] = 0,
                ["request_id"] = Index(i),
            };
            if (task.TypeId is { } type) item["task_type_id"] = Id(type);
            if (task.ResponsibleId is { } responsible) item["responsible_user_id"] = Id(responsible);
            return item;
        });
        return Many(await api.CreateAsync("tasks", new JArray(items), cancellationToken), "tasks");
    }

    private async Task<EffectResult> UpdateTasksAsync(UpdateTasks tasks, CancellationToken cancellationToken)
    {
        if (TooMany(tasks.Tasks.Count) is { } refusal) return refusal;
        var items = tasks.Tasks.Select(task =>
        {
            var item = new JObject { ["id"] = Id(task.Id), ["updated_by"] = 0 };
            if (task.Text is not null) item["text"] = task.Text;
            if (task.ResponsibleId is { } responsible) item["responsible_user_id"] = Id(responsible);
            if (task.Done is { } done) item["is_completed"] = done;
            if (task.MoveToDealId is { } deal) (item["entity_id"], item["entity_type"]) = (Id(deal), "leads");
            return item;
        });
        var answer = await api.ChangeAsync(HttpMethod.Patch, "tasks", new JArray(items), cancellationToken);
        return answer.Failure ?? new Delivered(new JObject { ["ids"] = new JArray(tasks.Tasks.Select(task => task.Id)) });
    }

    private async Task<EffectResult> AttachAsync(AttachFiles files, CancellationToken cancellationToken)
    {
        var path = Codes.PathOf(files.EntityType) ?? throw new CommandException("crm_entity_unknown", $"amoCRM has no files of '{files.EntityType}'.");
        if (files.FileIds.Count == 0) return new Delivered(new JObject { ["ids"] = new JArray() });
        var items = new JArray(files.FileIds.Select(file => new JObject { ["file_uuid"] = file }));
        var answer = await api.ChangeAsync(HttpMethod.Put, $"{path}/{Id(files.EntityId)}/files", items, cancellationToken);
        return answer.Failure ?? new Delivered(new JObject { ["ids"] = new JArray(files.FileIds) });
    }

    private async Task<EffectResult> CreateContactAsync(CreateContact contact, CancellationToken cancellationToken)
    {
        var body = new JObject { ["name"] = contact.Name, ["created_by"] = 0, ["updated_by"] = 0 };
        if (contact.ResponsibleId is { } responsible) body["responsible_user_id"] = Id(responsible);
        var fields = new JArray();
        if (contact.Phone is { Length: > 0 } phone) fields.Add(Multitext("PHONE", phone));
        if (contact.Email is { Length: > 0 } email) fields.Add(Multitext("EMAIL", email));
        if (fields.Count > 0) body["custom_fields_values"] = fields;
        return One(await api.CreateAsync("contacts", new JArray(body), cancellationToken), "contacts");
    }

    private async Task<JArray> FieldsAsync(string entityType, IReadOnlyDictionary<string, JToken>? fields, CancellationToken cancellationToken)
    {
        var entries = new JArray();
        foreach (var (name, value) in fields ?? new Dictionary<string, JToken>())
        {
            var field = await state.FieldAsync(api, entityType, name, cancellationToken)
                ?? throw new CommandException("crm_field_unknown", $"amoCRM has no field '{name}' for '{entityType}'.");
            var zone = field.Type is "date" or "date_time" or "birthday" ? await state.ZoneAsync(api, cancellationToken) : TimeZoneInfo.Utc;
            var (entry, error) = FieldValues.Entry(field, value, zone);
            entries.Add(entry ?? throw new CommandException("crm_value_invalid", error!));
        }
        return entries;
    }

    /// <summary>A tag with a colour is made in the directory first; attaching alone would give it none.</summary>
    private async Task<JArray> TagsAsync(string entityType, IReadOnlyList<string> tags, CancellationToken cancellationToken)
    {
        var named = new JArray();
        foreach (var (name, color) in tags.Select(TagColor.Split))
        {
            named.Add(new JObject { ["name"] = name });
            if (color is null || entityType != EntityTypes.Deal || await state.HasTagAsync(api, name, cancellationToken)) continue;
            var made = await api.ChangeAsync(HttpMethod.Post, "leads/tags", new JArray(new JObject { ["name"] = name, ["color"] = color }), cancellationToken);
            if (made.Failure is null) state.RememberTag(name); // otherwise it gets its name without the colour
        }
        return named;
    }

    private static EffectResult One(ApiAnswer answer, string items) =>
        answer.Failure ?? (Ids(answer, items) is [var id, ..] ? new Delivered(new JObject { ["id"] = id }) : new ResultUnknown("amoCRM's answer names no id."));

    private static EffectResult Many(ApiAnswer answer, string items) =>
        answer.Failure ?? (Ids(answer, items) is { Count: > 0 } ids ? new Delivered(new JObject { ["ids"] = new JArray(ids) }) : new ResultUnknown("amoCRM's answer names no ids."));

    private static List<string> Ids(ApiAnswer answer, string items) =>
        [.. ApiEntities.Items((answer.Json as JObject)?["_embedded"]?[items]).Select(item => ApiEntities.Text(item["id"])).OfType<string>()];

    private static Rejected? TooMany(int count) => count switch
    {
        0 => new Rejected("crm_request_invalid", "There is nothing to write."),
        > MaxItems => new Rejected("crm_request_invalid", $"amoCRM takes at most {MaxItems} items in one call."),
        _ => null,
    };

    private static JObject Multitext(string code, string value) =>
        new() { ["field_code"] = code, ["values"] = new JArray(new JObject { ["value"] = value, ["enum_code"] = "WORK" }) };

    private static long Price(decimal price) => (long)Math.Round(price, MidpointRounding.AwayFromZero);

    private static string Index(int i) => i.ToString(CultureInfo.InvariantCulture);

    private static long Id(string id) => long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number : throw new CommandException("crm_id_invalid", $"'{id}' is no id of amoCRM.");

    private sealed class CommandException(string code, string message) : Exception(message)
    {
        public string Code => code;
    }
}
