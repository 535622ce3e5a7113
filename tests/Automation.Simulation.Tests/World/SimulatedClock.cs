namespace Automation.Simulation.Tests.World;

/// <summary>The one clock of a history, as a node sees it: what it shows may jump, what it measures may not. Timers fire as work of the node.</summary>
public sealed class SimulatedClock(SimulatedWorld world, NodeScheduler node) : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => world.Shown;

    public override long GetTimestamp() => world.Elapsed.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(world, node, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(SimulatedWorld world, NodeScheduler node, TimerCallback callback, object? state) : ITimer
    {
        private int version;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            version++;
            if (dueTime != Timeout.InfiniteTimeSpan) Arm(dueTime, period, version);
            return true;
        }

        public void Dispose() => version++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Arm(TimeSpan after, TimeSpan period, int mine) => world.After(after, () =>
        {
            if (mine != version || node.IsDead) return;
            if (period > TimeSpan.Zero && period != Timeout.InfiniteTimeSpan) Arm(period, period, mine);
            node.Post(() =>
            {
                if (mine == version) callback(state);
            });
        });
    }
}
