namespace Automation.Engine.Api.Funnels;

/// <summary>What goes on under a board.</summary>
/// <param name="Days">Length of the period of the cards' counters: today and the days before it.</param>
public sealed record BoardNumbers(int Days, IReadOnlyList<StageNumbers> Stages, IReadOnlyList<CardNumbers> Cards);

/// <param name="Ref"><c>pipeline/stage</c>.</param>
/// <param name="Deals">Deals there now, as far as events have told of them.</param>
/// <param name="MedianSeconds">Median stay of those that left in the last 30 days, of the last 1,000 of them; absent where none did.</param>
/// <param name="FailuresToday">Runs that failed today for deals that are there.</param>
public sealed record StageNumbers(string Ref, int Deals, double? MedianSeconds, int FailuresToday);

/// <param name="Passed">Events that reached it: of its kind, in its stages.</param>
/// <param name="Skipped">Reached it and did not fire.</param>
/// <param name="Failed">Runs of the period that failed.</param>
/// <param name="Waiting">Runs that wait now, whenever they began.</param>
public sealed record CardNumbers(string Trigger, long Passed, long Fired, long Skipped, long Failed, long Waiting);
