using Automation.Testing;
using Xunit;

namespace Automation.Server.Tests.CommandLine;

public sealed class WhenTests
{
    private readonly StubServer server = new();

    [Theory]
    [InlineData("after 3wh", "2025-03-14T17:30", "2025-03-17T12:30:00+03:00 Europe/Moscow", "2025-03-17T09:30:00Z UTC")]
    [InlineData("before 2wd", "2025-03-17", "2025-03-13T10:00:00+03:00 Europe/Moscow", "2025-03-13T07:00:00Z UTC")]
    [InlineData("через 1wd", "2025-04-30T12:00Z", "2025-05-05T15:00:00+03:00 Europe/Moscow", "2025-05-05T12:00:00Z UTC")]
    [InlineData("45m", "2025-03-14T17:30+05:00", "2025-03-14T16:15:00+03:00 Europe/Moscow", "2025-03-14T13:15:00Z UTC")]
    public async Task When_BundledCalendar_PrintsTheInstant(string length, string at, string local, string utc)
    {
        Assert.Equal(0, await server.RunAsync("when", length, "--at", at));
        Assert.Equal([local, utc], server.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task When_CalendarFile_CountsByIt()
    {
        using var folder = new TempDirectory();
        await File.WriteAllTextAsync(folder.File("desk.json"), ServiceTimes.EveryDay, TestContext.Current.CancellationToken);
        Assert.Equal(0, await server.RunAsync("when", "after 1wh", "--at", "2025-03-14T17:30", "--calendar", folder.File("desk.json")));
        Assert.StartsWith("2025-03-15T12:30:00+03:00", server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_ClockChangeOrMissingYear_SaysSo()
    {
        await server.RunAsync("when", "1h", "--at", "2025-03-30T02:30", "--zone", "Europe/Berlin");
        Assert.Contains("The clock skips 2025-03-30T02:30", server.Output, StringComparison.Ordinal);
        await server.RunAsync("when", "1h", "--at", "2025-10-26T02:30", "--zone", "Europe/Berlin");
        Assert.Contains("twice", server.Output, StringComparison.Ordinal);
        await server.RunAsync("when", "2wd", "--at", "2026-12-30T17:00");
        Assert.Contains("does not list the days of 2027", server.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'soon' is not a length of time", "soon")]
    [InlineData("'2h1wh' mixes", "2h1wh")]
    [InlineData("says the direction twice", "before -2wd")]
    [InlineData("--at: 'tomorrow' is not a moment", "1wh", "--at", "tomorrow")]
    [InlineData("--calendar: there is no file 'nowhere'", "1wh", "--calendar", "nowhere")]
    [InlineData("'Mars' is not a time zone", "1wh", "--zone", "Mars")]
    public async Task When_CannotBeRead_SaysWhat(string message, params string[] words)
    {
        Assert.Equal(1, await server.RunAsync(["when", .. words]));
        Assert.Contains(message, server.Error, StringComparison.Ordinal);
        Assert.Empty(server.Output);
    }

    [Fact]
    public async Task When_WrongFile_NamesThePlace()
    {
        using var folder = new TempDirectory();
        await File.WriteAllTextAsync(folder.File("bad.json"), """{ "week": "mon-fri 10:00-18:00", "years": [{ "year": 2025, "off": ["13-01"] }] }""", TestContext.Current.CancellationToken);
        Assert.Equal(1, await server.RunAsync("when", "1wh", "--calendar", folder.File("bad.json")));
        Assert.Contains("years[0].off[0]: '13-01' is not a day of 2025", server.Error, StringComparison.Ordinal);
    }
}
