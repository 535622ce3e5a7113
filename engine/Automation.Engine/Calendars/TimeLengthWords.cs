namespace Automation.Engine.Calendars;

/// <summary>Says a length of time in words, for people: <c>2 рабочих часа</c>, <c>2 working hours</c>.</summary>
public static class TimeLengthWords
{
    /// <summary>The size only; the caller says "before" or "after".</summary>
    public static string Of(TimeLength length, bool english)
    {
        var size = length.Absolute();
        var parts = new List<string>();
        var hours = (long)size.Time.TotalHours;
        if (size.Days > 0) parts.Add(english ? English(size.Days, "day", size.Working) : Russian(size.Days, size.Working ? ("рабочий день", "рабочих дня", "рабочих дней") : ("день", "дня", "дней")));
        if (hours > 0) parts.Add(english ? English(hours, "hour", size.Working) : Russian(hours, size.Working ? ("рабочий час", "рабочих часа", "рабочих часов") : ("час", "часа", "часов")));
        if (size.Time.Minutes > 0) parts.Add(english ? English(size.Time.Minutes, "minute", size.Working) : Russian(size.Time.Minutes, size.Working ? ("рабочую минуту", "рабочие минуты", "рабочих минут") : ("минуту", "минуты", "минут")));
        if (size.Time.Seconds > 0) parts.Add(english ? English(size.Time.Seconds, "second", false) : Russian(size.Time.Seconds, ("секунду", "секунды", "секунд")));
        return parts.Count > 0 ? string.Join(' ', parts) : english ? "0 minutes" : "0 минут";
    }

    private static string English(long number, string unit, bool working) => $"{number} {(working ? "working " : "")}{unit}{(number == 1 ? "" : "s")}";

    private static string Russian(long number, (string One, string Few, string Many) unit) => $"{number} " + (number % 100 is >= 11 and <= 14 ? unit.Many : (number % 10) switch
    {
        1 => unit.One,
        >= 2 and <= 4 => unit.Few,
        _ => unit.Many,
    });
}
