using System.Globalization;

namespace Automation.Activities.Tests.Support;

/// <summary>Deals, contacts, notes, tasks and files in memory. Counts what the criteria count.</summary>
internal sealed class FakeCrm(World world) : ICrm
{
    private readonly Dictionary<(string Type, string Id), JObject> entities = [];
    private readonly Dictionary<string, string> doneKeys = [];
    private int nextId = 1000;

    public Dictionary<string, List<CrmNote>> Notes { get; } = [];
    public Dictionary<string, CrmTask> Tasks { get; } = [];
    public Dictionary<string, string> TaskDeals { get; } = [];
    public Dictionary<string, List<string>> Files { get; } = [];
    public List<CrmStage> Stages { get; } = [];
    public List<CrmCommand> Commands { get; } = [];
    public HashSet<string> BrokenFiles { get; } = [];
    public Func<CrmCommand, EffectResult?> Fault { get; set; } = _ => null;

    /// <summary>Called after a write, with the entity written.</summary>
    public Action<string, string> Changed { get; set; } = (_, _) => { };

    public int CallEvents => Notes.Values.SelectMany(notes => notes).Count(note => note.Kind is "call_in" or "call_out");
    public IEnumerable<JObject> Deals => entities.Where(item => item.Key.Type == EntityTypes.Deal).Select(item => item.Value);

    public JObject? Find(string type, string? id) => id is not null && entities.TryGetValue((type, id), out var entity) ? entity : null;

    public JObject Deal(string id) => Find(EntityTypes.Deal, id)!;

    public JObject Add(string type, string id, string json)
    {
        var entity = Json.Object(json);
        entity["id"] = id;
        return entities[(type, id)] = entity;
    }

    public void AddTask(string id, string deal, string text, DateTimeOffset due, string responsible, bool done = false)
    {
        Tasks[id] = new(id, text, "1", due, responsible, done);
        TaskDeals[id] = deal;
    }

    public void AddNote(string deal, CrmNote note) => NotesOf(deal).Add(note);

    public List<CrmNote> NotesOf(string deal) => Notes.TryGetValue(deal, out var notes) ? notes : Notes[deal] = [];

    public IReadOnlyList<CrmTask> TasksOf(string deal) => [.. Tasks.Values.Where(task => TaskDeals[task.Id] == deal)];

    public Task<JObject?> ReadAsync(string entityType, string entityId, CancellationToken cancellationToken) =>
        Task.FromResult((JObject?)Find(entityType, entityId)?.DeepClone());

