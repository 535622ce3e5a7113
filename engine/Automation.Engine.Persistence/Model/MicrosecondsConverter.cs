using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Automation.Engine.Persistence.Model;

/// <summary>Time as microseconds since 1970-01-01 UTC: sorts as a number and is as fine as PostgreSQL's timestamptz.</summary>
public sealed class MicrosecondsConverter() : ValueConverter<DateTimeOffset, long>(time => ToMicroseconds(time), value => FromMicroseconds(value))
{
    private const long EpochTicks = 621_355_968_000_000_000;

    public static long ToMicroseconds(DateTimeOffset time) => (time.UtcTicks - EpochTicks) / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset FromMicroseconds(long value) => new(EpochTicks + value * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);

    /// <summary>The time as both stores give it back.</summary>
    public static DateTimeOffset Truncate(DateTimeOffset time) => FromMicroseconds(ToMicroseconds(time));
}
