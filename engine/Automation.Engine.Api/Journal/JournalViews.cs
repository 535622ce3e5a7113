namespace Automation.Engine.Api.Journal;

/// <param name="Kind">event, run, effect, operator, calendar.</param>
/// <param name="Text">The row in words.</param>
/// <param name="Lines">What belongs to it, a line each: triggers that fired and why the others did not, steps of a run.</param>
/// <param name="Tone">fired, quiet, trouble, plain: how the row weighs.</param>
/// <param name="Facts">The row's facts as they are kept.</param>
public sealed record JournalView(
    Guid Id, DateTimeOffset At, string Kind, string? Deal, string EntityType, string EntityId, Guid ConnectionId, Guid? RunId, long? Sequence, Guid? EventId, Guid? FunnelId,
    string? Funnel, string Text, IReadOnlyList<JournalLine> Lines, string Tone, object Facts);

/// <param name="Outcome">fired, scheduled, no, done, trouble, plain.</param>
public sealed record JournalLine(string? Trigger, string Text, string Outcome);
