using Newtonsoft.Json.Linq;

namespace Automation.Engine.Events;

/// <summary>
/// One item of a hook in neutral form, before it is stored. The connector has translated the vendor's words;
/// what changed is derived later in the mailbox, against the last known state.
/// </summary>
public sealed record CrmEvent
{
    /// <summary>One of <see cref="EventKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>One of <see cref="Mailboxes.EntityTypes"/>.</summary>
    public required string EntityType { get; init; }

    public required string EntityId { get; init; }

    /// <summary>
    /// The entity as the source carried it, in the neutral form of <see cref="EntityFields"/>. For notes, messages, calls and
    /// webhooks: their own fields.
    /// </summary>
    public JObject Data { get; init; } = [];

    /// <summary>True when <see cref="Data"/> carries the whole entity, so that an absent field means an empty one.</summary>
    public bool Complete { get; init; }

    /// <summary>Old values that the source itself told, by neutral path (<c>stage_id</c>, <c>pipeline_id</c>, <c>responsible_id</c>).</summary>
    public JObject Old { get; init; } = [];

    /// <summary>When it happened at the source; null where the source does not say.</summary>
    public DateTimeOffset? SourceTime { get; init; }

    /// <summary>Key of R2 within (account, connection): delivery id, or a hash of what the source sent.</summary>
    public required string DedupKey { get; init; }

    /// <summary>
    /// True for sources that tell no time (pipeline hooks): a copy counts as one only within 2 h and with no other
    /// transition of the entity between (R2).
    /// </summary>
    public bool DedupWithinWindow { get; init; }

    /// <summary>Hash of the body, to tell <c>id_reused</c> from a copy (signed sources); null elsewhere.</summary>
    public string? BodyHash { get; init; }

    /// <summary>The user at the source who did it; null or "0" when unknown or a robot.</summary>
    public string? ActorId { get; init; }

    /// <summary>Set on events the engine makes itself (schedules, due dates, manual starts): the trigger they are for.</summary>
    public string? TriggerId { get; init; }

    /// <summary>How many of our own effects led here; 0 for what people do (R14).</summary>
    public int Depth { get; init; }

    /// <summary>The effect whose echo this is; null when it is nobody's echo.</summary>
    public string? CausedBy { get; init; }

    /// <summary>True for what was there before the connection: it is kept as known and fires nothing.</summary>
    public bool Baseline { get; init; }

    /// <summary>True when broken UTF-8, NUL or lone surrogates were replaced by U+FFFD (S2).</summary>
    public bool Sanitized { get; init; }
}

/// <summary>What a source told. What it means for a funnel (entered a stage, a field changed) is derived in the mailbox.</summary>
public static class EventKinds
{
    public const string Created = "created";
    public const string Updated = "updated";
    public const string StageChanged = "stage_changed";
    public const string ResponsibleChanged = "responsible_changed";
    public const string Deleted = "deleted";
    public const string Restored = "restored";
    public const string NoteAdded = "note_added";
    public const string MessageReceived = "message_received";
    public const string MessageSent = "message_sent";
    public const string CallReceived = "call_received";
    public const string MailReceived = "mail_received";
    public const string SiteVisited = "site_visited";
    public const string IncomingLead = "incoming_lead";
    public const string IncomingLeadAccepted = "incoming_lead_accepted";
    public const string IncomingLeadDeclined = "incoming_lead_declined";
    public const string TalkChanged = "talk_changed";
    public const string Webhook = "webhook";
    public const string Manual = "manual";
    public const string Schedule = "schedule";
    public const string DateDue = "date_due";
    /// <summary>A trigger is applied to a deal that stands in its stages already, because a person asked for it.</summary>
    public const string Applied = "applied";
    public const string BookingCreated = "booking_created";
    public const string BookingChanged = "booking_changed";

    /// <summary>A hook that only hints that something changed (booking systems); the truth is read by id.</summary>
    public const string Hint = "hint";
}

/// <summary>Names of the neutral form. Custom fields stand in <c>cf</c> by field id: <c>{"991201":{"name":"Город","value":"Казань"}}</c>.</summary>
public static class EntityFields
{
    public const string Id = "id";
    public const string Name = "name";
    public const string Price = "price";
    public const string PipelineId = "pipeline_id";
    public const string StageId = "stage_id";
    public const string ResponsibleId = "responsible_id";
    public const string Tags = "tags";
    public const string CustomFields = "cf";
    public const string ContactId = "contact_id";
    public const string CompanyId = "company_id";
    public const string CreatedAt = "created_at";
    public const string UpdatedAt = "updated_at";
    public const string Phone = "phone";
    public const string Email = "email";
}

/// <summary>An event as stored: accepted, numbered within its mailbox.</summary>
/// <param name="Number">1, 2, 3 … within the mailbox, without gaps (R3).</param>
/// <param name="Tries">Times that work on it began; raised at every recovery after a process death (R10).</param>
public sealed record StoredEvent(Guid Id, Mailboxes.MailboxKey Mailbox, long Number, CrmEvent Event, DateTimeOffset AcceptedAt, int Tries);
