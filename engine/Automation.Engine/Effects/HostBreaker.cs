namespace Automation.Engine.Effects;

/// <summary>One host's failures in a row.</summary>
internal sealed class HostBreaker
{
    private readonly Lock sync = new();
    private readonly TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int failures;
    private DateTimeOffset? opened;
    private DateTimeOffset nextProbe;

    public Task Closed => closed.Task;

    public DateTimeOffset NextProbe { get { lock (sync) return nextProbe; } }

    public bool TryEnter(DateTimeOffset now)
    {
        lock (sync)
        {
            if (opened is null || closed.Task.IsCompleted) return true;
            if (now < nextProbe) return false;
            // Whoever goes through may never report (its process stops): the next one goes in half a minute all the same.
            nextProbe = now + HostBreakers.ProbeEvery;
            return true;
        }
    }

    /// <returns>True when this failure opened it.</returns>
    public bool Fail(DateTimeOffset now)
    {
        lock (sync)
        {
            failures++;
            if (opened is not null || failures < HostBreakers.OpensAfter) return false;
            opened = now;
            nextProbe = now + HostBreakers.ProbeEvery;
            return true;
        }
    }

    /// <returns>True when it was open.</returns>
    public bool Close()
    {
        closed.TrySetResult();
        lock (sync) return opened is not null;
    }

    public OpenBreaker? Look(string host)
    {
        lock (sync) return opened is { } since ? new(host, failures, since, nextProbe) : null;
    }
}
