namespace Automation.Engine.Persistence.Rows;

// Rows as they stand in the database. JSON documents are text columns; enums are small integers; times are UTC.

public abstract class AccountScoped
{
    public Guid AccountId { get; set; }
}

public sealed class AccountRow
{
    public Guid Id { get; set; }
    public required string Slug { get; set; }
    public required string Name { get; set; }

    /// <summary>IANA name. Default Europe/Moscow.</summary>
    public required string TimeZone { get; set; }

    /// <summary><c>ru</c> or <c>en</c>.</summary>
    public required string Language { get; set; }

    /// <summary>Quotas of R13 and R14 where they differ from the defaults, as JSON.</summary>
    public string Settings { get; set; } = "{}";
    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>An API key or the one-time token of the first start; only its SHA-256 is kept.</summary>
public sealed class ApiKeyRow : AccountScoped
{
    public Guid Id { get; set; }
    public required byte[] Hash { get; set; }
    public required string Name { get; set; }

    /// <summary>key, one_time, session, studio, first, invite, reset.</summary>
    public required string Kind { get; set; }

    /// <summary>viewer, editor, publisher, operator, admin.</summary>
    public string Role { get; set; } = "admin";

    /// <summary>The user, key or session that opened it, and with which it goes; null for none.</summary>
    public Guid? IssuedBy { get; set; }

    /// <summary>The security stamp of the user that <see cref="IssuedBy"/> is, as it was then: it holds no longer than that one. Null where no user opened it.</summary>
    public string? Stamp { get; set; }

    /// <summary><c>ru</c> or <c>en</c>, chosen in a session of no user.</summary>
    public string? Language { get; set; }

    /// <summary><c>light</c> or <c>dark</c>, chosen in a session of no user.</summary>
    public string? Theme { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset? ExpiresAt { get; set; }
}

public sealed class ConnectionRow : AccountScoped
{
    public Guid Id { get; set; }
    public required string Kind { get; set; }

    /// <summary>Unique within the account.</summary>
    public required string Name { get; set; }
    public string? BaseUrl { get; set; }
    public string? RemoteAccountId { get; set; }

    /// <summary>JSON array of hosts.</summary>
    public string AllowedHosts { get; set; } = "[]";
    public string Settings { get; set; } = "{}";

    /// <summary>SHA-256 of the token in the hook's address; unique.</summary>
    public byte[]? HookTokenHash { get; set; }

    /// <summary>Where the last stored pass of a change feed ended.</summary>
    public string? FeedCursor { get; set; }

