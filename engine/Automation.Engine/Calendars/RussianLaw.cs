using NodaTime;

namespace Automation.Engine.Calendars;

/// <summary>Days of a year by the Labour Code of Russia alone (articles 95 and 112), for a year whose decree on moved days off is not known.</summary>
internal static class RussianLaw
{
    private static readonly (int Month, int Day)[] January = [(1, 1), (1, 2), (1, 3), (1, 4), (1, 5), (1, 6), (1, 7), (1, 8)];
    private static readonly (int Month, int Day)[] Later = [(2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4)];

    /// <param name="dayOff">Days off of the week.</param>
    public static IReadOnlyDictionary<LocalDate, DayMark> Year(int year, Func<LocalDate, bool> dayOff)
    {
        var holidays = January.Concat(Later).Select(day => new LocalDate(year, day.Month, day.Day)).ToHashSet();
        var off = holidays.ToHashSet();
        // The January ones are moved by decree only.
        foreach (var holiday in Later.Select(day => new LocalDate(year, day.Month, day.Day)).Where(dayOff))
        {
            var moved = holiday;
            while (dayOff(moved) || off.Contains(moved)) moved = moved.PlusDays(1);
            off.Add(moved);
        }

        var marks = off.ToDictionary(day => day, _ => DayMark.Off);
        foreach (var eve in holidays.Append(new LocalDate(year + 1, 1, 1)).Select(holiday => holiday.PlusDays(-1)))
            if (eve.Year == year && !dayOff(eve)) marks.TryAdd(eve, DayMark.Short);
        return marks;
    }
}
