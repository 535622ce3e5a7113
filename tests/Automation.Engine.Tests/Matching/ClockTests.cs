using System.Globalization;
using Automation.Engine.Matching;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Tests.Matching;

/// <summary>Local times of an account where the clock jumps: in Berlin on 30 March and 26 October 2025.</summary>
public sealed class ClockTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [Theory]
    // 02:30 does not exist: it is taken when the clock has jumped.
    [InlineData("2025-03-30T00:00:00Z", "02:30", "2025-03-30T01:00:00Z")]
    [InlineData("2025-03-29T12:00:00Z", "10:00", "2025-03-30T08:00:00Z")]
    // 02:30 comes twice: it is taken once.
    [InlineData("2025-10-25T23:00:00Z", "02:30", "2025-10-26T01:30:00Z")]
    [InlineData("2025-10-26T01:30:00Z", "02:30", "2025-10-27T01:30:00Z")]
    [InlineData("2025-10-25T12:00:00Z", "10:00", "2025-10-26T09:00:00Z")]
    public void NextLocal_ClockChange_IsLivedThrough(string now, string time, string expected) =>
        Assert.Equal(At(expected), Clock.NextLocal(At(now), TimeOnly.Parse(time, CultureInfo.InvariantCulture), Berlin));

    [Theory]
    [InlineData("2025-03-30T02:30:00", "2025-03-30T01:30:00Z")]
    [InlineData("2025-10-26T12:00:00", "2025-10-26T11:00:00Z")]
    [InlineData("2025-10-26", "2025-10-25T22:00:00Z")]
    [InlineData("2125-01-01T00:00:00Z", "2125-01-01T00:00:00Z")]
    public void ReadDate_LocalText_IsTheInstant(string text, string expected) => Assert.Equal(At(expected), Clock.ReadDate(new JValue(text), Berlin));

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
