using System.Globalization;
using Automation.Engine.Calendars;
using NodaTime;

namespace Automation.Engine.Tests.Calendars;

/// <summary>Calendars and moments for tests.</summary>
internal static class Some
{
    public static WorkCalendar Calendar(string json, string zone = "Europe/Moscow") => CalendarCompiler.Compile("test", CalendarJson.Read(json), BundledCalendars.Find, zone);

    public static WorkCalendar Week(string week, string zone = "Europe/Moscow") => Calendar($$"""{ "week": "{{week}}" }""", zone);

    public static WorkCalendar Russia => CalendarCompiler.Compile("ru", BundledCalendars.Find("ru")!, BundledCalendars.Find, "Europe/Moscow");

    public static DateTimeOffset Moscow(string local) => DateTimeOffset.Parse(local + "+03:00", CultureInfo.InvariantCulture);

    /// <summary>The time of the clock in the calendar's zone.</summary>
    public static string Local(DateTimeOffset moment, IWorkDays days) => Instant.FromDateTimeOffset(moment).InZone(days.Zone).LocalDateTime.ToString("uuuu-MM-ddTHH:mm", CultureInfo.InvariantCulture);

    public static string Add(string local, string length, IWorkDays days) => Local(WorkingTime.Add(At(local, days.Zone), TimeLength.Parse(length), days), days);

    public static DateTimeOffset At(string local, DateTimeZone zone) => NodaTime.Text.LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-ddTHH:mm").Parse(local).Value.InZoneLeniently(zone).ToDateTimeOffset();
}
