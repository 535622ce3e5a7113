namespace Automation.Testing;

/// <summary>
/// Service times of a support desk with their deadlines: 25 values with the calendars that they were computed by (no short days; 1, 2, 8, 9 May
/// and 3, 4 November 2025 off, Saturday 1 November worked).
/// </summary>
public static class ServiceTimes
{
    private const string Year = """
        "years": [{ "year": 2025, "off": ["05-01..05-02", "05-08..05-09", "11-03..11-04"], "working": ["11-01"], "source": "the desk's terms" }]
        """;

    /// <summary>10:00–18:00 on working days, 12:00–18:00 on weekends and holidays.</summary>
    public const string EveryDay = $$"""
        { "format": "automation.calendar/1", "timeZone": "Europe/Moscow", "week": "mon-fri 10:00-18:00", "daysOffHours": "12:00-18:00", {{Year}} }
        """;

    /// <summary>10:00–18:00 on working days only.</summary>
    public const string WorkingDays = $$"""
        { "format": "automation.calendar/1", "timeZone": "Europe/Moscow", "week": "mon-fri 10:00-18:00", {{Year}} }
        """;

    /// <summary>When a request came, which calendar counts, how long, and when it is due; times of the clock in Moscow.</summary>
    public static IEnumerable<(string Registered, string Calendar, string Length, string Due)> All()
    {
        (string Calendar, string Length)[] columns = [("every-day", "1wh"), ("every-day", "12wh"), ("working-days", "3wh"), ("working-days", "24wh"), ("working-days", "72wh")];
        foreach (var line in Rows.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var times = line.Split(" | ");
            for (var i = 0; i < columns.Length; i++) yield return (times[0], columns[i].Calendar, columns[i].Length, times[i + 1]);
        }
    }

    public static string Document(string calendar) => calendar == "every-day" ? EveryDay : WorkingDays;

    private const string Rows = """
        2025-03-13T09:00 | 2025-03-13T11:00 | 2025-03-14T14:00 | 2025-03-13T13:00 | 2025-03-17T18:00 | 2025-03-25T18:00
        2025-03-14T17:30 | 2025-03-15T12:30 | 2025-03-16T17:30 | 2025-03-17T12:30 | 2025-03-19T17:30 | 2025-03-27T17:30
        2025-03-15T11:00 | 2025-03-15T13:00 | 2025-03-16T18:00 | 2025-03-17T13:00 | 2025-03-19T18:00 | 2025-03-27T18:00
        2025-04-30T17:00 | 2025-04-30T18:00 | 2025-05-02T17:00 | 2025-05-05T12:00 | 2025-05-07T17:00 | 2025-05-19T17:00
        2025-10-31T17:30 | 2025-11-01T10:30 | 2025-11-02T15:30 | 2025-11-01T12:30 | 2025-11-06T17:30 | 2025-11-14T17:30
        """;
}
