using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Calendars;

/// <summary>Says in words what the journal tells of working calendars.</summary>
internal static class CalendarWords
{
    public static string Missing(string calendar, int year, int daysLeft, bool english) => (english, daysLeft) switch
    {
        (true, > 0) => $"The working calendar '{calendar}' does not list the days of {year}, which begins in {daysLeft} days. Until a newer file is loaded, deadlines there are counted without moved days off.",
        (true, _) => $"The working calendar '{calendar}' does not list the days of {year}. Until a newer file is loaded, deadlines are counted without moved days off.",
        (false, > 0) => $"В рабочем календаре «{calendar}» нет {year} года, до его начала {daysLeft} дн. Пока не загружен новый файл, сроки считаются без переносов выходных.",
        _ => $"В рабочем календаре «{calendar}» нет {year} года. Пока не загружен новый файл, сроки считаются без переносов выходных.",
    };

    /// <summary>A row of kind <c>calendar</c>.</summary>
    public static (string Text, string Tone) Row(JObject facts, bool english)
    {
        if ((int?)facts["missingYear"] is { } year) return (Missing((string?)facts["calendar"] ?? "", year, (int?)facts["daysLeft"] ?? 0, english), "trouble");
        if (facts["moved"] is JObject moved)
        {
            var (from, to, calendar) = ((string?)moved["from"], (string?)moved["to"], (string?)moved["calendar"]);
            return (english ? $"The working calendar '{calendar}' changed: the deadline moved from {from} to {to}" : $"Изменился рабочий календарь «{calendar}»: срок перенесён с {from} на {to}", "plain");
        }

        var problem = (string?)facts["problem"] ?? "";
        return (english ? $"«{(string?)facts["name"]}»: the deadline cannot be counted. {problem}" : $"«{(string?)facts["name"]}»: срок не посчитать. {problem}", "trouble");
    }

    /// <summary>The line of a run that waits over a year that is missing.</summary>
    public static string MissingOnTheWay(JToken? payload, bool english)
    {
        var (calendar, years) = ((string?)payload?["calendar"], string.Join(", ", payload?["years"] ?? new JArray()));
        return english ? $"the working calendar '{calendar}' does not list the days of {years}: counted without moved days off" : $"в рабочем календаре «{calendar}» нет дней за {years}: срок посчитан без переносов выходных";
    }
}
