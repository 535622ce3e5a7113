using System.Globalization;
using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;

namespace Automation.Server.CommandLine;

/// <summary>Shifts and leave as people type them.</summary>
internal static partial class ShiftText
{
    private static readonly DayOfWeek[] Week =
        [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday, DayOfWeek.Saturday, DayOfWeek.Sunday];

    private static readonly string[] English = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    private static readonly string[] Russian = ["пн", "вт", "ср", "чт", "пт", "сб", "вс"];

    /// <summary><c>mon-fri 09:00-18:00, sat 10:00-14:00</c>; <c>24:00</c> ends a day; an end before its start is on the next day.</summary>
    public static JArray ParseWeek(string text)
    {
        if (text == "always") return [];
        var week = new JArray();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var match = Pattern().Match(part);
            if (!match.Success) throw Wrong(part);
            var (first, last) = (Day(match.Groups[1].Value, part), Day(match.Groups[2].Success ? match.Groups[2].Value : match.Groups[1].Value, part));
            var (start, end) = (Time(match.Groups[3].Value, part), Time(match.Groups[4].Value, part));
            // fri-mon goes over the end of the week.
            for (var day = first; ; day = (day + 1) % 7)
            {
                week.Add(new JObject { ["day"] = Week[day].ToString(), ["start"] = start, ["end"] = end });
                if (day == last) break;
            }
        }
        return week;
    }

    /// <summary><c>2026-12-01..2026-12-10</c>, or one day; <c>none</c> for no leave.</summary>
    public static JArray ParseLeave(IReadOnlyList<string> spans)
    {
        if (spans is ["none"]) return [];
        var leave = new JArray();
        foreach (var span in spans)
        {
            var ends = span.Split("..");
            if (ends.Length > 2 || !IsDate(ends[0], out var from) || !IsDate(ends[^1], out var to) || to < from)
                throw new CommandFailedException($"--leave: '{span}' is not a span of days; write 2026-12-01..2026-12-10.");
            leave.Add(new JObject { ["from"] = ends[0], ["to"] = ends[^1] });
        }
        return leave;
    }

    /// <summary>The weekly shifts of a timesheet in a line.</summary>
    public static string Of(JObject? sheet) => string.Join(", ", (sheet?["weekly"] as JArray ?? []).OfType<JObject>()
        .GroupBy(shift => $"{Short(shift["start"])}-{Short(shift["end"])}")
        .Select(group => $"{string.Join(' ', group.Select(shift => ShortDay(Items.Show(shift["day"]))))} {group.Key}"));

    public static string LeaveOf(JObject? sheet) => string.Join(", ", (sheet?["leave"] as JArray ?? []).OfType<JObject>().Select(span => $"{span["from"]}..{span["to"]}"));

    private static string Short(JToken? time) => Items.Show(time) is { Length: >= 5 } text ? text[..5] : "";

    private static string ShortDay(string day) =>
        Enum.TryParse<DayOfWeek>(day, ignoreCase: true, out var known) ? English[Array.IndexOf(Week, known)] : day;

    private static int Day(string word, string part)
    {
        var index = Array.FindIndex(English, name => word.StartsWith(name, StringComparison.OrdinalIgnoreCase));
        if (index < 0) index = Array.FindIndex(Russian, name => word.Equals(name, StringComparison.OrdinalIgnoreCase));
        return index >= 0 ? index : throw Wrong(part);
    }

    private static string Time(string text, string part)
    {
        if (text == "24:00") return "00:00";
        return TimeOnly.TryParseExact(text, "H:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time.ToString("HH:mm", CultureInfo.InvariantCulture) : throw Wrong(part);
    }

    private static bool IsDate(string text, out DateOnly date) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);

    private static CommandFailedException Wrong(string part) => new($"--shift: '{part}' is not a shift; write mon-fri 09:00-18:00.");

    [GeneratedRegex(@"^(\p{L}+)(?:\s*-\s*(\p{L}+))?\s+(\d{1,2}:\d{2})\s*-\s*(\d{1,2}:\d{2})$")]
    private static partial Regex Pattern();
}
