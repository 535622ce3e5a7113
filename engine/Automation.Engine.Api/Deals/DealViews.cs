namespace Automation.Engine.Api.Deals;

/// <summary>A deal as far as events have told of it.</summary>
/// <param name="Connection">Name of its CRM.</param>
/// <param name="Stage">By name.</param>
/// <param name="Responsible">By name.</param>
/// <param name="Open">False once won, lost or deleted.</param>
public sealed record DealView(string Connection, Guid ConnectionId, string Id, string? Name, string? Stage, string? Responsible, decimal? Price, bool Open, DateTimeOffset UpdatedAt);

/// <param name="StageSince">Since when it is in its stage.</param>
/// <param name="Blocked">What it stands still for; empty while it goes on.</param>
/// <param name="Stopped">Triggers that the loop guard has stopped for it.</param>
/// <param name="Waiting">Its runs that wait for a time, earliest first.</param>
public sealed record DealDetail(DealView Deal, DateTimeOffset? StageSince, IReadOnlyList<Failures.BlockCause> Blocked, IReadOnlyList<StoppedTrigger> Stopped, IReadOnlyList<Runs.WaitingView> Waiting);

/// <param name="Cycle">The circle that it ran in; absent when the events came from outside.</param>
public sealed record StoppedTrigger(string TriggerId, string Name, DateTimeOffset Since, string? Cycle);
