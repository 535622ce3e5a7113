using Automation.Engine.Managers;
using NodaTime;

namespace Automation.Engine.Calendars;

/// <summary>
/// Working hours of a manager: shifts without leave. Weekly shifts do not count on the calendar's holidays; shifts of one date always do;
/// on a moved working day without a shift the calendar's hours hold. Without a timesheet the calendar's hours hold, without leave.
/// </summary>
public sealed class ManagerDays : IWorkDays
{
    private readonly WorkCalendar calendar;
    private readonly IReadOnlyList<Shift> shifts;
    private readonly IReadOnlyList<Leave> leaves;

    /// <exception cref="CalendarInvalidException">A shift names an unknown time zone.</exception>
    public ManagerDays(WorkCalendar calendar, IReadOnlyList<Shift> shifts, IReadOnlyList<Leave> leaves)
    {
        (this.calendar, this.shifts, this.leaves) = (calendar, shifts, leaves);
        var zone = shifts.Count > 0 ? shifts[0].TimeZone : calendar.Zone.Id;
        Zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) ?? throw new CalendarInvalidException(new CalendarProblem("timesheet.timeZone", $"'{zone}' is not a time zone."));
        var written = shifts.Select(shift => shift.ToString()).Concat(leaves.Select(leave => leave.ToString()));
        Stamp = WorkCalendar.StampOf($"{calendar.Stamp.ToString(System.Globalization.CultureInfo.InvariantCulture)}\n{string.Join('\n', written)}");
    }

    public DateTimeZone Zone { get; }

    /// <summary>Equal for equal calendar, shifts and leave.</summary>
    public long Stamp { get; }

    public WorkDay Day(LocalDate date)
    {
        var day = date.ToDateOnly();
        if (leaves.Any(leave => leave.From <= day && day <= leave.To)) return WorkDay.Free;
        if (shifts.Count == 0) return calendar.Day(date);
        if (shifts.Any(shift => shift.Date == day)) return Of(date, shifts.Where(shift => shift.Date == day));
        if (calendar.IsHoliday(date)) return WorkDay.Free;
        var weekly = shifts.Where(shift => shift.Day == day.DayOfWeek).ToList();
        return weekly.Count > 0 ? Of(date, weekly) : calendar.IsMovedWorkday(date) ? calendar.Day(date) : WorkDay.Free;
    }

    private WorkDay Of(LocalDate date, IEnumerable<Shift> own)
    {
        var hours = LocalClock.Hours(date, own.Select(shift => new HourSpan(LocalTime.FromTimeOnly(shift.Start), LocalTime.FromTimeOnly(shift.End))).OrderBy(span => span.Start), Zone);
        return new(hours.Count > 0, hours);
    }
}
