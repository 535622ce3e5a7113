namespace Automation.Hosting.Tests;

/// <summary>A clock that shows what it is set to, while timers tick in real time: every due time is met to the tick.</summary>
internal sealed class StandingClock(DateTimeOffset start) : TimeProvider
{
    private long ticks = start.UtcTicks;

    public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref ticks), TimeSpan.Zero);

    public void Set(DateTimeOffset now) => Volatile.Write(ref ticks, now.UtcTicks);
}
