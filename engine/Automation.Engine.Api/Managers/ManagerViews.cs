using Automation.Engine.Hosting.Accounts;

namespace Automation.Engine.Api.Managers;

/// <param name="Weight">Share of the work against the others.</param>
/// <param name="MaxOpen">Most open deals at once; absent for no limit.</param>
/// <param name="MaxPerDay">Most deals a day; absent for no limit.</param>
/// <param name="State">working, offShift, onLeave: by the timesheet, now.</param>
/// <param name="Load">Open deals now.</param>
/// <param name="SeenAt">Last sign of presence.</param>
public sealed record ManagerView(
    string UserId, string Name, Guid ConnectionId, bool Active, decimal Weight, int? MaxOpen, int? MaxPerDay, int Position, string State, DateTimeOffset? NextShift, int Load,
    DateTimeOffset? SeenAt, DateTimeOffset? LastAssignedAt, ManagerTimesheet Timesheet);

/// <summary>What an admin sets; what is absent stays as it is.</summary>
/// <param name="UserId">Where the address does not name the manager.</param>
/// <param name="MaxOpen">0 takes the limit away.</param>
/// <param name="MaxPerDay">0 takes the limit away.</param>
public sealed record ManagerChange(string? UserId, string? Name, bool? Active, decimal? Weight, int? MaxOpen, int? MaxPerDay, int? Position, ManagerTimesheet? Timesheet);

/// <summary>Days without work, both included.</summary>
public sealed record LeaveRequest(DateOnly? From, DateOnly? To, string? Reason);
