using Automation.Connectors.AmoCrm.Api;
using Automation.Engine.Effects;
using Automation.Engine.Events;
using Automation.Engine.Mailboxes;
using Automation.Engine.Ports;
using Newtonsoft.Json.Linq;

namespace Automation.Connectors.AmoCrm;

/// <summary>One amoCRM account. Reads throw <see cref="RemoteCallException"/> when the CRM gives no usable answer; writes answer with a result.</summary>
public sealed class AmoCrm : ICrm
{

    private readonly AmoApi api;
    private readonly AccountState state;
    private readonly AmoWrites writes;
    private readonly AmoLookups lookups;

    internal AmoCrm(AmoApi api, AccountState state)
    {
        (this.api, this.state) = (api, state);
        writes = new AmoWrites(api, state);
        lookups = new AmoLookups(api);
    }

    public async Task<JObject?> ReadAsync(string entityType, string entityId, CancellationToken cancellationToken)
    {
        var id = Uri.EscapeDataString(entityId);
        if (entityType == EntityTypes.Task) return await api.GetAsync($"tasks/{id}", cancellationToken) is { } task ? ApiEntities.Task(task) : null;
        if (Codes.PathOf(entityType) is not { } path) return null;
        var with = entityType switch { EntityTypes.Deal => "?with=contacts", EntityTypes.Contact or EntityTypes.Company => "?with=leads", _ => "" };
        var entity = await api.GetAsync($"{path}/{id}{with}", cancellationToken);
        return entity is null || ApiEntities.Text(entity["is_deleted"]) == "1" ? null : ApiEntities.Entity(entity, await ZoneAsync(entity, cancellationToken));
    }

    public async Task<IReadOnlyList<CrmNote>> ReadNotesAsync(string entityType, string entityId, CancellationToken cancellationToken)
    {
        if (Codes.PathOf(entityType) is not { } path) return [];
        var notes = await api.ListAsync($"{path}/{Uri.EscapeDataString(entityId)}/notes", "notes", 20, cancellationToken);
        if (notes.Count == 0) return [];
        var names = await state.UserNamesAsync(api, cancellationToken);
        return [.. notes.Select(note => ApiEntities.CrmNote(note, names)).OrderBy(note => note.At).ThenBy(note => note.Id.Length).ThenBy(note => note.Id, StringComparer.Ordinal)];
    }

    public async Task<IReadOnlyList<CrmTask>> ReadTasksAsync(string entityType, string entityId, CancellationToken cancellationToken)
    {
        if (Codes.PathOf(entityType) is not { } path) return [];
        var tasks = await api.ListAsync($"tasks?filter[entity_type]={path}&filter[entity_id][]={Uri.EscapeDataString(entityId)}", "tasks", 20, cancellationToken);
        return [.. tasks.Select(ApiEntities.CrmTask).OrderBy(task => task.Due)];
    }

    public async Task<IReadOnlyList<string>> ReadFilesAsync(string entityType, string entityId, CancellationToken cancellationToken)
    {
        if (Codes.PathOf(entityType) is not { } path) return [];
        var files = await api.ListAsync($"{path}/{Uri.EscapeDataString(entityId)}/files", "files", 20, cancellationToken);
        return [.. files.Select(file => ApiEntities.Text(file["file_uuid"]) ?? ApiEntities.Text(file["uuid"])).OfType<string>()];
    }

    public async Task<IReadOnlyList<JObject>> FindDealsAsync(DealQuery query, CancellationToken cancellationToken)
    {
        var filter = "leads?with=contacts&order[created_at]=asc";
        if (query.PipelineId is { } pipeline) filter += $"&filter[pipeline_id][]={Uri.EscapeDataString(pipeline)}";
        if (query.Text is { Length: > 0 } text) filter += $"&query={Uri.EscapeDataString(text)}";
        var linked = await LinkedDealsAsync(query, cancellationToken);
        var found = new List<JObject>();
        foreach (var part in linked is null ? [[]] : linked.Chunk(50))
        {
            var path = filter + string.Concat(part.Select(id => $"&filter[id][]={id}"));
            var deals = await api.ListAsync(path, "leads", 20, cancellationToken);
            foreach (var deal in deals)
                found.Add(ApiEntities.Entity(deal, await ZoneAsync(deal, cancellationToken)));
        }
        return
        [
            .. found
                .Where(deal => linked is null || linked.Contains((string)deal[EntityFields.Id]!))
                .Where(deal => query.PipelineId is null || (string?)deal[EntityFields.PipelineId] == query.PipelineId)
                .Where(deal => !query.OpenOnly || (string?)deal[EntityFields.StageId] is not (Codes.Won or Codes.Lost))
                .OrderBy(deal => (string?)deal[EntityFields.CreatedAt], StringComparer.Ordinal)
                .Take(query.Limit),
        ];
    }

