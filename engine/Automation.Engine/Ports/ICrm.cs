using Automation.Engine.Effects;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Ports;

/// <summary>
/// A CRM as the engine sees it. Reads give the neutral form (<see cref="Events.EntityFields"/>); writes are commands with our key.
/// Implementations keep the CRM's rate limit themselves.
/// </summary>
public interface ICrm
{
    /// <summary>The entity in neutral form, a deal with <c>contact_id</c> (main) and <c>company_id</c>; null when absent.</summary>
    Task<JObject?> ReadAsync(string entityType, string entityId, CancellationToken cancellationToken);

    /// <summary>Notes of a deal in order of time, calls, files, SMS and e-mails among them.</summary>
    Task<IReadOnlyList<CrmNote>> ReadNotesAsync(string entityType, string entityId, CancellationToken cancellationToken);

    Task<IReadOnlyList<CrmTask>> ReadTasksAsync(string entityType, string entityId, CancellationToken cancellationToken);

    /// <summary>Ids of the files attached to the entity.</summary>
    Task<IReadOnlyList<string>> ReadFilesAsync(string entityType, string entityId, CancellationToken cancellationToken);

    /// <summary>Deals that match, neutral form, oldest first.</summary>
    Task<IReadOnlyList<JObject>> FindDealsAsync(DealQuery query, CancellationToken cancellationToken);

    /// <summary>The first contact with that phone (E.164); null when none.</summary>
    Task<JObject?> FindContactByPhoneAsync(string phone, CancellationToken cancellationToken);

    /// <summary>Users, pipelines with stages, fields and tags.</summary>
    Task<CrmDirectory> ReadDirectoryAsync(CancellationToken cancellationToken);

    /// <summary>Carries a command out.</summary>
    Task<EffectResult> ExecuteAsync(CrmCommand command, string effectKey, CancellationToken cancellationToken);

    /// <summary>Looks a command's effect up after an unknown result; meaning of the answer as in <see cref="IEffectHandler.FindAsync"/>.</summary>
    Task<EffectResult> FindAsync(CrmCommand command, string effectKey, DateTimeOffset since, CancellationToken cancellationToken);
}

/// <param name="ContactId">Deals linked to that contact; null for any.</param>
/// <param name="OpenOnly">Leaves out won and lost ones.</param>
public sealed record DealQuery(string? PipelineId = null, string? ContactId = null, string? CompanyId = null, bool OpenOnly = true, string? Text = null, int Limit = 250);

/// <summary>A note of any kind.</summary>
/// <param name="Kind">common, call_in, call_out, sms_in, sms_out, mail, attachment, service.</param>
/// <param name="AuthorName">Who wrote it; null when a robot.</param>
/// <param name="DurationSeconds">Calls only.</param>
/// <param name="Link">Recording of a call, or the file's address.</param>
public sealed record CrmNote(string Id, string Kind, string? Text, string? AuthorId, string? AuthorName, DateTimeOffset At, string? Phone, int? DurationSeconds, string? Link, string? FileId);

/// <param name="Due">Deadline.</param>
public sealed record CrmTask(string Id, string Text, string? TypeId, DateTimeOffset Due, string? ResponsibleId, bool Done);

public sealed record CrmUser(string Id, string Name, string? Email, bool Active);

/// <param name="Kind">ordinary, incoming, won, lost.</param>
public sealed record CrmStage(string PipelineId, string Id, string Name, string? Color, int Sort, string Kind);

public sealed record CrmPipeline(string Id, string Name, bool IsMain, IReadOnlyList<CrmStage> Stages);

/// <param name="Type">As in the CRM: text, numeric, select, date …</param>
/// <param name="Options">Choices of a list field, by id.</param>
public sealed record CrmField(string EntityType, string Id, string Name, string Type, string? Code, IReadOnlyDictionary<string, string> Options);

public sealed record CrmDirectory(
    string AccountId, string AccountName, string TimeZone, IReadOnlyList<CrmPipeline> Pipelines,
    IReadOnlyList<CrmField> Fields, IReadOnlyList<CrmUser> Users, IReadOnlyList<string> DealTags);

/// <summary>A write to a CRM, as data. Only what is set is written; null leaves a value alone.</summary>
public abstract record CrmCommand
{
    private protected CrmCommand() { }

