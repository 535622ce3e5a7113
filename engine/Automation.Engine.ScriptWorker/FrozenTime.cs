using System.Globalization;
using Jint.Runtime;

namespace Automation.Engine.ScriptWorker;

/// <summary>The clock of one call stands still at the instant of its step, in the account's zone.</summary>
internal sealed class FrozenTime(DateTimeOffset now, TimeZoneInfo zone) : ITimeSystem
{
    public TimeZoneInfo DefaultTimeZone => zone;

    public DateTimeOffset GetUtcNow() => now.ToUniversalTime();

    public TimeSpan GetUtcOffset(long epochMilliseconds) => zone.GetUtcOffset(DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(epochMilliseconds, -62135596800000, 253402300799999)));

    public bool TryParse(string date, out long epochMilliseconds)
    {
        var known = DateTimeOffset.TryParse(date, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed);
        epochMilliseconds = known ? parsed.ToUnixTimeMilliseconds() : 0;
        return known;
    }
}