    public async Task<JObject?> FindContactByPhoneAsync(string phone, CancellationToken cancellationToken)
    {
        var digits = Digits(phone);
        if (digits.Length == 0) return null;
        // People write +7 and 8; the last ten digits are the number.
        var tail = digits.Length > 10 ? digits[^10..] : digits;
        foreach (var contact in await api.ListAsync($"contacts?with=leads&query={tail}", "contacts", 4, cancellationToken))
        {
            var data = ApiEntities.Entity(contact, await ZoneAsync(contact, cancellationToken));
            if (data[EntityFields.Phone] is JArray phones && phones.Values<string>().Any(own => Digits(own ?? "").EndsWith(tail, StringComparison.Ordinal))) return data;
        }
        return null;

        static string Digits(string text) => string.Concat(text.Where(char.IsAsciiDigit));
    }

    public async Task<CrmDirectory> ReadDirectoryAsync(CancellationToken cancellationToken)
    {
        var account = await api.GetAsync("account?with=datetime_settings", cancellationToken) ?? [];
        var pipelines = await api.ListAsync("leads/pipelines", "pipelines", 5, cancellationToken);
        var fields = new List<CrmField>();
        foreach (var type in new[] { EntityTypes.Deal, EntityTypes.Contact, EntityTypes.Company }) fields.AddRange(await state.ReadFieldsAsync(api, type, cancellationToken));
        var users = await api.ListAsync("users?with=role", "users", 10, cancellationToken);
        return new CrmDirectory(
            ApiEntities.Text(account["id"]) ?? "", ApiEntities.Text(account["name"]) ?? "",
            AccountState.Zone(ApiEntities.Text(account["_embedded"]?["datetime_settings"]?["timezone"])).Id,
            [.. pipelines.Where(pipeline => ApiEntities.Text(pipeline["is_archive"]) != "1").OrderBy(ApiEntities.Sort).Select(ApiEntities.CrmPipeline)],
            fields,
            [.. users.Select(user => new CrmUser(
                ApiEntities.Text(user["id"]) ?? "", ApiEntities.Text(user["name"]) ?? "", ApiEntities.Text(user["email"]), ApiEntities.Text(user["rights"]?["is_active"] ?? user["is_active"]) != "0"))],
            await state.ReadTagsAsync(api, cancellationToken));
    }

    public Task<EffectResult> ExecuteAsync(CrmCommand command, string effectKey, CancellationToken cancellationToken) =>
        AnsweredAsync(() => writes.ExecuteAsync(command, effectKey, cancellationToken), lookup: false);

    public Task<EffectResult> FindAsync(CrmCommand command, string effectKey, DateTimeOffset since, CancellationToken cancellationToken) =>
        AnsweredAsync(() => lookups.FindAsync(command, effectKey, since, cancellationToken), lookup: true);

    /// <summary>A read before a write that failed: the write was not begun. A look-up that failed: nobody knows yet.</summary>
    private static async Task<EffectResult> AnsweredAsync(Func<Task<EffectResult>> work, bool lookup)
    {
        try
        {
            return await work();
        }
        catch (RemoteCallException failure)
        {
            return lookup ? new ResultUnknown(failure.Message) : failure.MayPass ? new Retry(null, failure.Message) : new Rejected(failure.Code, failure.Message);
        }
    }

    private async Task<HashSet<string>?> LinkedDealsAsync(DealQuery query, CancellationToken cancellationToken)
    {
        HashSet<string>? linked = null;
        foreach (var (type, id) in new[] { (EntityTypes.Contact, query.ContactId), (EntityTypes.Company, query.CompanyId) })
        {
            if (id is null) continue;
            var ids = (await ReadAsync(type, id, cancellationToken))?["deal_ids"]?.Values<string>().OfType<string>() ?? [];
            if (linked is null) linked = [.. ids];
            else linked.IntersectWith(ids);
        }
        return linked;
    }

    /// <summary>Only birthdays need the account's zone, so only they pay for it.</summary>
    private async Task<TimeZoneInfo> ZoneAsync(JObject entity, CancellationToken cancellationToken) =>
        ApiEntities.Items(entity["custom_fields_values"]).Any(field => ApiEntities.Text(field["field_type"]) == "birthday") ? await state.ZoneAsync(api, cancellationToken) : TimeZoneInfo.Utc;
}
