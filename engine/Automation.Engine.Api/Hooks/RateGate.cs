using System.Collections.Concurrent;
using Automation.Engine.Accounts;

namespace Automation.Engine.Api.Hooks;

/// <summary>A token bucket for each account (R13).</summary>
internal sealed class RateGate(TimeProvider clock)
{
    private const int BurstSeconds = 3;
    private readonly ConcurrentDictionary<AccountId, Bucket> buckets = new();

    private sealed class Bucket
    {
        public double Tokens { get; set; }
        public long At { get; set; }
    }

    /// <summary>Takes one event's worth.</summary>
    /// <returns>0 when it may pass, else the seconds until it may.</returns>
    public int Take(AccountId account, int perSecond)
    {
        var bucket = BucketOf(account, perSecond);
        lock (bucket)
        {
            Fill(bucket, perSecond);
            if (bucket.Tokens < 1) return (int)Math.Clamp(Math.Ceiling((1 - bucket.Tokens) / perSecond), 1, 60);
            bucket.Tokens--;
            return 0;
        }
    }

    /// <summary>A hook held more events than the one that was taken for: the rest is owed.</summary>
    public void Owe(AccountId account, int perSecond, int events)
    {
        if (events <= 0) return;
        var bucket = BucketOf(account, perSecond);
        lock (bucket) bucket.Tokens -= events;
    }

    private Bucket BucketOf(AccountId account, int perSecond)
    {
        if (buckets.TryGetValue(account, out var bucket)) return bucket;
        return buckets.GetOrAdd(account, new Bucket { Tokens = perSecond * BurstSeconds, At = clock.GetTimestamp() });
    }

    private void Fill(Bucket bucket, int perSecond)
    {
        var now = clock.GetTimestamp();
        bucket.Tokens = Math.Min(perSecond * BurstSeconds, bucket.Tokens + (clock.GetElapsedTime(bucket.At, now).TotalSeconds * perSecond));
        bucket.At = now;
    }
}
