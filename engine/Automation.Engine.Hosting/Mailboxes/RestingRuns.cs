namespace Automation.Engine.Hosting.Mailboxes;

/// <summary>
/// How many open runs the idle mailboxes of a process keep in memory. A mailbox that falls idle and finds no room lets its memory go, and
/// reads the store when it is needed again.
/// </summary>
internal sealed class RestingRuns(int most)
{
    private int held;

    /// <summary>Counts a mailbox anew.</summary>
    /// <param name="before">What it was counted with.</param>
    /// <param name="now">Its open runs.</param>
    /// <returns>What it is counted with from here on; 0 when it has to let go.</returns>
    public int Count(int before, int now)
    {
        if (before == now || Interlocked.Add(ref held, now - before) <= most || now < before) return now;
        Interlocked.Add(ref held, -now);
        return 0;
    }
}
