using Automation.Engine.Calendars;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using NodaTime;

namespace Automation.Engine.Tests.Calendars;

/// <summary>Laws of working time, over calendars with breaks, nights, short days and both clock changes.</summary>
public sealed class WorkingTimeProperties
{
    private static readonly WorkCalendar[] Calendars =
    [
        Some.Russia,
        Some.Calendar(Automation.Testing.ServiceTimes.EveryDay),
        Some.Week("mon-fri 09:00-13:00, mon-fri 14:00-18:00, sat 10:00-14:00", "America/New_York"),
        Some.Week("mon-sun 01:15-02:45, mon-sun 20:00-01:00", "Europe/Berlin"),
        Some.Week("fri-mon 22:00-06:00, wed 00:00-24:00", "Australia/Lord_Howe"),
        Some.Calendar("""{ "extends": "ru", "timeZone": "Asia/Yekaterinburg", "years": [{ "year": 2025, "off": ["10-11"], "short": ["10-10"] }] }"""),
    ];

    // Four years around the changes of the clock, to the minute.
    private static DateTimeOffset Moment(uint seed) => new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(seed % (4 * 366 * 24 * 60));

    private static TimeLength Minutes(uint seed) => new(true, 0, TimeSpan.FromMinutes(seed % (60 * 120)));

    private static WorkCalendar Of(byte seed) => Calendars[seed % Calendars.Length];

    private static bool Inside(DateTimeOffset moment, WorkCalendar calendar, bool opening, bool closing)
    {
        var at = Instant.FromDateTimeOffset(moment);
        var date = at.InZone(calendar.Zone).Date;
        return Enumerable.Range(-2, 4).SelectMany(back => calendar.Day(date.PlusDays(back)).Hours)
            .Any(hours => (hours.Start < at && at < hours.End) || (opening && at == hours.Start) || (closing && at == hours.End));
    }

    [Property(MaxTest = 3_000)]
    public bool Add_AnyLength_LandsInWorkingTimeOrOnAClosingMinute(byte which, uint from, uint length, byte days)
    {
        var calendar = Of(which);
        return Inside(WorkingTime.Add(Moment(from), Minutes(length), calendar), calendar, opening: true, closing: true)
            && Inside(WorkingTime.Add(Moment(from), new(true, days, TimeSpan.Zero), calendar), calendar, opening: true, closing: true)
            && Inside(WorkingTime.Add(Moment(from), Minutes(length).Negate(), calendar), calendar, opening: true, closing: true);
    }

    [Property(MaxTest = 3_000)]
    public bool Add_MoreThanNothing_NeverLandsOnAnOpeningMinute(byte which, uint from, uint length)
    {
        var calendar = Of(which);
        return Inside(WorkingTime.Add(Moment(from), Minutes(length) with { Time = Minutes(length).Time + TimeSpan.FromMinutes(1) }, calendar), calendar, opening: false, closing: true);
    }

    [Property(MaxTest = 3_000)]
    public bool Add_AThenB_IsAddAPlusB(byte which, uint from, uint a, uint b, bool back)
    {
        var (calendar, first, second) = (Of(which), Signed(Minutes(a), back), Signed(Minutes(b), back));
        return WorkingTime.Add(WorkingTime.Add(Moment(from), first, calendar), second, calendar) == WorkingTime.Add(Moment(from), new(true, 0, first.Time + second.Time), calendar);
    }

    [Property(MaxTest = 3_000)]
    public bool AddDays_AThenB_IsAddAPlusB_WhereDaysAreAlike(uint from, byte a, byte b)
    {
        // A short day between would cut the time of the clock: alike are days of one length, in a zone without clock changes.
        var calendar = Some.Week("mon-fri 10:00-18:00");
        var start = Moment(from);
        return WorkingTime.Add(WorkingTime.Add(start, new(true, a, TimeSpan.Zero), calendar), new(true, b, TimeSpan.Zero), calendar) == WorkingTime.Add(start, new(true, a + b, TimeSpan.Zero), calendar);
    }

    [Property(MaxTest = 3_000)]
    public bool Add_LaterStartOrLongerTime_IsNeverEarlier(byte which, uint from, uint later, uint a, uint more, byte days)
    {
        var calendar = Of(which);
        var (start, after) = (Moment(from), Moment(from).AddMinutes(later % 20_000));
        var (shorter, longer) = (Minutes(a), new TimeLength(true, 0, Minutes(a).Time + Minutes(more).Time));
        return WorkingTime.Add(start, shorter, calendar) <= WorkingTime.Add(after, shorter, calendar)
            && WorkingTime.Add(start, shorter, calendar) <= WorkingTime.Add(start, longer, calendar)
            && WorkingTime.Add(start, new(true, days, TimeSpan.Zero), calendar) <= WorkingTime.Add(start, new(true, days + 1, TimeSpan.Zero), calendar)
            && WorkingTime.Add(start, new(true, -days, TimeSpan.Zero), calendar) <= WorkingTime.Add(after, new(true, -days, TimeSpan.Zero), calendar);
    }

    [Property(MaxTest = 2_000)]
    public bool Add_ThenBack_ComesToTheStartOfWork(byte which, uint from, uint length)
    {
        var calendar = Of(which);
        var start = WorkingTime.Add(Moment(from), new(true, 0, TimeSpan.FromMinutes(1)), calendar);
        var there = WorkingTime.Add(start, Minutes(length), calendar);
        // Between a closing and the next opening no working time passes: both are the same moment of work.
        return WorkingTime.Add(WorkingTime.Add(there, Minutes(length).Negate(), calendar), new(true, 0, TimeSpan.FromMinutes(1)), calendar) == WorkingTime.Add(start, new(true, 0, TimeSpan.FromMinutes(1)), calendar);
    }

    [Property(MaxTest = 2_000)]
    public bool Length_Written_ReadsBackTheSame(bool working, ushort days, uint seconds, bool back)
    {
        var length = Signed(new(working, days % 9_000, TimeSpan.FromSeconds(working ? seconds % 1_000_000 / 60 * 60 : seconds % 1_000_000)), back);
        return TimeLength.Parse(length.ToString()) == length;
    }

    private static TimeLength Signed(TimeLength length, bool back) => back ? length.Negate() : length;
}
