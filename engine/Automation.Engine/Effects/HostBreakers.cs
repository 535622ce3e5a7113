using System.Collections.Concurrent;
using Automation.Engine.Accounts;

namespace Automation.Engine.Effects;

/// <summary>
/// Keeps calls away from hosts that do not answer (R8): after 5 failures in a row to one (account, host), one call per 30 s goes
/// through until one succeeds. Held in memory, by each node for itself, and gone with the process: it spares tries and time, and
/// nothing that must be right depends on it. Safe for many callers at once.
/// </summary>
public sealed class HostBreakers(TimeProvider clock)
{
    /// <summary>Failures in a row that open it. 5.</summary>
    public const int OpensAfter = 5;

    /// <summary>Between two calls that look whether the host is back. 30 s.</summary>
    public static readonly TimeSpan ProbeEvery = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<(AccountId Account, string Host), HostBreaker> breakers = new();

    /// <summary>Told once when a breaker opens (true) and once when it closes (false). Called by whoever reported the call.</summary>
    public event Action<AccountId, string, bool>? Changed;

    /// <summary>Breakers of an account that are open on this node.</summary>
    public IReadOnlyList<OpenBreaker> Open(AccountId account) =>
        [.. breakers.Where(pair => pair.Key.Account == account).Select(pair => pair.Value.Look(pair.Key.Host)).OfType<OpenBreaker>().OrderBy(one => one.Host, StringComparer.Ordinal)];

    /// <summary>May a call go now? Where the breaker is open, only the one that looks whether the host is back.</summary>
    public bool TryEnter(AccountId account, string host) => !breakers.TryGetValue((account, host), out var breaker) || breaker.TryEnter(clock.GetUtcNow());

    /// <summary>Waits until a call may go: at once where the host answers, when it is back, or as the next one that looks.</summary>
    public async Task EnterAsync(AccountId account, string host, CancellationToken cancellationToken)
    {
        while (breakers.TryGetValue((account, host), out var breaker))
        {
            var closed = breaker.Closed;
            if (breaker.TryEnter(clock.GetUtcNow())) return;
            var pause = breaker.NextProbe - clock.GetUtcNow();
            if (pause > TimeSpan.Zero) await Task.WhenAny(closed, Task.Delay(pause, clock, cancellationToken)).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>What became of a call: no connection, no answer, 408, 425, 429 and 5xx are failures; any other answer is a good one.</summary>
    public void Report(AccountId account, string host, bool good)
    {
        if (good)
        {
            if (breakers.TryRemove((account, host), out var gone) && gone.Close()) Changed?.Invoke(account, host, false);
        }
        else if (breakers.GetOrAdd((account, host), _ => new()).Fail(clock.GetUtcNow()))
        {
            Changed?.Invoke(account, host, true);
        }
    }
}

/// <param name="Failures">In a row.</param>
/// <param name="NextProbe">When the next call goes through to look.</param>
public sealed record OpenBreaker(string Host, int Failures, DateTimeOffset Since, DateTimeOffset NextProbe);
