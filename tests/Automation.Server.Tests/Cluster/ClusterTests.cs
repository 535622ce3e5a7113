using System.Diagnostics;
using System.Globalization;
using Automation.Server.Tests.Crash;

namespace Automation.Server.Tests.Cluster;

/// <summary>Two servers on one PostgreSQL, by hand as a user would start them. Not beside the kill tests: on two busy cores a healthy node misses a short lease, too.</summary>
[Collection(KillLane.Name)]
public sealed class ClusterTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kill_OneOfTwo_TheOtherDoesEverything()
    {
        await using var cluster = await TestCluster.StartAsync(2, 1, Stop);
        var load = new ClusterLoad(cluster, 6);
        foreach (var victim in (int[])[0, 1])
        {
            await load.RunAsync(6, () => { cluster.Kill(victim); return Task.CompletedTask; }, 8, Stop);
            await load.HoldsAsync(TimeSpan.FromSeconds(30));
            if (victim == 0) await cluster.StartNodeAsync(victim, Stop);
        }
    }

    [Fact]
    public async Task Pause_ThenWake_TheZombieCommitsNothingAndJoinsAgain()
    {
        await using var cluster = await TestCluster.StartAsync(2, 3, Stop);
        var load = new ClusterLoad(cluster, 4);
        var (called, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        var calls = 0;
        cluster.Ledger.BeforeAnswer = async name =>
        {
            if (!name.StartsWith("slow", StringComparison.Ordinal) || Interlocked.Increment(ref calls) > 1) return;
            called.SetResult();
            await release.Task;
        };

        // The first node is in the middle of a call when it is paused.
        await load.RunAsync(4, () => Task.CompletedTask, 4, Stop);
        // An event that was not acknowledged may be stored all the same: its deal is not used again.
        var slow = "";
        for (var attempt = 0; attempt < 20 && await load.SendAsync(0, slow = $"slow{attempt}", Stop) == 0; attempt++) { }
        await called.Task.WaitAsync(TimeSpan.FromSeconds(60), Stop);
        cluster[0].Signal("STOP");
        // The other one takes over: what had begun is called again under its key, and the deal goes on with its next event.
        Assert.NotEqual(0, await SendUntilTakenAsync(cluster, load, 1, slow));
        await load.HoldsAsync(TimeSpan.FromSeconds(40));
        var before = await ClusterFacts.WhenQuietAsync(cluster, Stop);

        cluster[0].Signal("CONT");
        release.SetResult();
        await cluster[0].SaysAsync("It starts again", Stop).WaitAsync(TimeSpan.FromSeconds(60), Stop);
        await SendUntilTakenAsync(cluster, load, 0, "after");
        await load.HoldsAsync(TimeSpan.FromSeconds(40));
        Assert.Empty(before.Except(await ClusterFacts.WhenQuietAsync(cluster, Stop)));
    }

    [Fact]
    public async Task Terminate_OneAfterTheOther_NothingWaitsForTheLease()
    {
        await using var cluster = await TestCluster.StartAsync(2, 60, Stop);
        var load = new ClusterLoad(cluster, 6);
        foreach (var node in (int[])[0, 1])
        {
            await load.RunAsync(8, () => StopAsync(cluster, node), 12, Stop);
            await load.HoldsAsync(TimeSpan.FromSeconds(40));
            if (node == 0) await cluster.StartNodeAsync(node, Stop);
        }
    }

    private static async Task StopAsync(TestCluster cluster, int node)
    {
        var watch = Stopwatch.StartNew();
        await cluster.StopNodeAsync(node, Stop);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), string.Create(CultureInfo.InvariantCulture, $"stopped after {watch.Elapsed}"));
    }

    private static async Task<int> SendUntilTakenAsync(TestCluster cluster, ClusterLoad load, int node, string deal)
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < TimeSpan.FromSeconds(40))
            if (await load.SendAsync(node, deal, Stop) is > 0 and var number) return number;
        Assert.Fail($"Node {node} takes no hooks.\n{cluster.Outputs}");
        return 0;
    }
}
