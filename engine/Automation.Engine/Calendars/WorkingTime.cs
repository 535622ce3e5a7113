using NodaTime;

namespace Automation.Engine.Calendars;

/// <summary>Counts lengths of time from a moment, forwards and back. Pure.</summary>
/// <remarks>
/// A result never lies outside working time, but may be a closing minute (counting forwards) or an opening one (counting back): work that
/// is due by 18:00 is not due the next morning. Hours are additive and monotone. A working day keeps the time of the clock; where that day
/// has no such hour (a short day), its last minute stands for it.
/// </remarks>
public static class WorkingTime
{
    // A gap this long without an hour of work is a mistake in the calendar, not a holiday.
    private const int LongestGapDays = 3_660;
    private const int LastYear = 9_000;

    /// <param name="length">Negative counts back.</param>
    /// <exception cref="NoWorkingTimeException">There is no working time there for years on end, or the moment is beyond the year 9000.</exception>
    public static DateTimeOffset Add(DateTimeOffset from, TimeLength length, IWorkDays days)
    {
        var start = Instant.FromDateTimeOffset(from);
        if (start.InUtc().Year is < 1000 or > LastYear) throw new NoWorkingTimeException($"The year {from.Year} is out of range.");
        var end = (length.Working, length.IsNegative) switch
        {
            (false, _) => Ordinary(start, length, days.Zone),
            (true, false) => Hours(length.Days == 0 ? start : Days(start, length.Days, days), Duration.FromTimeSpan(length.Time), days, length.Days > 0),
            _ => HoursBack(length.Days == 0 ? start : Days(start, length.Days, days), Duration.FromTimeSpan(-length.Time), days, length.Days < 0),
        };
        return end.ToDateTimeOffset();
    }

    /// <summary>The first moment of working time, the given one or after it. A closing minute is outside: who comes at 18:00 to a shop that closes then finds it closed.</summary>
    /// <exception cref="NoWorkingTimeException">There is no working time there for years on end.</exception>
    public static DateTimeOffset Opening(DateTimeOffset from, IWorkDays days)
    {
        var start = Instant.FromDateTimeOffset(from);
        foreach (var (_, span) in Forwards(days, start, _ => true))
            if (span.End > start) return Instant.Max(start, span.Start).ToDateTimeOffset();
        throw NoWork(start, days);
    }

    /// <summary>An ordinary length, in the zone's clock; needs no calendar.</summary>
    /// <exception cref="ArgumentException">The length is one of working time.</exception>
    public static DateTimeOffset AddOrdinary(DateTimeOffset from, TimeLength length, TimeZoneInfo zone)
    {
        if (length.Working) throw new ArgumentException("Working time needs a calendar.", nameof(length));
        if (length.Days == 0) return from + length.Time;
        var known = DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone.Id) ?? NodaTime.TimeZones.BclDateTimeZone.FromTimeZoneInfo(zone);
        return Ordinary(Instant.FromDateTimeOffset(from), length, known).ToDateTimeOffset();
    }

    private static Instant Ordinary(Instant start, TimeLength length, DateTimeZone zone)
    {
        if (length.Days != 0)
        {
            var local = start.InZone(zone).LocalDateTime.PlusDays(length.Days);
            start = zone.AtLeniently(local).ToInstant();
        }
        return start + Duration.FromTimeSpan(length.Time);
    }

    private static Instant Hours(Instant from, Duration amount, IWorkDays days, bool settled)
    {
        if (settled && amount == Duration.Zero) return from;
        foreach (var (_, span) in Forwards(days, from, _ => true))
        {
            var start = Instant.Max(from, span.Start);
            var room = span.End - start;
            if (amount <= room) return start + amount;
            amount -= room;
        }
        throw NoWork(from, days);
    }

    private static Instant HoursBack(Instant from, Duration amount, IWorkDays days, bool settled)
    {
        if (settled && amount == Duration.Zero) return from;
        foreach (var span in Backwards(days, from))
        {
            var end = Instant.Min(from, span.End);
            var room = end - span.Start;
            if (amount <= room) return end - amount;
            amount -= room;
        }
        throw NoWork(from, days);
    }

    // A moment outside working time counts as the next opening in both directions: two working days before a Monday is Thursday's opening.
    private static Instant Days(Instant from, int count, IWorkDays days)
    {
        var (date, span) = Forwards(days, from, day => day.Counts).FirstOrDefault();
        if (span == default) throw NoWork(from, days);
        var target = Nth(date, Math.Abs(count), Math.Sign(count), from, days);
        var wanted = SameClock(Instant.Max(from, span.Start), date, target, days.Zone);
        var hours = days.Day(target).Hours;
        foreach (var one in hours)
            if (wanted <= one.End) return Instant.Max(wanted, one.Start);
        return hours[^1].End;
    }

    private static LocalDate Nth(LocalDate date, int count, int step, Instant from, IWorkDays days)
    {
        var gap = 0;
        while (count > 0)
        {
            date = date.PlusDays(step);
            (count, gap) = days.Day(date).Counts ? (count - 1, 0) : (count, gap + 1);
            if (gap > LongestGapDays) throw NoWork(from, days);
        }
        return date;
    }

    /// <summary>The instant that has on the target's day the time of the clock that the moment has on its own; hours past midnight stay past midnight.</summary>
    private static Instant SameClock(Instant moment, LocalDate own, LocalDate target, DateTimeZone zone)
    {
        var local = moment.InZone(zone).LocalDateTime;
        return zone.AtLeniently(target.PlusDays(Period.DaysBetween(own, local.Date)) + local.TimeOfDay).ToInstant();
    }

    /// <summary>Working hours that end at the moment or later, in order, without overlaps.</summary>
    private static IEnumerable<(LocalDate Date, Interval Span)> Forwards(IWorkDays days, Instant from, Func<WorkDay, bool> which)
    {
        var (date, gap, last) = (from.InZone(days.Zone).Date.PlusDays(-2), 0, Instant.MinValue);
        while (gap++ < LongestGapDays)
        {
            if (days.Day(date) is { Hours.Count: > 0 } day && which(day))
                foreach (var span in day.Hours)
                {
                    // A night shift of the day before may reach into this one's hours.
                    var start = Instant.Max(span.Start, last);
                    if (span.End <= start || span.End < from) continue;
                    (last, gap) = (span.End, 0);
                    yield return (date, new(start, span.End));
                }
            date = date.PlusDays(1);
        }
    }

    /// <summary>Working hours that begin at the moment or before, the latest first, without overlaps.</summary>
    private static IEnumerable<Interval> Backwards(IWorkDays days, Instant from)
    {
        var (date, gap, last) = (from.InZone(days.Zone).Date.PlusDays(1), 0, Instant.MaxValue);
        while (gap++ < LongestGapDays)
        {
            foreach (var span in days.Day(date).Hours.Reverse())
            {
                var end = Instant.Min(span.End, last);
                if (end <= span.Start || span.Start > from) continue;
                (last, gap) = (span.Start, 0);
                yield return new(span.Start, end);
            }
            date = date.PlusDays(-1);
        }
    }

    private static NoWorkingTimeException NoWork(Instant from, IWorkDays days) =>
        new($"There is no working time within ten years of {from.InZone(days.Zone).Date.ToString("uuuu-MM-dd", System.Globalization.CultureInfo.InvariantCulture)}. Check the calendar's week and the manager's shifts.");
}
