using Automation.Engine.Calendars;
using Automation.Engine.Expressions;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Funnels;

/// <summary>A funnel as one readable document: what is imported, exported, saved as a draft and published.</summary>
public sealed record FunnelDocument
{
    public const string CurrentFormat = "automation.funnel/1";

    public string Format { get; init; } = CurrentFormat;

    /// <summary>Unique within the account; the name in commands.</summary>
    public required string Slug { get; init; }

    public required string Name { get; init; }

    /// <summary>Name of the CRM connection whose deals it watches; null for the account's only one.</summary>
    public string? Connection { get; init; }

    public IReadOnlyList<Stage> Stages { get; init; } = [];

    public IReadOnlyList<FunnelTrigger> Triggers { get; init; } = [];

    /// <summary>An id for a trigger of this funnel that comes from elsewhere: the wanted one with the funnel's slug, and a number where that is taken. At most 64 characters.</summary>
    public string IdFor(string wanted, IReadOnlySet<string> taken)
    {
        var start = wanted.EndsWith($"-{Slug}", StringComparison.Ordinal) ? wanted : $"{wanted}-{Slug}";
        start = start[..Math.Min(start.Length, 58)];
        var id = start;
        for (var number = 2; taken.Contains(id); number++) id = $"{start}-{number}";
        return id;
    }
}

/// <summary>A stage is (pipeline, status): 142 and 143 repeat in every pipeline.</summary>
/// <param name="Kind">ordinary, incoming, won, lost.</param>
public sealed record Stage(StageRef Ref, string Name, string? Color = null, string Kind = "ordinary");

/// <summary>Written <c>pipeline/stage</c>.</summary>
[JsonConverter(typeof(StageRefConverter))]
public readonly record struct StageRef(string PipelineId, string StageId)
{
    public override string ToString() => $"{PipelineId}/{StageId}";

    /// <exception cref="FormatException">The text is not <c>pipeline/stage</c>.</exception>
    public static StageRef Parse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || slash == text.Length - 1) throw new FormatException($"'{text}' is not a stage: write pipeline/stage, such as 8240017/142.");
        return new(text[..slash], text[(slash + 1)..]);
    }
}

/// <summary>When → If → Then under a stage.</summary>
public sealed record FunnelTrigger
{
    /// <summary>Unique within the funnel and the same over its versions.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    public bool Enabled { get; init; } = true;

    /// <summary>Runs of one event go in this order; equal orders by place in the document.</summary>
    public int Order { get; init; }

    public required When When { get; init; }

    /// <summary>Null: always.</summary>
    public Condition? If { get; init; }

    /// <summary>The workflow: Elsa 3's definition document.</summary>
    public JObject? Then { get; init; }

    /// <summary>The definition version that a published funnel pins; null in drafts and files.</summary>
    public string? DefinitionVersionId { get; init; }

    public Reentry Reentry { get; init; } = Reentry.OncePerVisit;

    public OnLeave OnLeave { get; init; } = OnLeave.Cancel;

    /// <summary>What becomes of events that follow one another quickly; null: each counts.</summary>
    public Debounce? Debounce { get; init; }
}

[JsonConverter(typeof(SnakeEnumConverter))]
public enum Reentry { OncePerVisit, EveryTime, OnceEver }

/// <summary>What happens to waiting work when the deal leaves the span.</summary>
[JsonConverter(typeof(SnakeEnumConverter))]
public enum OnLeave { Cancel, Finish }

/// <summary>A side-effect-free expression, true or false.</summary>
/// <param name="Language">NCalc or JavaScript.</param>
public sealed record Condition(string Language, string Text)
{
    public Expression ToExpression() => new(Language, Text);
}

public sealed record When
{
    /// <summary>One of <see cref="TriggerEvents"/>.</summary>
    public required string Event { get; init; }

    /// <summary>The span: stages the trigger stretches over. Empty: every stage.</summary>
    public IReadOnlyList<StageRef> Stages { get; init; } = [];

    /// <summary>Field watched by field_changed and date_field: <c>price</c>, <c>name</c>, a custom field's id or shown name.</summary>
    public string? Field { get; init; }

    /// <summary>Tag watched by tag_added; null for any.</summary>
    public string? Tag { get; init; }

    /// <summary>Six-field cron expression with seconds (Quartz form), in the account's time zone; for schedule.</summary>
    public string? Cron { get; init; }

    /// <summary>Name of the connection that webhook and booking events must come from; null for any.</summary>
    public string? Source { get; init; }

    public Timing Timing { get; init; } = new();

    /// <summary>When it fires at all; null: always.</summary>
    public ActiveHours? Active { get; init; }
}

/// <summary>When the workflow starts, counted from the event.</summary>
public sealed record Timing
{
    /// <summary>Stands in <see cref="Manager"/> for the deal's responsible.</summary>
    public const string Responsible = "responsible";

    public TimingKind Kind { get; init; } = TimingKind.AtOnce;

    /// <summary>For after: the delay. For date_field: before (negative) or after the date. Ordinary (<c>3h</c>, <c>2d</c>) or working time (<c>3wh</c>, <c>2wd</c>).</summary>
    [JsonConverter(typeof(TimeLengthConverter))]
    public TimeLength? Delay { get; init; }

    /// <summary>For a delay in working time: name of the calendar; null for the bundled <c>ru</c>, or the account's own of that name.</summary>
    public string? Calendar { get; init; }

    /// <summary>For a delay in working time: whose shifts and leave count, a user id or <c>responsible</c>; null for nobody's.</summary>
    public string? Manager { get; init; }

    /// <summary>For daily_at: <c>HH:mm</c> in the account's time zone.</summary>
    public string? At { get; init; }

    /// <summary>For date_field: the field that holds the date.</summary>
    public string? Field { get; init; }
}

[JsonConverter(typeof(SnakeEnumConverter))]
public enum TimingKind { AtOnce, After, DailyAt, DateField }

/// <summary>What a trigger can wait for.</summary>
public static class TriggerEvents
{
    public const string CreatedInStage = "created_in_stage";
    public const string EnteredStage = "entered_stage";
    public const string CreatedOrEntered = "created_or_entered";
    public const string LeftStage = "left_stage";
    public const string FieldChanged = "field_changed";
    public const string ResponsibleChanged = "responsible_changed";
    public const string TagAdded = "tag_added";
    public const string NoteAdded = "note_added";
    public const string MessageReceived = "message_received";
    public const string CallReceived = "call_received";
    public const string MailReceived = "mail_received";
    public const string IncomingLead = "incoming_lead";
    public const string Webhook = "webhook";
    public const string Manual = "manual";
    public const string Schedule = "schedule";
    public const string DateField = "date_field";
    public const string BookingCreated = "booking_created";
    public const string BookingChanged = "booking_changed";
    public const string Deleted = "deleted";

    public static readonly IReadOnlySet<string> All = new HashSet<string>(StringComparer.Ordinal)
    {
        CreatedInStage, EnteredStage, CreatedOrEntered, LeftStage, FieldChanged, ResponsibleChanged, TagAdded, NoteAdded, MessageReceived,
        CallReceived, MailReceived, IncomingLead, Webhook, Manual, Schedule, DateField, BookingCreated, BookingChanged, Deleted,
    };
}
