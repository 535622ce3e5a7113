using System.Collections.Concurrent;
using Automation.Engine.Ports;

namespace Automation.Connectors.Http;

/// <summary>Token buckets by key. Who waits is served first come, first served.</summary>
/// <param name="perSecond">Tokens per second; above 0.</param>
/// <param name="burst">Tokens that a rested bucket holds; 1 or more.</param>
/// <param name="anySecond">
/// Calls that the other side may see within any one second, a burst included; null for no such cap. A call counts until one second
/// after its answer, so that time on the way cannot bring two bursts together.
/// </param>
/// <param name="nodes">The other side counts the calls of all of them: each takes its part. Null for a process that is alone.</param>
public sealed class RateLimiter(double perSecond, int burst, TimeProvider clock, int? anySecond = null, INodeCount? nodes = null)
{
    private readonly ConcurrentDictionary<string, Bucket> buckets = new(StringComparer.Ordinal);
    private readonly double perSecond = perSecond > 0 ? perSecond : throw new ArgumentOutOfRangeException(nameof(perSecond));
    private readonly int burst = burst > 0 ? burst : throw new ArgumentOutOfRangeException(nameof(burst));

    /// <summary>Takes one token, now or when its turn has come; disposing tells that the call is over.</summary>
    public async Task<IDisposable> EnterAsync(string key, CancellationToken cancellationToken)
    {
        var bucket = BucketOf(key);
        await bucket.TakeAsync(cancellationToken);
        return new Call(bucket);
    }

    /// <summary>Nobody gets a token before that moment; an earlier pause is never shortened.</summary>
    public void Pause(string key, DateTimeOffset until) => BucketOf(key).Pause(until);

    private Bucket BucketOf(string key) => buckets.GetOrAdd(key, static (_, limiter) => new Bucket(limiter.perSecond, limiter.burst, limiter.clock, limiter.anySecond, limiter.nodes), this);

    private readonly TimeProvider clock = clock;

    private readonly int? anySecond = anySecond;

    private readonly INodeCount? nodes = nodes;

    private sealed class Bucket(double perSecond, int burst, TimeProvider clock, int? anySecond, INodeCount? nodes)
    {
        private readonly Lock sync = new();
        private readonly LinkedList<TaskCompletionSource> waiters = [];
        private readonly Queue<long> ended = [];
        private int running;
        private double tokens = Part(burst, nodes?.Count ?? 1);
        private long filledAt = clock.GetTimestamp();
        private DateTimeOffset pausedUntil;
        private ITimer? timer;

        public async Task TakeAsync(CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            LinkedListNode<TaskCompletionSource> place;
            lock (sync)
            {
                if (waiters.Count == 0 && Wait() == TimeSpan.Zero)
                {
                    Take();
                    return;
                }
                place = waiters.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
                Schedule();
            }
            await using var registration = cancellationToken.Register(() => GiveUp(place, cancellationToken));
            await place.Value.Task;
        }

        public void Pause(DateTimeOffset until)
        {
            lock (sync)
            {
                if (until <= pausedUntil) return;
                pausedUntil = until;
                Schedule();
            }
        }

        public void End()
        {
            lock (sync)
            {
                running--;
                if (anySecond is null) return;
                ended.Enqueue(clock.GetTimestamp());
                Schedule();
            }
        }

        private void GiveUp(LinkedListNode<TaskCompletionSource> place, CancellationToken cancellationToken)
        {
            lock (sync)
            {
                if (place.List is null) return;
                waiters.Remove(place);
            }
            place.Value.TrySetCanceled(cancellationToken);
        }

        private void Serve()
        {
            lock (sync)
            {
                while (waiters.First is { } first && Wait() == TimeSpan.Zero)
                {
                    Take();
                    waiters.RemoveFirst();
                    first.Value.TrySetResult();
                }
                Schedule();
            }
        }

        private void Take()
        {
            tokens--;
            running++;
        }

        private void Schedule()
        {
            if (waiters.Count == 0) return;
            var due = Wait();
            timer ??= clock.CreateTimer(static bucket => ((Bucket)bucket!).Serve(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            timer.Change(due, Timeout.InfiniteTimeSpan);
        }

        /// <returns>Zero when a token can be taken now; else the time until then, whole milliseconds, never too short.</returns>
        private TimeSpan Wait()
        {
            var (now, sharers) = (clock.GetTimestamp(), nodes?.Count ?? 1);
            var rate = perSecond / sharers;
            tokens = Math.Min(Part(burst, sharers), tokens + (clock.GetElapsedTime(filledAt, now).TotalSeconds * rate));
            filledAt = now;
            var paused = pausedUntil - clock.GetUtcNow();
            var missing = tokens >= 1 - 1e-9 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Ceiling((1 - tokens) / rate * 1000));
            while (ended.TryPeek(out var oldest) && clock.GetElapsedTime(oldest, now) >= OneSecond) ended.Dequeue();
            if (anySecond is { } cap && running + ended.Count >= Part(cap, sharers))
            {
                // With all of them still running, the end of one sets the timer anew.
                var free = ended.TryPeek(out var first) ? OneSecond - clock.GetElapsedTime(first, now) : MaxWait;
                if (free > missing) missing = TimeSpan.FromMilliseconds(Math.Ceiling(free.TotalMilliseconds));
            }
            var wait = paused > missing ? TimeSpan.FromMilliseconds(Math.Ceiling(paused.TotalMilliseconds)) : missing;
            return wait > MaxWait ? MaxWait : wait;
        }

        private static int Part(int whole, int sharers) => Math.Max(1, whole / sharers);

        private static readonly TimeSpan MaxWait = TimeSpan.FromDays(1);
        private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);
    }

    private sealed class Call(Bucket bucket) : IDisposable
    {
        private int over;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref over, 1) == 0) bucket.End();
        }
    }
}
