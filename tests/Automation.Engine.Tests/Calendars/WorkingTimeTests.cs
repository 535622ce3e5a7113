using Automation.Engine.Calendars;
using Automation.Testing;

namespace Automation.Engine.Tests.Calendars;

public sealed class WorkingTimeTests
{
    public static IEnumerable<TheoryDataRow<string, string, string, string>> Vectors() => ServiceTimes.All().Select(one => new TheoryDataRow<string, string, string, string>(one.Registered, one.Calendar, one.Length, one.Due));

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Add_ServiceTimes_GiveTheDeadline(string registered, string calendar, string length, string due) =>
        Assert.Equal(due, Some.Add(registered, length, Some.Calendar(ServiceTimes.Document(calendar))));

    [Theory]
    // A working day keeps the time of the clock.
    [InlineData("2025-03-13T15:00", "1wd", "2025-03-14T15:00")]
    [InlineData("2025-03-14T15:00", "1wd", "2025-03-17T15:00")]
    // From outside working time it counts from the next opening.
    [InlineData("2025-03-15T11:00", "1wd", "2025-03-18T10:00")]
    [InlineData("2025-03-13T20:00", "1wd", "2025-03-17T10:00")]
    [InlineData("2025-03-13T09:00", "2wd", "2025-03-17T10:00")]
    [InlineData("2025-03-13T18:00", "1wd", "2025-03-14T18:00")]
    [InlineData("2025-03-13T17:00", "1wd2wh", "2025-03-17T11:00")]
    // The eve of a holiday closes an hour earlier, and the bundled calendar knows it.
    [InlineData("2025-04-29T17:30", "1wd", "2025-04-30T17:00")]
    [InlineData("2025-04-30T16:00", "2wh", "2025-05-05T11:00")]
    [InlineData("2025-10-31T17:30", "30wm", "2025-10-31T18:00")]
    // Saturday 1 November is worked, and short.
    [InlineData("2025-10-31T17:30", "8wh", "2025-11-05T10:30")]
    // Back.
    [InlineData("2025-03-17T12:30", "-3wh", "2025-03-14T17:30")]
    [InlineData("2025-03-17T12:00", "-2wh", "2025-03-17T10:00")]
    [InlineData("2025-03-17T12:00", "-2wd", "2025-03-13T12:00")]
    [InlineData("2025-03-16T12:00", "-1wd", "2025-03-14T10:00")]
    [InlineData("2025-03-17T00:00", "-2wd", "2025-03-13T10:00")]
    [InlineData("2025-05-05T17:30", "-1wd", "2025-04-30T17:00")]
    // Ordinary time knows nothing of work.
    [InlineData("2025-03-14T17:30", "2d", "2025-03-16T17:30")]
    [InlineData("2025-03-14T17:30", "1d12h", "2025-03-16T05:30")]
    [InlineData("2025-03-14T17:30", "-45m", "2025-03-14T16:45")]
    public void Add_Russia_GivesTheMoment(string from, string length, string expected) => Assert.Equal(expected, Some.Add(from, length, Some.Russia));

    [Theory]
    // Spring: 02:00 to 03:00 does not exist on 30 March 2025; an hour of work is an hour that passes.
    [InlineData("sun-sat 00:00-06:00", "2025-03-30T01:00", "2wh", "2025-03-30T04:00")]
    [InlineData("sun-sat 02:30-06:00", "2025-03-30T00:00", "1wh", "2025-03-30T04:00")]
    [InlineData("sun-sat 02:10-02:50", "2025-03-30T00:00", "10wm", "2025-03-31T02:20")]
    // Autumn: 02:00 to 03:00 comes twice on 26 October 2025.
    [InlineData("sun-sat 00:00-06:00", "2025-10-26T01:00", "4wh", "2025-10-26T04:00")]
    [InlineData("sun-sat 02:10-02:50", "2025-10-26T00:00", "100wm", "2025-10-26T02:50")]
    [InlineData("sun-sat 00:00-24:00", "2025-03-29T02:30", "1d", "2025-03-30T03:30")]
    [InlineData("sun-sat 00:00-24:00", "2025-03-29T02:30", "24h", "2025-03-30T03:30")]
    [InlineData("sun-sat 00:00-24:00", "2025-10-25T12:00", "1d", "2025-10-26T12:00")]
    [InlineData("sun-sat 00:00-24:00", "2025-10-25T12:00", "24h", "2025-10-26T11:00")]
    public void Add_ClockChanges_AreLivedThrough(string week, string from, string length, string expected) =>
        Assert.Equal(expected, Some.Add(from, length, Some.Week(week, "Europe/Berlin")));

    [Fact]
    public void Add_NightShift_GoesOverMidnight()
    {
        var nights = Some.Week("mon-fri 22:00-06:00");
        Assert.Equal("2025-03-14T02:00", Some.Add("2025-03-13T23:00", "3wh", nights));
        // Friday's shift ends on Saturday; the next one begins on Monday.
        Assert.Equal("2025-03-17T23:00", Some.Add("2025-03-15T05:00", "2wh", nights));
        Assert.Equal("2025-03-15T01:30", Some.Add("2025-03-14T01:30", "1wd", nights));
    }

    [Fact]
    public void Add_LunchBreak_DoesNotCount()
    {
        var lunch = Some.Week("mon-fri 09:00-13:00, mon-fri 14:00-18:00");
        Assert.Equal("2025-03-13T15:00", Some.Add("2025-03-13T12:00", "2wh", lunch));
        Assert.Equal("2025-03-13T13:00", Some.Add("2025-03-13T12:00", "1wh", lunch));
        Assert.Equal("2025-03-14T14:00", Some.Add("2025-03-13T13:30", "1wd", lunch));
    }

    [Fact]
    public void Add_FarFuture_IsCountedOrRefused()
    {
        // 10,000 working days are 2,000 weeks.
        Assert.Equal("2063-07-12T12:00", Some.Add("2025-03-13T12:00", "10000wd", Some.Week("mon-fri 10:00-18:00")));
        Assert.Throws<NoWorkingTimeException>(() => WorkingTime.Add(DateTimeOffset.MaxValue, TimeLength.Parse("1wh"), Some.Russia));
    }
}
