using System.Globalization;
using Automation.Engine.Ports;

namespace Automation.Connectors.Http;

public static class RetryAfter
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    /// <summary>The header <c>Retry-After</c> in seconds or as a date.</summary>
    /// <returns>Null when it is absent or unreadable; never more than 24 h.</returns>
    public static TimeSpan? Read(HttpAnswer.Received answer, DateTimeOffset now)
    {
        if (!answer.Headers.TryGetValue("Retry-After", out var text)) return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return TimeSpan.FromSeconds(Math.Min(seconds, (long)Longest.TotalSeconds));
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)) return null;
        var wait = date - now;
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait > Longest ? Longest : wait;
    }
}
