using System.Collections.Concurrent;

namespace Automation.Engine.Api.Access;

/// <summary>Counts wrong keys of a remote address: the sixth within a minute and those after it are told to stop (S8).</summary>
public sealed class AttemptGate(TimeProvider clock)
{
    private const int Allowed = 5;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, (DateTimeOffset Since, int Count)> wrong = new(StringComparer.Ordinal);

    /// <summary>Notes a wrong try.</summary>
    /// <returns>0 when it is one of the first five, else the seconds until the minute is over.</returns>
    public int Wrong(string address)
    {
        var now = clock.GetUtcNow();
        if (wrong.Count > 10_000) Forget(now);
        var (since, count) = wrong.AddOrUpdate(address, (now, 1), (_, seen) => now - seen.Since >= Window ? (now, 1) : (seen.Since, seen.Count + 1));
        return count <= Allowed ? 0 : Math.Max(1, (int)Math.Ceiling((since + Window - now).TotalSeconds));
    }

    private void Forget(DateTimeOffset now)
    {
        foreach (var (address, seen) in wrong)
            if (now - seen.Since >= Window) wrong.TryRemove(address, out _);
    }
}
