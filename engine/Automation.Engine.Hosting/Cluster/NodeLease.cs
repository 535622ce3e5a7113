namespace Automation.Engine.Hosting.Cluster;

/// <summary>
/// A node's right to begin something: the table of members has told within one lease that it is one. A node that was paused or cut off
/// finds out here, before it claims a mailbox or calls anybody. The epoch in the database is what makes it safe; this keeps it quiet.
/// </summary>
/// <param name="machine">The machine's own clock.</param>
/// <param name="length">Null for a process that is alone: its lease never ends.</param>
public sealed class NodeLease(TimeProvider machine, TimeSpan? length)
{
    private readonly Lock gate = new();
    private readonly TaskCompletionSource lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource renewed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private (long Timestamp, DateTimeOffset Time)? confirmed;

    /// <summary>Null for a process that is alone.</summary>
    public TimeSpan? Length => length;

    /// <summary>Ends when the others have declared this node dead. It can only start again, under a new name.</summary>
    public Task Lost => lost.Task;

    public bool IsLost => lost.Task.IsCompleted;

    public bool IsHeld
    {
        get
        {
            if (length is not { } limit) return true;
            lock (gate)
                // Both clocks: one stands still while a virtual machine is paused, the other may be set.
                return !IsLost && confirmed is { } last && machine.GetElapsedTime(last.Timestamp) < limit && machine.GetUtcNow() - last.Time < limit;
        }
    }

    /// <summary>What <see cref="Confirm"/> takes: read it before the table is asked.</summary>
    public (long Timestamp, DateTimeOffset Time) Now() => (machine.GetTimestamp(), machine.GetUtcNow());

    /// <summary>The table, asked at <paramref name="asked"/>, has this node among its members.</summary>
    public void Confirm((long Timestamp, DateTimeOffset Time) asked)
    {
        TaskCompletionSource waiting;
        lock (gate)
        {
            confirmed = asked;
            (waiting, renewed) = (renewed, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        waiting.TrySetResult();
    }

    public void Lose() => lost.TrySetResult();

    /// <summary>Goes on at once while the lease is held; otherwise waits until it is again.</summary>
    public ValueTask HeldAsync(CancellationToken cancellationToken) => IsHeld ? ValueTask.CompletedTask : WaitAsync(cancellationToken);

    private async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            lock (gate) next = renewed.Task;
            if (IsHeld) return;
            await next.WaitAsync(cancellationToken);
        }
    }
}