    /// <summary>Pipelines, stages, fields, users, tags as last read: a CrmDirectory document.</summary>
    public string? Directory { get; set; }
    public DateTimeOffset? DirectoryReadAt { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>A secret of a connection: AES-GCM, key id in the record, bound to account and connection (S7).</summary>
public sealed class SecretRow : AccountScoped
{
    public Guid ConnectionId { get; set; }
    public required string Name { get; set; }
    public required string KeyId { get; set; }
    public required byte[] Nonce { get; set; }
    public required byte[] Cipher { get; set; }
}

public sealed class FunnelRow : AccountScoped
{
    public Guid Id { get; set; }

    /// <summary>Unique within the account; the name in commands and files.</summary>
    public required string Slug { get; set; }
    public required string Name { get; set; }

    /// <summary>The CRM connection whose deals it watches.</summary>
    public Guid ConnectionId { get; set; }

    /// <summary>The draft: a FunnelDocument.</summary>
    public required string Draft { get; set; }

    /// <summary>Raised at every save of the draft; a save names the one it read.</summary>
    public long DraftRevision { get; set; }
    public int? PublishedVersion { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }
}

public sealed class FunnelVersionRow : AccountScoped
{
    public Guid FunnelId { get; set; }
    public int Version { get; set; }

    /// <summary>The FunnelDocument; its triggers pin definition version ids.</summary>
    public required string Document { get; set; }
    public DateTimeOffset PublishedAt { get; set; }
    public string? Author { get; set; }
    public string? Note { get; set; }

    /// <summary>What is still to be done with runs that wait inside older versions: migrate or cancel; null: nothing, they are finished.</summary>
    public string? Inside { get; set; }
}

/// <summary>A version of a workflow definition (Elsa 3 JSON).</summary>
public sealed class DefinitionRow : AccountScoped
{
    public required string VersionId { get; set; }
    public required string DefinitionId { get; set; }
    public int Version { get; set; }
    public string? Name { get; set; }
    public required string Document { get; set; }
    public bool IsLatest { get; set; }
    public bool IsPublished { get; set; }

    /// <summary>The funnel it belongs to; null for workflows of their own.</summary>
    public Guid? FunnelId { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>A hook as received, raw. One row a request.</summary>
public sealed class HookRow : AccountScoped
{
    public Guid Id { get; set; }
    public Guid ConnectionId { get; set; }
    public DateTimeOffset ReceivedAt { get; set; }
    public string? ContentType { get; set; }
    public required byte[] Body { get; set; }

    /// <summary>Set when the body could not be read: a dead letter.</summary>
    public string? ErrorCode { get; set; }
    public string? ErrorMessage { get; set; }
}

public abstract class MailboxScoped : AccountScoped
{
    public Guid ConnectionId { get; set; }
    public required string EntityType { get; set; }
    public required string EntityId { get; set; }
}

public enum EventStatus { Waiting = 0, Done = 1, Dead = 2 }

public sealed class EventRow : MailboxScoped
{
    public Guid Id { get; set; }
    public long Number { get; set; }
    public required string Kind { get; set; }

    /// <summary>Unique within (account, connection) while kept (R2).</summary>
    public required string DedupKey { get; set; }
    public string? BodyHash { get; set; }
    public Guid? HookId { get; set; }

    /// <summary>The CrmEvent.</summary>
    public required string Payload { get; set; }
    public DateTimeOffset AcceptedAt { get; set; }
    public EventStatus Status { get; set; }

    /// <summary>1 from acceptance on; raised at each recovery (R10).</summary>
    public int Tries { get; set; }
    public string? ErrorCode { get; set; }
    public string? ErrorMessage { get; set; }

    /// <summary>The entity's known state as of this event, for back-tests; null until done.</summary>
    public string? State { get; set; }
    public DateTimeOffset? ProcessedAt { get; set; }
}

public sealed class MailboxRow : MailboxScoped
{
    /// <summary>Number of the last accepted event.</summary>
    public long LastNumber { get; set; }

    /// <summary>Number of the last processed event.</summary>
    public long DoneNumber { get; set; }

    /// <summary>Raised by each commit; every write says WHERE epoch = the one it was computed on (R5).</summary>
    public long Epoch { get; set; }

    /// <summary>Mailbox state: known entity, visit, what fired.</summary>
    public string State { get; set; } = "{}";
    public string? PipelineId { get; set; }
    public string? StageId { get; set; }

    /// <summary>The responsible as known, or as reserved by us and not echoed yet. Load is counted by it.</summary>
    public string? AssignedTo { get; set; }

    /// <summary>False once won, lost or deleted.</summary>
    public bool Open { get; set; } = true;
    public string? LastTransitionKey { get; set; }
    public DateTimeOffset? LastTransitionAt { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }
}

public sealed class RunRow : MailboxScoped
{
    public Guid Id { get; set; }
    public Guid? FunnelId { get; set; }
    public int? FunnelVersion { get; set; }
    public string? TriggerId { get; set; }
    public required string DefinitionVersionId { get; set; }
    public Guid? EventId { get; set; }

    /// <summary>A Workflows.RunStatus.</summary>
    public int Status { get; set; }

    /// <summary>The RunState document.</summary>
    public required string State { get; set; }

    /// <summary>What the mailbox keeps beside it: depth, delayed start, visit.</summary>
    public string Meta { get; set; } = "{}";
    public string? Name { get; set; }
    public string? CorrelationId { get; set; }
    public int IncidentCount { get; set; }
    public long Sequence { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }
    public DateTimeOffset? FinishedAt { get; set; }
}

public sealed class EffectRow : MailboxScoped
{
    public required string Key { get; set; }
    public Guid RunId { get; set; }

    /// <summary>First in, first out per mailbox and target: the order is (PlannedAt step, this number).</summary>
    public long Position { get; set; }
    public Guid? TargetConnectionId { get; set; }
    public required string Kind { get; set; }
    public required string Request { get; set; }
    public int Policy { get; set; }
    public required string Summary { get; set; }
    public required string ContextId { get; set; }
    public required string Callback { get; set; }

    /// <summary>What it queues behind within its mailbox: its connection, or the host of a plain HTTP call. Worked out, not stored.</summary>
    [System.ComponentModel.DataAnnotations.Schema.NotMapped]
    public string? Lane { get; set; }

    /// <summary>How many of our own effects led here (R14).</summary>
    public int Depth { get; set; }

    /// <summary>An Effects.EffectState.</summary>
    public int State { get; set; }
    public int Tries { get; set; }

    /// <summary>Processes that died while it was on its way (R10).</summary>
    public int Deaths { get; set; }
    public string? Result { get; set; }
    public string? ErrorCode { get; set; }
    public string? ErrorMessage { get; set; }
    public DateTimeOffset PlannedAt { get; set; }
    public DateTimeOffset? FirstTryAt { get; set; }
    public DateTimeOffset? NextTryAt { get; set; }
    public DateTimeOffset? FinishedAt { get; set; }
}

public sealed class TimerRow : MailboxScoped
{
    public Guid Id { get; set; }

    /// <summary>bookmark, start, begin, date, schedule, arm, retry.</summary>
    public required string Kind { get; set; }
    public Guid? RunId { get; set; }
    public string? BookmarkId { get; set; }
    public string? TriggerId { get; set; }
    public DateTimeOffset DueAt { get; set; }

    /// <summary>The calendar, with the manager where one counts, that the time was computed by (<c>DueBy</c>); null for times that no calendar moves.</summary>
    public string? DueSource { get; set; }

    /// <summary>That source as it was then.</summary>
    public long? DueStamp { get; set; }

    /// <summary>How it was computed: a <c>DueRule</c>.</summary>
    public string? DueRule { get; set; }

    /// <summary>1 from arming on; raised when one that a process may have died of is begun anew (R10).</summary>
    public int Tries { get; set; } = 1;
}

/// <summary>A bookmark that a shared stimulus (an event) may hit.</summary>
public sealed class BookmarkRow : MailboxScoped
{
    public Guid RunId { get; set; }
    public required string BookmarkId { get; set; }
    public required string Name { get; set; }
    public required string Hash { get; set; }
    public string? CorrelationId { get; set; }
}

/// <summary>One row for the verdicts of an event, one for each run that a step advanced. Evidence, never the driver.</summary>
public sealed class JournalRow : MailboxScoped
{
    public Guid Id { get; set; }

    /// <summary>event, run, effect, operator, calendar.</summary>
    public required string Kind { get; set; }
    public Guid? RunId { get; set; }

    /// <summary>1, 2, 3 … within the run; 0 for rows of no run.</summary>
    public long Sequence { get; set; }
    public Guid? EventId { get; set; }
    public Guid? FunnelId { get; set; }
    public DateTimeOffset At { get; set; }
    public required string Facts { get; set; }
}

/// <summary>Two entities that belong together (parent and child deal, deal and booking).</summary>
public sealed class LinkRow : AccountScoped
{
    public required string Relation { get; set; }
    public Guid FromConnectionId { get; set; }
    public required string FromEntityType { get; set; }
    public required string FromEntityId { get; set; }
    public Guid ToConnectionId { get; set; }
    public required string ToEntityType { get; set; }
    public required string ToEntityId { get; set; }
    public string Data { get; set; } = "{}";

    /// <summary>When it was last recorded: the step's time, set by the store.</summary>
    public DateTimeOffset At { get; set; }
}

/// <summary>A working calendar that the account keeps itself.</summary>
public sealed class CalendarRow : AccountScoped
{
    public required string Name { get; set; }

    /// <summary>The CalendarDocument.</summary>
    public required string Document { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }
    public string? UpdatedBy { get; set; }
}

/// <summary>A text that the account keeps for its messages.</summary>
public sealed class MessageTemplateRow : AccountScoped
{
    public required string Name { get; set; }
    public required string Title { get; set; }

    /// <summary>Liquid.</summary>
    public required string Text { get; set; }

    /// <summary>Liquid; null for none.</summary>
    public string? Subject { get; set; }

    /// <summary>Service, Advertising.</summary>
    public required string Mark { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }
    public string? UpdatedBy { get; set; }
}

public sealed class ManagerRow : AccountScoped
{
    public Guid ConnectionId { get; set; }
    public required string UserId { get; set; }
    public required string Name { get; set; }
    public bool Active { get; set; } = true;

    /// <summary>Coefficient; 1 = a full share.</summary>
    public decimal Weight { get; set; } = 1;
    public int? MaxOpen { get; set; }
    public int? MaxPerDay { get; set; }
    public int Position { get; set; }

    /// <summary>Last sign of presence.</summary>
    public DateTimeOffset? SeenAt { get; set; }
    public DateTimeOffset? LastAssignedAt { get; set; }

    /// <summary>SHA-256 of the token in the address of his own page; unique; null while he has none.</summary>
    public byte[]? HereTokenHash { get; set; }

    /// <summary>Weekly shifts, dated exceptions and leave, as JSON.</summary>
    public string Timesheet { get; set; } = "{}";
}

/// <summary>A reservation of a manager for a deal.</summary>
public sealed class AssignmentRecord : MailboxScoped
{
    public required string Key { get; set; }
    public required string Pool { get; set; }
    public required string ManagerId { get; set; }
    public DateTimeOffset At { get; set; }
}
