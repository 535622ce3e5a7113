using System.Globalization;
using System.Text.RegularExpressions;
using NodaTime;

namespace Automation.Engine.Calendars;

/// <summary>Hours from one time of the clock to another; not after the start: to the next day.</summary>
internal readonly record struct HourSpan(LocalTime Start, LocalTime End);

/// <summary>Hours of the week as people write them.</summary>
internal sealed partial class WeekHours
{
    private static readonly string[] English = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    private static readonly string[] Russian = ["пн", "вт", "ср", "чт", "пт", "сб", "вс"];
    private readonly HourSpan[][] days;

    private WeekHours(HourSpan[][] days) => this.days = days;

    public IReadOnlyList<HourSpan> Of(IsoDayOfWeek day) => days[(int)day - 1];

    /// <summary>The hours of the last weekday, on this one or before it, that has any.</summary>
    public IReadOnlyList<HourSpan> OfOrBefore(IsoDayOfWeek day)
    {
        for (var back = 0; ; back++)
            if (days[((int)day - 1 - back + 7) % 7] is { Length: > 0 } hours) return hours;
    }

    /// <summary><c>mon-fri 09:00-13:00, mon-fri 14:00-18:00, sat 10:00-14:00</c>; <c>24:00</c> ends a day.</summary>
    /// <exception cref="FormatException">The text is no week, or hours of a day overlap.</exception>
    public static WeekHours Parse(string text)
    {
        var days = Enumerable.Range(0, 7).Select(_ => new List<HourSpan>()).ToArray();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var match = Pattern().Match(part);
            if (!match.Success) throw Wrong(part);
            var (first, last) = (Day(match.Groups[1].Value, part), Day(match.Groups[2].Success ? match.Groups[2].Value : match.Groups[1].Value, part));
            var span = ParseSpan(match.Groups[3].Value);
            for (var day = first; ; day = (day + 1) % 7)
            {
                days[day].Add(span);
                if (day == last) break;
            }
        }
        if (days.All(day => day.Count == 0)) throw new FormatException("The week has no working hours: write mon-fri 10:00-18:00.");
        return new([.. days.Select(Sorted)]);
    }

    /// <summary><c>12:00-18:00</c>, several with commas.</summary>
    /// <exception cref="FormatException">The text is no hours of a day.</exception>
    public static IReadOnlyList<HourSpan> ParseDay(string text) =>
        Sorted([.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(ParseSpan)]);

    private static HourSpan[] Sorted(List<HourSpan> spans)
    {
        spans.Sort((a, b) => a.Start.CompareTo(b.Start));
        for (var i = 1; i < spans.Count; i++)
            if (spans[i - 1].End <= spans[i - 1].Start || spans[i].Start < spans[i - 1].End) throw new FormatException($"The hours {Show(spans[i - 1])} and {Show(spans[i])} of one day overlap.");
        return [.. spans];
    }

    private static string Show(HourSpan span) => $"{span.Start.ToString("HH:mm", CultureInfo.InvariantCulture)}-{span.End.ToString("HH:mm", CultureInfo.InvariantCulture)}";

    private static HourSpan ParseSpan(string text)
    {
        var ends = text.Split('-', StringSplitOptions.TrimEntries);
        return ends.Length == 2 ? new(Time(ends[0], text), ends[1] == "24:00" ? LocalTime.Midnight : Time(ends[1], text)) : throw Wrong(text);
    }

    private static LocalTime Time(string text, string part) =>
        TimeOnly.TryParseExact(text, "H:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? LocalTime.FromTimeOnly(time) : throw Wrong(part);

    private static int Day(string word, string part)
    {
        var index = Array.FindIndex(English, name => word.StartsWith(name, StringComparison.OrdinalIgnoreCase));
        if (index < 0) index = Array.FindIndex(Russian, name => word.Equals(name, StringComparison.OrdinalIgnoreCase));
        return index >= 0 ? index : throw Wrong(part);
    }

    private static FormatException Wrong(string part) => new($"'{part}' is not working hours; write mon-fri 10:00-18:00, sat 10:00-14:00.");

    [GeneratedRegex(@"^(\p{L}+)(?:\s*-\s*(\p{L}+))?\s+(\d{1,2}:\d{2}\s*-\s*\d{1,2}:\d{2})$")]
    private static partial Regex Pattern();
}