    public Task<IReadOnlyList<CrmNote>> ReadNotesAsync(string entityType, string entityId, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<CrmNote>>([.. NotesOf(entityId).OrderBy(note => note.At)]);

    public Task<IReadOnlyList<CrmTask>> ReadTasksAsync(string entityType, string entityId, CancellationToken cancellationToken) =>
        Task.FromResult(TasksOf(entityId));

    public Task<IReadOnlyList<string>> ReadFilesAsync(string entityType, string entityId, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>(Files.TryGetValue(entityId, out var files) ? [.. files] : []);

    public Task<IReadOnlyList<JObject>> FindDealsAsync(DealQuery query, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<JObject>>([.. Deals.Where(deal =>
            (query.PipelineId is null || (string?)deal["pipeline_id"] == query.PipelineId)
            && (query.ContactId is null || (string?)deal["contact_id"] == query.ContactId)
            && (query.CompanyId is null || (string?)deal["company_id"] == query.CompanyId)
            && (!query.OpenOnly || (string?)deal["stage_id"] is not ("142" or "143"))
            && (query.Text is null || deal.ToString().Contains(query.Text, StringComparison.OrdinalIgnoreCase)))]);

    public Task<JObject?> FindContactByPhoneAsync(string phone, CancellationToken cancellationToken) =>
        Task.FromResult(entities.Where(item => item.Key.Type == EntityTypes.Contact && (string?)item.Value["phone"] == phone).Select(item => item.Value).FirstOrDefault());

    public Task<CrmDirectory> ReadDirectoryAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new CrmDirectory("1", "Test", "Europe/Moscow", [.. Stages.GroupBy(stage => stage.PipelineId).Select(group => new CrmPipeline(group.Key, group.Key, false, [.. group]))], [], [], []));

    public Task<EffectResult> ExecuteAsync(CrmCommand command, string effectKey, CancellationToken cancellationToken)
    {
        if (doneKeys.TryGetValue(effectKey, out var before)) return Task.FromResult<EffectResult>(new Delivered(Json.Parse(before)));
        Commands.Add(command);
        if (Fault(command) is { } fault) return Task.FromResult(fault);
        var result = Execute(command);
        if (result is Delivered delivered) doneKeys[effectKey] = delivered.Value.ToString();
        return Task.FromResult(result);
    }

    public Task<EffectResult> FindAsync(CrmCommand command, string effectKey, DateTimeOffset since, CancellationToken cancellationToken) =>
        Task.FromResult<EffectResult>(doneKeys.TryGetValue(effectKey, out var value) ? new Delivered(Json.Parse(value)) : new Retry(null, "absent"));

    private EffectResult Execute(CrmCommand command)
    {
        switch (command)
        {
            case CreateDeal create: return CreateDeal(create);
            case CreateContact create:
                var contact = NewId();
                Add(EntityTypes.Contact, contact, "{}");
                Write(Find(EntityTypes.Contact, contact)!, ("name", create.Name), ("phone", create.Phone));
                return new Delivered(new JObject { ["id"] = contact });
            case UpdateEntity update: return Update(update);
            case AddNotes add:
                foreach (var text in add.Texts) NotesOf(add.EntityId).Add(new(NewId(), "common", text, null, null, world.Now.AddMilliseconds(nextId), null, null, null, null));
                return new Delivered(new JObject { ["ids"] = new JArray(NotesOf(add.EntityId).TakeLast(add.Texts.Count).Select(note => note.Id)) });
            case CreateTasks create:
                foreach (var task in create.Tasks) AddTask(NewId(), create.EntityId, task.Text, task.Due, task.ResponsibleId ?? "");
                return new Delivered(new JObject { ["ids"] = new JArray() });
            case UpdateTasks update:
                foreach (var change in update.Tasks) Change(change);
                return new Delivered(new JObject());
            case AttachFiles attach:
                if (attach.FileIds.Any(BrokenFiles.Contains)) return new Rejected("not_found", "404");
                (Files.TryGetValue(attach.EntityId, out var files) ? files : Files[attach.EntityId] = []).AddRange(attach.FileIds);
                return new Delivered(new JObject());
            default: throw new NotSupportedException(command.Command);
        }
    }

    private Delivered CreateDeal(CreateDeal create)
    {
        var id = NewId();
        var deal = Add(EntityTypes.Deal, id, "{}");
        Write(deal, ("name", create.Name), ("pipeline_id", create.PipelineId), ("stage_id", create.StageId), ("responsible_id", create.ResponsibleId),
            ("contact_id", create.ContactId), ("company_id", create.CompanyId));
        if (create.Price is { } price) deal["price"] = price;
        deal["tags"] = new JArray((create.Tags ?? []).Select(tag => tag.Split('#')[0]));
        WriteFields(deal, create.Fields);
        Changed(EntityTypes.Deal, id);
        return new(new JObject { ["id"] = id });
    }

    private Delivered Update(UpdateEntity update)
    {
        var entity = Find(update.EntityType, update.EntityId)!;
        Write(entity, ("name", update.Name), ("pipeline_id", update.PipelineId), ("stage_id", update.StageId), ("responsible_id", update.ResponsibleId));
        if (update.Price is { } price) entity["price"] = price;
        WriteFields(entity, update.Fields);
        var tags = (entity["tags"] as JArray ?? []).Select(tag => (string)tag!).Except(update.RemoveTags ?? [])
            .Concat((update.AddTags ?? []).Select(tag => tag.Split('#')[0])).Distinct();
        entity["tags"] = new JArray(tags);
        entity["updated_at"] = world.Now.ToString("O", CultureInfo.InvariantCulture);
        Changed(update.EntityType, update.EntityId);
        return new(new JObject { ["id"] = update.EntityId });
    }

    private void Change(TaskChange change)
    {
        var task = Tasks[change.Id];
        Tasks[change.Id] = task with { Text = change.Text ?? task.Text, ResponsibleId = change.ResponsibleId ?? task.ResponsibleId, Done = change.Done ?? task.Done };
        if (change.MoveToDealId is { } deal) TaskDeals[change.Id] = deal;
    }

    private static void Write(JObject entity, params (string Name, string? Value)[] values)
    {
        foreach (var (name, value) in values)
            if (value is not null) entity[name] = value;
    }

    private static void WriteFields(JObject entity, IReadOnlyDictionary<string, JToken>? fields)
    {
        if (fields is null) return;
        if (entity["cf"] is not JObject) entity["cf"] = new JObject();
        var custom = (JObject)entity["cf"]!;
        foreach (var (field, value) in fields)
        {
            var key = custom.Properties().FirstOrDefault(item => item.Name == field || (string?)item.Value["name"] == field)?.Name ?? field;
            custom[key] = new JObject { ["name"] = custom[key]?["name"] ?? field, ["value"] = value };
        }
    }

    private string NewId() => (nextId++).ToString(CultureInfo.InvariantCulture);
}
