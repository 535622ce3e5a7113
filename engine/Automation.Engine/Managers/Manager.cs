namespace Automation.Engine.Managers;

/// <summary>Someone who takes deals.</summary>
/// <param name="Id">The CRM's user id.</param>
/// <param name="Weight">Share of the work against the others; 2 takes twice as much as 1. 0 takes none.</param>
/// <param name="MaxOpen">Most open deals at once; null for no limit.</param>
/// <param name="MaxPerDay">Most deals assigned in a day of the account's zone; null for no limit.</param>
public sealed record Manager(string Id, string Name, decimal Weight = 1, int? MaxOpen = null, int? MaxPerDay = null, bool Active = true);

/// <summary>Working time of a manager: every week on a day, or on one date. Shifts of a date stand in for those of the week on that date.</summary>
/// <param name="Day">Weekly; null when <paramref name="Date"/> is set.</param>
/// <param name="Date">The one date; null when <paramref name="Day"/> is set.</param>
/// <param name="Start">First minute of work.</param>
/// <param name="End">No longer work at this very instant. Not after <paramref name="Start"/>: the shift ends on the next day (24 h when equal).</param>
/// <param name="TimeZone">IANA name; the times are local there.</param>
public sealed record Shift(string ManagerId, DayOfWeek? Day, DateOnly? Date, TimeOnly Start, TimeOnly End, string TimeZone)
{
    public static Shift Weekly(string managerId, DayOfWeek day, TimeOnly start, TimeOnly end, string timeZone) => new(managerId, day, null, start, end, timeZone);

    public static Shift On(string managerId, DateOnly date, TimeOnly start, TimeOnly end, string timeZone) => new(managerId, null, date, start, end, timeZone);
}

/// <summary>Days without work: vacation, illness, a day off. Both dates are included; goes before any shift that begins on them.</summary>
public sealed record Leave(string ManagerId, DateOnly From, DateOnly To, string? Reason = null);

/// <summary>A manager as of one instant: what a choice is made from.</summary>
/// <param name="Shifts">Empty: no timesheet is kept, the manager always works.</param>
/// <param name="Load">Open deals that count, reservations included.</param>
/// <param name="AssignedToday">Deals got since midnight, reservations included.</param>
/// <param name="LastAssignedAt">Null when never.</param>
/// <param name="LastSeenAt">Last sign of presence; null when never.</param>
public sealed record ManagerSnapshot(
    Manager Manager, IReadOnlyList<Shift> Shifts, IReadOnlyList<Leave> Leaves, int Load, int AssignedToday = 0,
    DateTimeOffset? LastAssignedAt = null, DateTimeOffset? LastSeenAt = null);
