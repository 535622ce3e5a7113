using Automation.Engine.Calendars;
using Quartz;

namespace Automation.Engine.Hosting.Timers;

/// <summary>Cron expressions in Quartz's form (seconds first).</summary>
public static class Cron
{
    /// <summary>The next instant after <paramref name="now"/>; null when there is none.</summary>
    /// <exception cref="FormatException">The expression is not valid.</exception>
    public static DateTimeOffset? Next(string expression, DateTimeOffset now, TimeZoneInfo zone) =>
        new CronExpression(expression, zone).GetNextValidTimeAfter(now)?.ToUniversalTime();

    public static bool IsValid(string expression)
    {
        try
        {
            _ = new CronExpression(expression);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}

/// <summary>For activities that wait for the next time of an expression.</summary>
internal sealed class CronTimes : ICronTimes
{
    public DateTimeOffset? Next(string expression, DateTimeOffset now, TimeZoneInfo zone) => Cron.Next(expression, now, zone);
}
