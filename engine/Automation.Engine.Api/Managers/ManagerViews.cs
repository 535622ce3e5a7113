using Automation.Engine.Hosting.Accounts;

namespace Automation.Engine.Api.Managers;

/// <param name="Weight">Share of the work against the others.</param>
/// <param name="MaxOpen">Most open deals at once; absent for no limit.</param>
/// <param name="MaxPerDay">Most deals a day; absent for no limit.</param>
/// <param name="State">working, offShift, onLeave: by the timesheet, now.</param>
/// <param name="Load">Open deals now.</param>
/// <param name="SeenAt">Last sign of presence.</param>
/// <param name="HasPage">He has a page of his own to say that he is here.</param>
public sealed record ManagerView(
    string UserId, string Name, Guid ConnectionId, bool Active, decimal Weight, int? MaxOpen, int? MaxPerDay, int Position, string State, DateTimeOffset? NextShift, int Load,
    DateTimeOffset? SeenAt, DateTimeOffset? LastAssignedAt, ManagerTimesheet Timesheet, bool HasPage = false);

/// <summary>What an admin sets; what is absent stays as it is.</summary>
/// <param name="UserId">Where the address does not name the manager.</param>
/// <param name="MaxOpen">0 takes the limit away.</param>
/// <param name="MaxPerDay">0 takes the limit away.</param>
public sealed record ManagerChange(string? UserId, string? Name, bool? Active, decimal? Weight, int? MaxOpen, int? MaxPerDay, int? Position, ManagerTimesheet? Timesheet);

/// <summary>Days without work, both included.</summary>
public sealed record LeaveRequest(DateOnly? From, DateOnly? To, string? Reason);

/// <summary>A manager's own page; who has its address needs no sign-in there.</summary>
/// <param name="Path">Shown this once: only its hash is kept.</param>
public sealed record HerePage(string UserId, string Path);

/// <summary>A deal that was given to a manager.</summary>
/// <param name="Manager">By name.</param>
/// <param name="Pool">The queue that it stood in.</param>
/// <param name="Table">Who was asked, and how each stood then; empty where the journal is no longer kept.</param>
public sealed record AssignmentView(
    DateTimeOffset At, Guid ConnectionId, string? Deal, string? DealName, string ManagerId, string Manager, string Pool, Guid? RunId, string? Fallback, string? Sticky, IReadOnlyList<AssignmentCandidate> Table);

/// <param name="Excluded">off_shift, on_leave, not_present, inactive, at_cap; absent when he fitted.</param>
public sealed record AssignmentCandidate(string ManagerId, string Name, int Load, decimal Weight, string? Excluded);
