using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using NodaTime;

namespace Automation.Engine.Calendars;

/// <summary>A calendar made ready to count with. Immutable.</summary>
public sealed class WorkCalendar : IWorkDays
{
    private readonly WeekHours week;
    private readonly IReadOnlyList<HourSpan> offHours;
    private readonly Duration shortBy;
    private readonly IReadOnlyDictionary<LocalDate, DayMark> marks;
    private readonly IReadOnlySet<int> years;
    private readonly string? law;
    private readonly ConcurrentDictionary<int, IReadOnlyDictionary<LocalDate, DayMark>> byLaw = new();

    internal WorkCalendar(
        string name, DateTimeZone zone, WeekHours week, IReadOnlyList<HourSpan> offHours, TimeSpan shortBy, IReadOnlyDictionary<LocalDate, DayMark> marks,
        IReadOnlySet<int> years, string? law, string canonical)
    {
        (Name, Zone, this.week, this.offHours, this.shortBy, this.marks, this.years, this.law) = (name, zone, week, offHours, Duration.FromTimeSpan(shortBy), marks, years, law);
        Stamp = StampOf($"{zone.Id}\n{canonical}");
    }

    public string Name { get; }

    public DateTimeZone Zone { get; }

    /// <summary>Equal for equal calendars: days, hours, zone and those it stands on. What a stored deadline remembers.</summary>
    public long Stamp { get; }

    public WorkDay Day(LocalDate date)
    {
        var mark = Mark(date);
        var regular = week.Of(date.DayOfWeek);
        if (mark.HasFlag(DayMark.Off) || (regular.Count == 0 && !mark.HasFlag(DayMark.Working)))
            return offHours.Count == 0 ? WorkDay.Free : new(false, LocalClock.Hours(date, offHours, Zone));
        var hours = LocalClock.Hours(date, regular.Count > 0 ? regular : week.OfOrBefore(date.DayOfWeek), Zone);
        if (mark.HasFlag(DayMark.Short)) hours = Shortened(hours);
        return new(hours.Count > 0, hours);
    }

    /// <summary>A day off by the calendar's own list or by law, not by the week.</summary>
    public bool IsHoliday(LocalDate date) => Mark(date).HasFlag(DayMark.Off);

    /// <summary>A day off of the week that is worked.</summary>
    public bool IsMovedWorkday(LocalDate date) => Mark(date).HasFlag(DayMark.Working);

    /// <summary>True when the calendar lists days by year and not those of this one: it is then counted by law or by the week alone.</summary>
    public bool IsMissing(int year) => years.Count > 0 && !years.Contains(year);

    /// <summary>Missing years between two moments.</summary>
    public IReadOnlyList<int> MissingBetween(DateTimeOffset one, DateTimeOffset other)
    {
        if (years.Count == 0) return [];
        var (first, last) = (Year(one < other ? one : other), Year(one < other ? other : one));
        return [.. Enumerable.Range(first, last - first + 1).Where(IsMissing)];

        int Year(DateTimeOffset moment) => Instant.FromDateTimeOffset(moment).InZone(Zone).Year;
    }

    /// <summary>Years whose days are listed.</summary>
    public IReadOnlyCollection<int> Years => years.Order().ToList();

    /// <summary>Working days and hours of a year.</summary>
    public (int Days, double Hours) Total(int year)
    {
        var (days, hours) = (0, Duration.Zero);
        for (var date = new LocalDate(year, 1, 1); date.Year == year; date = date.PlusDays(1))
        {
            var day = Day(date);
            if (day.Counts) days++;
            foreach (var span in day.Hours) hours += span.Duration;
        }
        return (days, hours.TotalHours);
    }

    internal static long StampOf(string text) => BitConverter.ToInt64(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private DayMark Mark(LocalDate date)
    {
        if (marks.TryGetValue(date, out var mark)) return mark;
        if (law != CalendarCompiler.Russia || years.Contains(date.Year)) return DayMark.None;
        return byLaw.GetOrAdd(date.Year, year => RussianLaw.Year(year, WeekOff)).GetValueOrDefault(date);
    }

    private bool WeekOff(LocalDate date) => week.Of(date.DayOfWeek).Count == 0;

    private List<Interval> Shortened(IReadOnlyList<Interval> hours)
    {
        var (left, shorter) = (shortBy, new List<Interval>());
        foreach (var span in hours.Reverse())
        {
            var cut = Duration.Min(left, span.Duration);
            left -= cut;
            if (cut < span.Duration) shorter.Insert(0, new(span.Start, span.End - cut));
        }
        return shorter;
    }
}
