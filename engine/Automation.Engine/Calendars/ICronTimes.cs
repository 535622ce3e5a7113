namespace Automation.Engine.Calendars;

/// <summary>Reads cron expressions of six fields, seconds first.</summary>
public interface ICronTimes
{
    /// <summary>The next instant after <paramref name="now"/>; null when there is none.</summary>
    /// <exception cref="FormatException">The expression is not valid.</exception>
    DateTimeOffset? Next(string expression, DateTimeOffset now, TimeZoneInfo zone);
}
