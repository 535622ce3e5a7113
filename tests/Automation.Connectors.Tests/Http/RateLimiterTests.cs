using Automation.Connectors.Http;
using Automation.Engine.Ports;
using FsCheck.Xunit;
using Microsoft.Extensions.Time.Testing;

namespace Automation.Connectors.Tests.Http;

public sealed class RateLimiterTests
{
    private readonly FakeTimeProvider clock = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Wait_WithinBurst_AtOnce()
    {
        var limiter = new RateLimiter(6, 6, clock);
        Assert.All(Enumerable.Range(0, 6), _ => Assert.True(limiter.EnterAsync("a", Cancel).IsCompletedSuccessfully));
        Assert.False(limiter.EnterAsync("a", Cancel).IsCompleted);
        Assert.True(limiter.EnterAsync("b", Cancel).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Wait_BucketEmpty_ServedInOrderOfArrival()
    {
        var limiter = new RateLimiter(1, 1, clock);
        await limiter.EnterAsync("a", Cancel);
        var (second, third) = (limiter.EnterAsync("a", Cancel), limiter.EnterAsync("a", Cancel));
        clock.Advance(TimeSpan.FromSeconds(1));
        await second;
        Assert.False(third.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(1));
        await third;
    }

    [Fact]
    public async Task Wait_GivenUp_LeavesItsTokenToTheNext()
    {
        var limiter = new RateLimiter(1, 1, clock);
        await limiter.EnterAsync("a", Cancel);
        using var source = new CancellationTokenSource();
        var (second, third) = (limiter.EnterAsync("a", source.Token), limiter.EnterAsync("a", Cancel));
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        clock.Advance(TimeSpan.FromSeconds(1));
        await third;
    }

    [Fact]
    public async Task Pause_UntilRetryAfter_HoldsWhoWaitsAndWhoComes()
    {
        var limiter = new RateLimiter(10, 1, clock);
        await limiter.EnterAsync("a", Cancel);
        var waiting = limiter.EnterAsync("a", Cancel);
        limiter.Pause("a", clock.GetUtcNow().AddSeconds(30));
        clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(waiting.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(1));
        await waiting;
    }

    [Fact]
    public async Task Enter_CapOfAnySecond_CountsFromTheEndOfTheCall()
    {
        var limiter = new RateLimiter(2, 2, clock, anySecond: 2);
        var (first, second) = (await limiter.EnterAsync("a", Cancel), await limiter.EnterAsync("a", Cancel));
        var third = limiter.EnterAsync("a", Cancel);
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.False(third.IsCompleted);
        first.Dispose();
        clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(third.IsCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        await third;
        second.Dispose();
    }

    /// <summary>Two nodes together make as many calls as one would, and a third that joins takes its part from both.</summary>
    [Fact]
    public async Task Enter_SeveralNodes_ShareTheRate()
    {
        var nodes = new Nodes { Count = 2 };
        var limiter = new RateLimiter(6, 6, clock, anySecond: 6, nodes);
        var calls = Enumerable.Range(0, 12).Select(_ => limiter.EnterAsync("a", Cancel)).ToList();
        await EndAsync(3);
        clock.Advance(TimeSpan.FromSeconds(1));
        await EndAsync(6);
        nodes.Count = 3;
        clock.Advance(TimeSpan.FromSeconds(1));
        await EndAsync(8);

        async Task EndAsync(int expected)
        {
            foreach (var call in calls.Take(expected)) (await call.WaitAsync(TimeSpan.FromSeconds(30), Cancel)).Dispose();
            Assert.Equal(expected, calls.Count(call => call.IsCompleted));
        }
    }

    private sealed class Nodes : INodeCount
    {
        public int Count { get; set; }
    }

    [Property]
    public bool Wait_AnyArrivals_NeverMoreThanBurstPlusRate(byte[] pauses)
    {
        var time = new FakeTimeProvider();
        var limiter = new RateLimiter(6, 6, time);
        var begin = time.GetTimestamp();
        var asked = new List<Task>();
        foreach (var pause in pauses)
        {
            asked.Add(limiter.EnterAsync("a", CancellationToken.None));
            time.Advance(TimeSpan.FromMilliseconds(pause));
            var allowed = 6 + (time.GetElapsedTime(begin).TotalSeconds * 6) + 0.001;
            if (asked.Count(task => task.IsCompleted) > allowed) return false;
        }
        return true;
    }
}