    /// <summary>The discriminator in JSON.</summary>
    [JsonProperty("command", Order = -10)]
    public abstract string Command { get; }

    public JObject ToJson() => JObject.FromObject(this, CrmCommandJson.Serializer);

    /// <exception cref="JsonException">The document is not a command.</exception>
    public static CrmCommand FromJson(JObject json) => CrmCommandJson.Read(json);
}

/// <summary>A deal, linked to a contact and a company. Result: <c>{"id":"…"}</c>.</summary>
public sealed record CreateDeal(
    string Name, string PipelineId, string StageId, decimal? Price, string? ResponsibleId, string? ContactId, string? CompanyId,
    IReadOnlyList<string>? Tags, IReadOnlyDictionary<string, JToken>? Fields) : CrmCommand
{
    public override string Command => "create_deal";
}

/// <summary>Changes an entity. Fields by id or by name; a JSON null clears. Tags may carry a colour: <c>name</c> or <c>name#FF8F92</c>.</summary>
public sealed record UpdateEntity(
    string EntityType, string EntityId, string? Name = null, decimal? Price = null, string? PipelineId = null, string? StageId = null,
    string? ResponsibleId = null, IReadOnlyDictionary<string, JToken>? Fields = null,
    IReadOnlyList<string>? AddTags = null, IReadOnlyList<string>? RemoveTags = null) : CrmCommand
{
    public override string Command => "update_entity";
}

/// <summary>Notes in the given order, in one call. Result: <c>{"ids":[…]}</c>.</summary>
public sealed record AddNotes(string EntityType, string EntityId, IReadOnlyList<string> Texts) : CrmCommand
{
    public override string Command => "add_notes";
}

/// <summary>Tasks on one entity, in one call. Result: <c>{"ids":[…]}</c>.</summary>
public sealed record CreateTasks(string EntityType, string EntityId, IReadOnlyList<NewTask> Tasks) : CrmCommand
{
    public override string Command => "create_tasks";
}

public sealed record NewTask(string Text, DateTimeOffset Due, string? TypeId, string? ResponsibleId);

/// <summary>Changes tasks in one call.</summary>
public sealed record UpdateTasks(IReadOnlyList<TaskChange> Tasks) : CrmCommand
{
    public override string Command => "update_tasks";
}

/// <param name="MoveToDealId">The deal it is carried over to.</param>
public sealed record TaskChange(string Id, string? Text = null, string? ResponsibleId = null, bool? Done = null, string? MoveToDealId = null);

/// <summary>Makes files reachable from the entity.</summary>
public sealed record AttachFiles(string EntityType, string EntityId, IReadOnlyList<string> FileIds) : CrmCommand
{
    public override string Command => "attach_files";
}

/// <summary>Result: <c>{"id":"…"}</c>.</summary>
public sealed record CreateContact(string Name, string? Phone, string? Email, string? ResponsibleId) : CrmCommand
{
    public override string Command => "create_contact";
}

internal static class CrmCommandJson
{
    public static readonly JsonSerializer Serializer = JsonSerializer.Create(new JsonSerializerSettings
    {
        NullValueHandling = NullValueHandling.Ignore,
        DateParseHandling = DateParseHandling.None,
        FloatParseHandling = FloatParseHandling.Decimal,
        ContractResolver = new Newtonsoft.Json.Serialization.DefaultContractResolver { NamingStrategy = new Newtonsoft.Json.Serialization.CamelCaseNamingStrategy(false, false) },
    });

    private static readonly Dictionary<string, Type> Types = new(StringComparer.Ordinal)
    {
        ["create_deal"] = typeof(CreateDeal),
        ["update_entity"] = typeof(UpdateEntity),
        ["add_notes"] = typeof(AddNotes),
        ["create_tasks"] = typeof(CreateTasks),
        ["update_tasks"] = typeof(UpdateTasks),
        ["attach_files"] = typeof(AttachFiles),
        ["create_contact"] = typeof(CreateContact),
    };

    public static CrmCommand Read(JObject json)
    {
        var name = (string?)json["command"] ?? throw new JsonException("A CRM command needs \"command\".");
        if (!Types.TryGetValue(name, out var type)) throw new JsonException($"'{name}' is not a CRM command.");
        return (CrmCommand)json.ToObject(type, Serializer)!;
    }
}
