namespace Automation.Engine.Hosting.Failures;

/// <summary>Something that was given up and waits for a person.</summary>
/// <param name="Kind">event, run, effect.</param>
/// <param name="Target">Id of the event or run; key of the effect.</param>
/// <param name="Since">When it began: the order in which a redrive takes it.</param>
/// <param name="At">When it was given up.</param>
/// <param name="TriggerId">The trigger whose run it is; null for events.</param>
/// <param name="Code">Why: <c>poison_crash</c>, <c>retries_exhausted</c>, <c>state_unreadable</c>, an activity's own code …</param>
/// <param name="Tries">How often it was tried; null where nobody counts.</param>
public sealed record DeadLetter(
    string Kind, string Target, DateTimeOffset Since, DateTimeOffset At, Guid ConnectionId, string EntityType, string EntityId, string? TriggerId, string? Code, string? Message, int? Tries)
{
    /// <summary>Code of an event that only stands back: something earlier of its deal was given up, and the account lets a deal stand still then.</summary>
    public const string StandsBack = "deal_blocked";

    /// <summary>The run that it is, or that planned it; null for events.</summary>
    public Guid? Run { get; init; }

    /// <summary>The funnel of that run.</summary>
    public Guid? Funnel { get; init; }

    /// <summary>Runs: the activity that failed, and its type.</summary>
    public string? Activity { get; init; }
    public string? ActivityType { get; init; }
}

/// <summary>Which of them. Null means any.</summary>
public sealed record DeadLetterFilter
{
    /// <summary>event, run, effect; null for all. Effects whose run is dead come back with their run, never by themselves.</summary>
    public string? Kind { get; init; }

    /// <summary>Ids of events and runs, keys of effects.</summary>
    public IReadOnlyList<string>? Targets { get; init; }
    public string? Trigger { get; init; }
    public Guid? Connection { get; init; }

    /// <summary>The reason's code.</summary>
    public string? Code { get; init; }

    /// <summary>A deal's id.</summary>
    public string? Deal { get; init; }

    /// <summary>Given up at or after.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Given up before.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Named runs that have finished too: they are not dead, but a person wants a part of them once more.</summary>
    public bool Finished { get; init; }

    /// <summary>A funnel's runs and what they planned.</summary>
    public Guid? Funnel { get; init; }

    /// <summary>Of deals that are in this stage now.</summary>
    public Automation.Engine.Funnels.StageRef? Stage { get; init; }

    /// <summary>At most so many are the newest, not the oldest.</summary>
    public bool Newest { get; init; }

    /// <summary>True when it says nothing of what is meant.</summary>
    public bool IsEmpty => (this with { Kind = null, Newest = false }) == new DeadLetterFilter();
}
