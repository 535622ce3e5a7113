namespace Automation.Engine.Api.Trials;

/// <summary>What is tried on a deal.</summary>
/// <param name="Trigger">Its id; absent for every trigger of the draft. One that is named is tried even when it is switched off.</param>
/// <param name="Entity">Id of the deal.</param>
/// <param name="EntityType">deal (default), contact, company, customer, task, booking.</param>
/// <param name="Event">A stored event of the deal; absent for "as if each trigger's own event happened now".</param>
/// <param name="Come">Nodes of steps whose wait is taken for hit instead of running out.</param>
public sealed record TryRequest(string? Trigger, string? Entity, string? EntityType, Guid? Event, IReadOnlyList<string>? Come);

/// <summary>What a dry run showed. Nothing of it has happened.</summary>
/// <param name="Text">The event in words.</param>
/// <param name="Notes">What the trial had to assume, in words.</param>
public sealed record TryView(string Deal, string? DealName, string Text, DateTimeOffset At, IReadOnlyList<TryTrigger> Triggers, IReadOnlyList<string> Notes);

/// <summary>How a trigger took the event.</summary>
/// <param name="Outcome">fired, scheduled, no.</param>
/// <param name="Reason">Code of the reason.</param>
/// <param name="Text">The reason in words.</param>
/// <param name="First">The first part of the condition that was false; absent for none.</param>
/// <param name="DueAt">When a delayed trigger looks again.</param>
/// <param name="Later">What that look found, in words.</param>
/// <param name="Ends">How its run ends: finished, waiting, failed, cancelled; absent when it does not fire.</param>
/// <param name="EndText">The same in words.</param>
public sealed record TryTrigger(
    string Id, string Name, string Outcome, string Reason, string Text, string? First, IReadOnlyList<TryValue> Seen, DateTimeOffset? DueAt, string? Later, string? Ends, string? EndText, IReadOnlyList<TryStep> Steps);

public sealed record TryValue(string Name, string Value);

/// <summary>A step that would run.</summary>
/// <param name="Node">Its place in the workflow; names it in <see cref="TryRequest.Come"/>.</param>
/// <param name="Activity">Its id in the workflow.</param>
/// <param name="Name">Its name in the workflow, else that of its kind.</param>
/// <param name="Status">done, waits, failed, cancelled, running.</param>
/// <param name="Inputs">As they would be, without those that may hold secrets.</param>
/// <param name="Outcomes">The exits that it takes, in words; none for the plain one.</param>
/// <param name="Acts">What it would send.</param>
public sealed record TryStep(
    string Node, string Activity, string Type, string Name, string Status, DateTimeOffset At, IReadOnlyList<TryValue> Inputs, IReadOnlyList<string> Outcomes, IReadOnlyList<TryAct> Acts, IReadOnlyList<TryWait> Waits, string? Code, string? Error);

/// <param name="Act">sms, email, http, task, note, change, deal, contact, task_change, files, booking, workflow, event, other.</param>
/// <param name="Text">What it would do, in words, phones masked.</param>
public sealed record TryAct(string Act, string Text);

/// <param name="Until">When it goes on by itself; absent: never.</param>
/// <param name="Came">What it waits for was taken for come.</param>
public sealed record TryWait(string Text, DateTimeOffset? Until, bool Came);

/// <param name="Days">1 to 30. Default 7.</param>
/// <param name="Trigger">Its id; absent for the whole funnel.</param>
public sealed record BackTestRequest(int? Days, string? Trigger);

/// <summary>A draft tried on past events.</summary>
/// <param name="Status">running, done, failed, cancelled.</param>
/// <param name="DraftRevision">Of the draft that is tried.</param>
/// <param name="Version">The published one that it is compared with; absent when nothing is published.</param>
/// <param name="Played">Events played, of so many.</param>
/// <param name="Error">Why it failed, in words.</param>
public sealed record BackTestView(
    Guid Id, string Status, int Days, string? Trigger, long DraftRevision, int? Version, int Played, int Total, string By, DateTimeOffset CreatedAt, DateTimeOffset? FinishedAt, BackTestShown? Result, string? Error);

/// <param name="Deals">Played.</param>
/// <param name="Notes">What has to be known to read the numbers, in words.</param>
public sealed record BackTestShown(DateTimeOffset From, DateTimeOffset To, int Deals, IReadOnlyList<BackTestCardView> Cards, IReadOnlyList<string> Notes);

/// <summary>A trigger in both versions.</summary>
/// <param name="Draft">Absent when the draft does not have it any more.</param>
/// <param name="Published">Absent when it is new, or nothing is published.</param>
/// <param name="Note">Why its numbers are not whole, in words.</param>
public sealed record BackTestCardView(string Trigger, string Name, TallyView? Draft, TallyView? Published, IReadOnlyList<ExampleView> Examples, string? Note);

/// <param name="Skipped">Events of its kind, in its stages, on which it does not fire.</param>
/// <param name="Waiting">Runs that still wait at the end of the period.</param>
/// <param name="Acts">What would be sent.</param>
public sealed record TallyView(int Fired, int Skipped, int Waiting, int Failed, IReadOnlyList<ActCount> Acts);

public sealed record ActCount(string Act, int Count);

/// <summary>A deal on which a trigger fires in one of the versions alone.</summary>
/// <param name="Side">draft or published: where it fires.</param>
/// <param name="Reason">Why not in the other one, in words.</param>
public sealed record ExampleView(string Side, string EntityType, string Deal, string? Name, DateTimeOffset At, Guid? Event, string Reason);
