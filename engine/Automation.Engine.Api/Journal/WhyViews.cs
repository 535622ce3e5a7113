namespace Automation.Engine.Api.Journal;

/// <summary>The answer to "why did it (not) fire?".</summary>
/// <param name="Text">In one sentence.</param>
/// <param name="Event">The event that was looked at; absent when the deal has none.</param>
/// <param name="Verdicts">Of every trigger of every funnel that watches the deal, in card order.</param>
/// <param name="Waiting">Said of events of the deal that nothing has looked at yet; absent when there are none.</param>
public sealed record WhyView(string Deal, string? Connection, string Text, WhyEvent? Event, IReadOnlyList<WhyVerdict> Verdicts, WhyNow? Waiting = null);

/// <param name="Text">What happened, in words.</param>
/// <param name="From">Stage before, by name.</param>
/// <param name="To">Stage after, by name.</param>
public sealed record WhyEvent(Guid? Id, DateTimeOffset At, string? Kind, string Text, string? From, string? To, IReadOnlyList<WhyChange> Changes);

public sealed record WhyChange(string Path, string Name, string Old, string New);

/// <param name="Funnel">Short name of the funnel.</param>
/// <param name="Outcome">fired, scheduled, no.</param>
/// <param name="Reason">Code of the reason.</param>
/// <param name="Text">The reason in words.</param>
/// <param name="Seen">Values that took part.</param>
/// <param name="Later">What the second look of a delayed trigger found.</param>
/// <param name="Now">Where its run is, while it has not ended well; empty for the others.</param>
/// <param name="Earlier">The last earlier event that did come to it, where this one was not of its kind; absent for none.</param>
/// <param name="Never">True: none of the deal's events, as far back as is looked, was of its kind.</param>
public sealed record WhyVerdict(
    string Funnel, string FunnelName, int? FunnelVersion, string TriggerId, string Name, string Outcome, string Reason, string Text, IReadOnlyList<WhyValue> Seen, DateTimeOffset? DueAt, Guid? RunId, string? RunStatus, string? Later, IReadOnlyList<WhyNow> Now,
    WhyEarlier? Earlier = null, bool Never = false);

/// <param name="Event">What happened, in words.</param>
/// <param name="Outcome">fired, scheduled, no.</param>
/// <param name="Text">What the trigger made of it, in words.</param>
public sealed record WhyEarlier(Guid? EventId, DateTimeOffset At, string Event, string Outcome, string Text);

/// <param name="Text">In words.</param>
/// <param name="At">The instant that the words speak of; absent for none.</param>
public sealed record WhyNow(string Text, DateTimeOffset? At);

public sealed record WhyValue(string Path, string Value);
