namespace Automation.Engine.Managers;

public enum WorkState { Working, OffShift, OnLeave }

/// <summary>Reads shifts and leave. Half-open: a shift to 18:00 has 17:59:59 and has not 18:00:00 (SD-3).</summary>
public static class Timesheet
{
    // A vacation may be long; further off nobody needs to know.
    private const int DaysAhead = 60;

    public static WorkState At(IReadOnlyList<Shift> shifts, IReadOnlyList<Leave> leaves, DateTimeOffset now)
    {
        if (shifts.Count == 0) return LeaveOn(leaves, DateOnly.FromDateTime(now.UtcDateTime)) ? WorkState.OnLeave : WorkState.Working;
        var state = WorkState.OffShift;
        foreach (var zone in Zones(shifts))
        {
            var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).Date);
            if (LeaveOn(leaves, today)) state = WorkState.OnLeave;
            // A shift of yesterday may reach into today.
            for (var date = today.AddDays(-1); date <= today; date = date.AddDays(1))
                if (!LeaveOn(leaves, date) && Of(shifts, date, zone).Any(shift => Begin(shift, date, zone) <= now && now < Finish(shift, date, zone)))
                    return WorkState.Working;
        }
        return state;
    }

    /// <summary>The next beginning of a shift after the instant; null when none is known.</summary>
    public static DateTimeOffset? NextStart(IReadOnlyList<Shift> shifts, IReadOnlyList<Leave> leaves, DateTimeOffset now)
    {
        DateTimeOffset? next = null;
        foreach (var zone in Zones(shifts))
        {
            var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).Date);
            for (var ahead = 0; ahead <= DaysAhead; ahead++)
            {
                var date = today.AddDays(ahead);
                if (LeaveOn(leaves, date)) continue;
                var first = Of(shifts, date, zone).Select(shift => Begin(shift, date, zone)).Where(start => start > now).Order().Cast<DateTimeOffset?>().FirstOrDefault();
                if (first is null) continue;
                if (next is null || first < next) next = first;
                break;
            }
        }
        return next;
    }

    private static IEnumerable<TimeZoneInfo> Zones(IReadOnlyList<Shift> shifts) =>
        shifts.Select(shift => shift.TimeZone).Distinct(StringComparer.Ordinal).Select(TimeZoneInfo.FindSystemTimeZoneById);

    private static IEnumerable<Shift> Of(IReadOnlyList<Shift> shifts, DateOnly date, TimeZoneInfo zone)
    {
        var dated = shifts.Any(shift => shift.Date == date);
        return shifts.Where(shift => shift.TimeZone == zone.Id && (dated ? shift.Date == date : shift.Day == date.DayOfWeek));
    }

    private static bool LeaveOn(IReadOnlyList<Leave> leaves, DateOnly date) => leaves.Any(leave => leave.From <= date && date <= leave.To);

    private static DateTimeOffset Begin(Shift shift, DateOnly date, TimeZoneInfo zone) => Instant(date.ToDateTime(shift.Start), zone);

    private static DateTimeOffset Finish(Shift shift, DateOnly date, TimeZoneInfo zone) =>
        Instant((shift.End > shift.Start ? date : date.AddDays(1)).ToDateTime(shift.End), zone);

    private static DateTimeOffset Instant(DateTime local, TimeZoneInfo zone)
    {
        // A time in the gap of spring does not exist: the clock shows the one an hour later.
        if (zone.IsInvalidTime(local)) local = local.AddHours(1);
        return new(local, zone.GetUtcOffset(local));
    }
}
