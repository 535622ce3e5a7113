namespace Automation.Simulators;

public sealed record ApiCall(long Number, string Method, string Path, DateTimeOffset At, int Status)
{
    public bool IsWrite => Method is not ("GET" or "HEAD");
}

/// <summary>Every call that an outside system received. Counts what was asked, also when the answer was lost.</summary>
public sealed class CallLog(TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly List<ApiCall> calls = [];
    private readonly Queue<DateTimeOffset> lastSecond = new();
    private int peak;

    public IReadOnlyList<ApiCall> All { get { lock (gate) return [.. calls]; } }

    public int Writes { get { lock (gate) return calls.Count(call => call.IsWrite); } }

    /// <summary>The largest number of calls seen inside any one second.</summary>
    public int PeakPerSecond { get { lock (gate) return peak; } }

    public int CountOf(string method, string pathPart)
    {
        lock (gate)
            return calls.Count(call => call.Method == method && call.Path.Contains(pathPart, StringComparison.Ordinal));
    }

    public void Clear()
    {
        lock (gate)
        {
            calls.Clear();
            peak = 0;
        }
    }

    /// <returns>How many calls arrived in the second that ends now, this one included.</returns>
    internal int Arrived()
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            while (lastSecond.TryPeek(out var oldest) && oldest <= now - TimeSpan.FromSeconds(1))
                lastSecond.Dequeue();
            lastSecond.Enqueue(now);
            peak = Math.Max(peak, lastSecond.Count);
            return lastSecond.Count;
        }
    }

    internal void Add(string method, string path, int status)
    {
        lock (gate)
            calls.Add(new ApiCall(calls.Count + 1, method, path, clock.GetUtcNow(), status));
    }
}
