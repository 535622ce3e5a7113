using NodaTime;

namespace Automation.Engine.Calendars;

/// <summary>What a calendar says of a day beside the hours of the week. Flags: a moved working day may be short.</summary>
[Flags]
public enum DayMark { None = 0, Off = 1, Working = 2, Short = 4 }

/// <summary>Working hours day by day: of a calendar, or of a manager.</summary>
public interface IWorkDays
{
    /// <summary>Zone of the hours; whole days keep its clock.</summary>
    DateTimeZone Zone { get; }

    WorkDay Day(LocalDate date);
}

/// <param name="Counts">True: it is one of the working days that <c>2wd</c> counts.</param>
/// <param name="Hours">Working hours that begin on the date, in order; the last may end on the next day.</param>
public sealed record WorkDay(bool Counts, IReadOnlyList<Interval> Hours)
{
    public static readonly WorkDay Free = new(false, []);
}
