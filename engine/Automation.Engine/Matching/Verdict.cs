using Automation.Engine.Calendars;
using Automation.Engine.Expressions;
using Automation.Engine.Funnels;
using Automation.Engine.Workflows;

namespace Automation.Engine.Matching;

/// <summary>Fired, or the first reason why not, with the values seen.</summary>
/// <param name="Reason">One of <see cref="Reasons"/>, or an expression's error code.</param>
/// <param name="Message">An expression's own message; null where the reason says it all.</param>
/// <param name="DueAt">When a delayed trigger looks again.</param>
/// <param name="DueBy">The calendar that <paramref name="DueAt"/> was computed by; null when none was.</param>
public sealed record Verdict(
    string TriggerId, string TriggerName, VerdictOutcome Outcome, string Reason, string? Message, IReadOnlyList<SeenValue> Seen, DateTimeOffset? DueAt = null,
    DueBy? DueBy = null)
{
    /// <summary>The message in Russian; null where there is only <see cref="Message"/>.</summary>
    public string? MessageRu { get; init; }
}

public enum VerdictOutcome { No, Fired, Scheduled }

/// <summary>Why a trigger did, or did not.</summary>
public static class Reasons
{
    public const string Fired = "fired";
    public const string Scheduled = "scheduled";
    public const string Disabled = "disabled";
    public const string OtherEvent = "other_event";
    public const string NothingChanged = "nothing_changed";
    public const string OutsideSpan = "outside_span";
    public const string InsideSpan = "inside_span";
    public const string OtherField = "other_field";
    public const string OtherTag = "other_tag";
    public const string OtherSource = "other_source";
    public const string AlreadyThisVisit = "already_this_visit";
    public const string AlreadyEver = "already_ever";
    public const string ConditionFalse = "condition_false";
    public const string DatePassed = "date_passed";
    public const string DateMissing = "date_missing";
    public const string TooSoon = "too_soon";
    public const string Replaced = "replaced";
    public const string LeftSpan = "left_span";

    /// <summary>A new version of the funnel was published, and what waited was to be cancelled.</summary>
    public const string Republished = "republished";
    public const string OutsideHours = "outside_hours";
    public const string LoopGuard = "loop_guard";
    public const string ChainTooDeep = "chain_too_deep";
}

/// <summary>A published funnel made ready: triggers in card order, workflows compiled. Immutable, kept in memory.</summary>
public sealed record CompiledFunnel(Guid Id, int Version, FunnelDocument Document, Accounts.ConnectionId Connection, IReadOnlyList<CompiledTrigger> Triggers);

public sealed record CompiledTrigger(FunnelTrigger Definition, CompiledWorkflow Workflow)
{
    public bool InSpan(StageRef? stage) => Definition.When.Stages.Count == 0 || (stage is { } at && Definition.When.Stages.Contains(at));
}
