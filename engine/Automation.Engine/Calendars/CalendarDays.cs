using System.Globalization;
using NodaTime;
using NodaTime.Text;

namespace Automation.Engine.Calendars;

/// <summary>Reads the listed days of a calendar file.</summary>
internal static class CalendarDays
{
    private static readonly LocalDatePattern Whole = LocalDatePattern.Iso;

    public static IReadOnlyDictionary<LocalDate, DayMark> Read(CalendarDocument document, WeekHours week, List<CalendarProblem> problems)
    {
        var marks = new Dictionary<LocalDate, DayMark>();
        for (var i = 0; i < document.Years.Count; i++)
        {
            var (year, path) = (document.Years[i], $"years[{i.ToString(CultureInfo.InvariantCulture)}]");
            if (year.Year is < 1990 or > 2200)
            {
                problems.Add(new($"{path}.year", $"{year.Year.ToString(CultureInfo.InvariantCulture)} is not a year from 1990 to 2200."));
                continue;
            }
            Add(year.Off, DayMark.Off, $"{path}.off");
            Add(year.Working, DayMark.Working, $"{path}.working");
            Add(year.Short, DayMark.Short, $"{path}.short");

            void Add(IReadOnlyList<string> days, DayMark mark, string place)
            {
                for (var j = 0; j < days.Count; j++)
                {
                    var where = $"{place}[{j.ToString(CultureInfo.InvariantCulture)}]";
                    foreach (var date in Dates(days[j], year.Year, where, problems))
                    {
                        var together = marks.GetValueOrDefault(date) | mark;
                        if (together.HasFlag(DayMark.Off) && together != DayMark.Off) problems.Add(new(where, $"{Whole.Format(date)} stands among the days off too."));
                        else if (mark == DayMark.Short && !together.HasFlag(DayMark.Working) && week.Of(date.DayOfWeek).Count == 0 && document.Extends is null) problems.Add(new(where, $"{Whole.Format(date)} is a day off by the week; a short day is a working one."));
                        marks[date] = together;
                    }
                }
            }
        }
        return marks;
    }

    private static IEnumerable<LocalDate> Dates(string? text, int year, string path, List<CalendarProblem> problems)
    {
        var ends = (text ?? "").Split("..");
        var (first, last) = (Date(ends[0], year), Date(ends[^1], year));
        if (ends.Length > 2 || first is not { } from || last is not { } to || to < from)
        {
            problems.Add(new(path, $"'{text}' is not a day of {year.ToString(CultureInfo.InvariantCulture)}; write 05-09, or 01-01..01-08 for a span."));
            yield break;
        }
        for (var date = from; date <= to; date = date.PlusDays(1)) yield return date;
    }

    private static LocalDate? Date(string text, int year)
    {
        var whole = text.Trim().Length == 5 ? $"{year.ToString(CultureInfo.InvariantCulture)}-{text.Trim()}" : text.Trim();
        return Whole.Parse(whole).TryGetValue(default, out var date) && date.Year == year ? date : null;
    }
}
