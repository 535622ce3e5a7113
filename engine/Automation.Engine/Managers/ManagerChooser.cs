using Automation.Engine.Ports;

namespace Automation.Engine.Managers;

/// <summary>Chooses who gets a deal. Pure: the same snapshots and request give the same decision (SD-2).</summary>
/// <remarks>
/// The smallest load by weight wins, (load + 1) / weight; then who got a deal longest ago, never being the longest; then list order.
/// </remarks>
public static class ManagerChooser
{
    public const string OffShift = "off_shift";
    public const string OnLeave = "on_leave";
    public const string NotPresent = "not_present";
    public const string Inactive = "inactive";
    public const string AtCap = "at_cap";

    /// <param name="managers">Every known manager, in list order; the request's candidates, when given, choose among them and set the order.</param>
    public static AssignmentDecision Choose(IReadOnlyList<ManagerSnapshot> managers, AssignmentRequest request)
    {
        var judged = Pool(managers, request).Select(manager => (Manager: manager, Row: Judge(manager, request))).ToArray();
        var winner = judged.Where(item => item.Row.Excluded is null)
            .OrderBy(item => (item.Row.Load + 1) / item.Row.Weight)
            .ThenBy(item => item.Row.LastAssignedAt ?? DateTimeOffset.MinValue)
            .Select(item => item.Row).FirstOrDefault();
        var again = winner is null ? NextStart(judged, request.Now) : null;
        return new(winner?.ManagerId, winner?.Name, [.. judged.Select(item => item.Row)], again);
    }

    private static IEnumerable<ManagerSnapshot> Pool(IReadOnlyList<ManagerSnapshot> managers, AssignmentRequest request)
    {
        if (request.Candidates.Count == 0) return managers;
        var known = managers.ToDictionary(item => item.Manager.Id, StringComparer.Ordinal);
        // A candidate whom nobody knows (removed in the CRM) is shown as such, not skipped.
        return request.Candidates.Distinct(StringComparer.Ordinal)
            .Select(id => known.TryGetValue(id, out var found) ? found : new ManagerSnapshot(new(id, id, Active: false), [], [], 0));
    }

    private static AssignmentRow Judge(ManagerSnapshot item, AssignmentRequest request)
    {
        var work = Timesheet.At(item.Shifts, item.Leaves, request.Now);
        var present = item.LastSeenAt is { } seen && request.Now - seen <= request.PresenceWindow;
        return new(
            item.Manager.Id, item.Manager.Name, item.Load, item.Manager.Weight, work == WorkState.Working, present, item.LastAssignedAt,
            Excluded(item, work, present, request));
    }

    private static string? Excluded(ManagerSnapshot item, WorkState work, bool present, AssignmentRequest request)
    {
        var manager = item.Manager;
        if (!manager.Active || manager.Weight <= 0) return Inactive;
        if (!request.IgnoreShifts)
        {
            if (work == WorkState.OnLeave) return OnLeave;
            if (work == WorkState.OffShift) return OffShift;
            if (request.RequirePresence && !present) return NotPresent;
        }
        return item.Load >= manager.MaxOpen || item.AssignedToday >= manager.MaxPerDay ? AtCap : null;
    }

    private static DateTimeOffset? NextStart((ManagerSnapshot Manager, AssignmentRow Row)[] judged, DateTimeOffset now) =>
        judged.Where(item => item.Row.Excluded is OffShift or OnLeave)
            .Select(item => Timesheet.NextStart(item.Manager.Shifts, item.Manager.Leaves, now))
            .Min();
}
