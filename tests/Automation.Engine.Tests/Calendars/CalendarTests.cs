using Automation.Engine.Calendars;
using Automation.Engine.Managers;
using NodaTime;

namespace Automation.Engine.Tests.Calendars;

public sealed class CalendarTests
{
    [Theory]
    [InlineData(2024, 248, 1979)]
    [InlineData(2025, 247, 1972)]
    [InlineData(2026, 247, 1972)]
    public void Russia_Year_HasThePublishedTotals(int year, int days, double hours)
    {
        Assert.False(Some.Russia.IsMissing(year));
        Assert.Equal((days, hours), Some.Russia.Total(year));
    }

    [Fact]
    public void Russia_MissingYear_IsCountedByLawAlone()
    {
        var russia = Some.Russia;
        Assert.True(russia.IsMissing(2027));
        string[] off = ["2027-01-01", "2027-01-08", "2027-02-23", "2027-03-08", "2027-05-03", "2027-05-10", "2027-06-14", "2027-11-04"];
        Assert.All(off, day => Assert.False(russia.Day(Date(day)).Counts, day));
        // January holidays are moved by decree only; Saturday 1 May moved to Monday 3 May.
        Assert.All(["2027-01-11", "2027-05-04", "2027-11-05", "2027-12-31"], day => Assert.True(russia.Day(Date(day)).Counts, day));
        Assert.All(["2027-02-22", "2027-04-30", "2027-06-11", "2027-11-03", "2027-12-31"], day => Assert.Equal(7, russia.Day(Date(day)).Hours.Sum(hours => hours.Duration.TotalHours)));
        Assert.Equal(8, russia.Day(Date("2027-05-07")).Hours.Sum(hours => hours.Duration.TotalHours));
    }

    [Fact]
    public void Region_OnTop_AddsItsHolidays()
    {
        var region = Some.Calendar("""{ "extends": "ru", "timeZone": "Asia/Yekaterinburg", "years": [{ "year": 2026, "off": ["10-12"], "short": ["10-09"], "source": "Bashkortostan" }] }""");
        Assert.False(region.Day(Date("2026-10-12")).Counts);
        Assert.False(region.Day(Date("2026-06-12")).Counts);
        Assert.Equal((246, 1972d - 8 - 1), region.Total(2026));
        Assert.True(region.IsMissing(2027));
        Assert.NotEqual(Some.Russia.Stamp, region.Stamp);
    }

    [Fact]
    public void Stamp_SameCalendar_IsTheSame_AndFollowsZoneAndDays()
    {
        Assert.Equal(Some.Week("mon-fri 10:00-18:00").Stamp, Some.Week("mon-fri 10:00-18:00").Stamp);
        Assert.NotEqual(Some.Week("mon-fri 10:00-18:00").Stamp, Some.Week("mon-fri 10:00-18:00", "Asia/Omsk").Stamp);
        Assert.NotEqual(Some.Week("mon-fri 10:00-18:00").Stamp, Some.Week("mon-fri 10:00-19:00").Stamp);
    }

