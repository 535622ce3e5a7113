using System.Collections.Immutable;
using Newtonsoft.Json.Linq;

namespace Automation.Simulators.AmoCrm;

public enum AmoKind { Leads, Contacts, Companies }

public sealed record AmoTag(long Id, string Name, string? Color = null);

public sealed record AmoUser(long Id, string Name, string Email, long GroupId = 0, bool IsAdmin = false, bool IsActive = true);

public sealed record AmoGroup(long Id, string Name);

/// <param name="Type">0 ordinary, 1 incoming leads.</param>
public sealed record AmoStatus(long Id, string Name, int Sort, string Color, int Type = 0);

public sealed record AmoPipeline(long Id, string Name, int Sort, bool IsMain, ImmutableArray<AmoStatus> Statuses)
{
    /// <summary>The ids of "won" and "lost" are the same in every pipeline.</summary>
    public const long Won = 142, Lost = 143;
}

public sealed record AmoEnum(long Id, string Value, int Sort = 0, string? Code = null);

public sealed record AmoField(long Id, string Name, string Type, string? Code = null)
{
    public ImmutableArray<AmoEnum> Enums { get; init; } = [];

    public bool IsPredefined { get; init; }
}

public sealed record AmoValue(JToken Value, long? EnumId = null, string? EnumCode = null);

/// <summary>A deal, a contact or a company, as it was at one moment.</summary>
public sealed record AmoEntity(AmoKind Kind, long Id, string Name)
{
    public string? FirstName { get; init; }
    public string? LastName { get; init; }
    public long Price { get; init; }
    public long ResponsibleUserId { get; init; }
    public long StatusId { get; init; }
    public long PipelineId { get; init; }
    public long? LossReasonId { get; init; }
    public long CreatedBy { get; init; }
    public long UpdatedBy { get; init; }
    public long CreatedAt { get; init; }
    public long UpdatedAt { get; init; }
    public long? ClosedAt { get; init; }
    public bool IsDeleted { get; init; }
    public ImmutableArray<AmoTag> Tags { get; init; } = [];
    public ImmutableSortedDictionary<long, ImmutableArray<AmoValue>> Fields { get; init; } =
        ImmutableSortedDictionary<long, ImmutableArray<AmoValue>>.Empty;
    public ImmutableArray<string> Files { get; init; } = [];

    /// <summary>The first value of a custom field as text; null when the field is empty.</summary>
    public string? Text(long fieldId) =>
        Fields.TryGetValue(fieldId, out var values) && values.Length > 0 ? values[0].Value.ToString() : null;
}

public sealed record AmoLink(AmoKind From, long FromId, AmoKind To, long ToId, bool IsMain);

public sealed record AmoNote(long Id, AmoKind Entity, long EntityId, string Type, JObject Params)
{
    public long ResponsibleUserId { get; init; }
    public long CreatedBy { get; init; }
    public long UpdatedBy { get; init; }
    public long CreatedAt { get; init; }
    public long UpdatedAt { get; init; }
}

public sealed record AmoTask(long Id, string Text, long CompleteTill)
{
    public AmoKind? Entity { get; init; }
    public long EntityId { get; init; }
    public long TaskTypeId { get; init; } = 1;
    public long ResponsibleUserId { get; init; }
    public long Duration { get; init; }
    public bool IsCompleted { get; init; }
    public string? Result { get; init; }
    public long CreatedBy { get; init; }
    public long UpdatedBy { get; init; }
    public long CreatedAt { get; init; }
    public long UpdatedAt { get; init; }
}

public sealed record AmoFile(string Uuid, string VersionUuid, string Name, string ContentType, byte[] Content);

public sealed record AmoUnsorted(string Uid, string Category, long PipelineId, long LeadId, string SourceName, long CreatedAt, JObject Metadata);

public sealed record AmoEvent(
    string Id, string Type, string EntityType, long EntityId, long CreatedBy, long CreatedAt, JArray Before, JArray After);

/// <param name="Settings">Event names, such as <c>status_lead</c>.</param>
public sealed record AmoWebhook(long Id, string Destination, ImmutableArray<string> Settings, long CreatedAt, long UpdatedAt, long CreatedBy, bool Disabled, int Sort);
