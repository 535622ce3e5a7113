using System.Collections.Concurrent;
using Automation.Engine.Accounts;
using Automation.Engine.Hosting.Cluster;

namespace Automation.Engine.Api.Hooks;

/// <summary>
/// Each account's rate (R13). A node that is alone counts for itself; one of several draws from the account's bucket, a twentieth of a
/// second ahead, so that most hooks ask nobody.
/// </summary>
internal sealed class RateGate(IGrainFactory grains, ClusterDuties duties, TimeProvider clock)
{
    // Longer, and the hook would be late: it passes, for accepting matters more than counting.
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromMilliseconds(300);
    private readonly ConcurrentDictionary<AccountId, Entry> entries = new();

    private sealed class Entry(TimeProvider clock)
    {
        public RateBucket Bucket { get; } = new(clock);
        public bool Shared { get; set; }
        public Task Drawing { get; set; } = Task.CompletedTask;
    }

    /// <summary>Takes one event's worth.</summary>
    /// <returns>0 when it may pass, else the seconds until it may.</returns>
    public ValueTask<int> TakeAsync(AccountId account, int perSecond)
    {
        var entry = EntryOf(account);
        lock (entry)
        {
            var shared = duties.Nodes > 1;
            if (shared && !entry.Shared) entry.Bucket.Tokens = Math.Min(0, entry.Bucket.Tokens);
            entry.Shared = shared;
            if (!shared) entry.Bucket.Fill(perSecond);
            if (entry.Bucket.Tokens >= 1 || !shared) return new(Decide(entry, perSecond));
        }

        return DrawAsync(account, entry, perSecond);
    }

    /// <summary>A hook held more events than the one that was taken for: the rest is owed.</summary>
    public void Owe(AccountId account, int events)
    {
        if (events <= 0) return;
        var entry = EntryOf(account);
        lock (entry) entry.Bucket.Tokens -= events;
    }

    private Entry EntryOf(AccountId account) => entries.TryGetValue(account, out var entry) ? entry : entries.GetOrAdd(account, new Entry(clock));

    private static int Decide(Entry entry, int perSecond)
    {
        if (entry.Bucket.Tokens < 1) return (int)Math.Clamp(Math.Ceiling((1 - entry.Bucket.Tokens) / perSecond), 1, 60);
        entry.Bucket.Tokens--;
        return 0;
    }

    private async ValueTask<int> DrawAsync(AccountId account, Entry entry, int perSecond)
    {
        // Hooks that wait together draw together, and perhaps once more, for what those before them took.
        for (var i = 0; i < 2; i++)
        {
            Task drawing;
            lock (entry)
            {
                if (entry.Bucket.Tokens >= 1) break;
                drawing = entry.Drawing.IsCompleted ? entry.Drawing = DrawOnceAsync(account, entry, perSecond) : entry.Drawing;
            }

            await drawing;
        }

        lock (entry) return Decide(entry, perSecond);
    }

    private async Task DrawOnceAsync(AccountId account, Entry entry, int perSecond)
    {
        double wanted;
        lock (entry) wanted = Math.Max(1, perSecond / 20d) - Math.Min(0, entry.Bucket.Tokens);
        double drawn;
        try
        {
            drawn = await grains.GetGrain<IRateGrain>(account.Value.ToString("N")).DrawAsync(wanted, perSecond).WaitAsync(AnswerWithin, clock);
        }
#pragma warning disable CA1031 // The node that counts is just gone; another counts from now on.
        catch (Exception)
#pragma warning restore CA1031
        {
            drawn = wanted;
        }

        lock (entry) entry.Bucket.Tokens += drawn;
    }
}