    [Theory]
    [InlineData("""{ "week": "mon-fri 10:00-18:00", "years": [{ "year": 2025, "off": ["02-30"] }] }""", "years[0].off[0]", "'02-30' is not a day of 2025")]
    [InlineData("""{ "week": "mon-fri 10:00-18:00", "years": [{ "year": 2025, "off": ["01-08..01-01"] }] }""", "years[0].off[0]", "is not a day of 2025")]
    [InlineData("""{ "week": "mon-fri 10:00-18:00", "years": [{ "year": 2025, "off": ["05-01"], "working": ["05-01"] }] }""", "years[0].working[0]", "among the days off too")]
    [InlineData("""{ "week": "mon-fri 10:00-18:00", "years": [{ "year": 2025, "short": ["05-03"] }] }""", "years[0].short[0]", "a day off by the week")]
    [InlineData("""{ "week": "mon-fri 10:00-18:00", "years": [{ "year": 2025 }, { "year": 2025 }] }""", "years", "stands there twice")]
    [InlineData("""{ "week": "mon-fri ten to six" }""", "week", "is not working hours")]
    [InlineData("""{ "week": "mon 10:00-18:00, mon 17:00-19:00" }""", "week", "overlap")]
    [InlineData("""{ "years": [] }""", "week", "Write the working hours")]
    [InlineData("""{ "week": "mon-fri 10:00-18:00", "timeZone": "Europe/Moskow" }""", "timeZone", "is not a time zone")]
    [InlineData("""{ "week": "mon-fri 10:00-18:00", "weeks": "" }""", "weeks", "a name that a calendar does not have")]
    [InlineData("""{ "extends": "nowhere" }""", "extends", "There is no calendar 'nowhere'")]
    [InlineData("""{ "extends": "test" }""", "extends", "stands on itself")]
    [InlineData("""{ "week": "mon-fri 10:00-18:00", "shortBy": "1wd" }""", "shortBy", "how much earlier")]
    public void Compile_WrongFile_SaysWhere(string json, string path, string message)
    {
        var problem = Assert.Single(Assert.Throws<CalendarInvalidException>(() => Some.Calendar(json)).Problems);
        Assert.Equal(path, problem.Path);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Manager_ShiftsAndLeave_Count()
    {
        Shift[] shifts = [Shift.Weekly("7", DayOfWeek.Thursday, new(12, 0), new(20, 0), "Europe/Moscow"), Shift.Weekly("7", DayOfWeek.Friday, new(12, 0), new(20, 0), "Europe/Moscow"), Shift.On("7", new(2025, 3, 16), new(10, 0), new(11, 0), "Europe/Moscow")];
        var manager = new ManagerDays(Some.Russia, shifts, [new("7", new(2025, 3, 20), new(2025, 3, 20))]);
        Assert.Equal("2025-03-13T15:00", Some.Add("2025-03-13T10:00", "3wh", manager));
        // Friday evening, one hour on the dated Sunday, leave on Thursday, then Friday.
        Assert.Equal("2025-03-21T13:00", Some.Add("2025-03-14T19:00", "3wh", manager));
        // On a holiday weekly shifts do not count; Saturday 1 November is worked by the calendar's hours.
        Assert.Equal("2025-05-15T13:00", Some.Add("2025-05-01T12:00", "1wh", new ManagerDays(Some.Russia, shifts, [new("7", new(2025, 5, 2), new(2025, 5, 14))])));
        Assert.Equal("2025-11-01T11:00", Some.Add("2025-10-31T20:00", "1wh", manager));
    }

    [Fact]
    public void Manager_WithoutTimesheet_HasTheCalendarsHoursWithoutLeave() =>
        Assert.Equal("2025-03-17T11:00", Some.Add("2025-03-13T17:00", "2wh", new ManagerDays(Some.Russia, [], [new("7", new(2025, 3, 14), new(2025, 3, 14))])));

    [Theory]
    [InlineData("2d3wh", "mixes ordinary and working time")]
    [InlineData("soon", "is not a length of time")]
    [InlineData("", "is not a length of time")]
    [InlineData("999999wd", "is too long")]
    public void Length_Wrong_SaysSo(string text, string message) => Assert.Contains(message, Assert.Throws<FormatException>(() => TimeLength.Parse(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("2wd", "2 рабочих дня", "2 working days")]
    [InlineData("1wh", "1 рабочий час", "1 working hour")]
    [InlineData("-30wm", "30 рабочих минут", "30 working minutes")]
    [InlineData("1d12h", "1 день 12 часов", "1 day 12 hours")]
    public void Words_Length_ReadWell(string length, string russian, string english) =>
        Assert.Equal((russian, english), (TimeLengthWords.Of(TimeLength.Parse(length), false), TimeLengthWords.Of(TimeLength.Parse(length), true)));

    private static LocalDate Date(string text) => NodaTime.Text.LocalDatePattern.Iso.Parse(text).Value;
}
