namespace Automation.Hosting.Tests;

/// <summary>Real time that can be moved ahead: timers tick as always, and what is due in an hour is due after a jump.</summary>
internal sealed class JumpingClock : TimeProvider
{
    private long jumped;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Volatile.Read(ref jumped));

    public void Advance(TimeSpan by) => Interlocked.Add(ref jumped, by.Ticks);
}
