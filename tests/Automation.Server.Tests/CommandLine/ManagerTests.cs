using Newtonsoft.Json.Linq;
using Xunit;

namespace Automation.Server.Tests.CommandLine;

public sealed class ManagerTests
{
    private readonly StubServer server = new StubServer()
        .On("GET /api/managers", """[{"userId":"9050111","name":"Анна","weight":1,"timesheet":{"timeZone":"Europe/Samara","weekly":[],"leave":[]}}]""")
        .On("PUT /api/managers", "{}").On("POST /api/managers/9050111/seen", "{}");

    [Fact]
    public async Task Set_ShiftAndLeave_ChangeOnlyThem()
    {
        Assert.Equal(0, await server.RunAsync("managers", "set", "9050111", "--shift", "mon-tue 9:00-18:00, сб 10:00-24:00", "--leave", "2026-12-01..2026-12-10", "--leave", "2026-12-31"));
        var sheet = JObject.Parse(Assert.Single(server.Bodies))["timesheet"]!;
        Assert.Equal("Europe/Samara", (string?)sheet["timeZone"]);
        Assert.Equal(["Monday 09:00-18:00", "Tuesday 09:00-18:00", "Saturday 10:00-00:00"], sheet["weekly"]!.Select(shift => $"{shift["day"]} {shift["start"]}-{shift["end"]}"));
        Assert.Equal(["2026-12-01..2026-12-10", "2026-12-31..2026-12-31"], sheet["leave"]!.Select(span => $"{span["from"]}..{span["to"]}"));
    }

    [Fact]
    public async Task Set_OverTheWeekend_GoesRound()
    {
        await server.RunAsync("managers", "set", "9050111", "--shift", "sat-mon 22:00-06:00");
        Assert.Equal(["Saturday", "Sunday", "Monday"], JObject.Parse(Assert.Single(server.Bodies))["timesheet"]!["weekly"]!.Select(shift => (string?)shift["day"]));
    }

    [Fact]
    public async Task Set_Seen_OnlyMarksPresence()
    {
        Assert.Equal(0, await server.RunAsync("managers", "set", "9050111", "--seen"));
        Assert.Equal(["GET /api/managers", "POST /api/managers/9050111/seen"], server.Requests);
    }

    [Theory]
    [InlineData("--shift", "someday 09:00-18:00")]
    [InlineData("--shift", "mon 25:00-26:00")]
    [InlineData("--leave", "2026-12-10..2026-12-01")]
    [InlineData("--leave", "tomorrow")]
    [InlineData("--zone", "Europe/Nowhere")]
    public async Task Set_CannotBeRead_ChangesNothing(string option, string value)
    {
        Assert.Equal(1, await server.RunAsync("managers", "set", "9050111", option, value));
        Assert.StartsWith(option, server.Error, StringComparison.Ordinal);
        Assert.Empty(server.Bodies);
    }

    [Fact]
    public async Task Set_UnknownUser_SaysSo()
    {
        Assert.Equal(1, await server.RunAsync("managers", "set", "1", "--weight", "2"));
        Assert.StartsWith("not_found", server.Error, StringComparison.Ordinal);
    }
}
