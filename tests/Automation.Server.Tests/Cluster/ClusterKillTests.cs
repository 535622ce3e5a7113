using System.Globalization;

namespace Automation.Server.Tests.Cluster;

/// <summary>
/// kill -9 again and again on clusters of two and three nodes, side by side. <c>AUTOMATION_CLUSTER_KILLS</c> says how often in all
/// (default 60), a sixth of them with the lease of production.
/// </summary>
public sealed class ClusterKillTests
{
    private const double ProductionLease = 15;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Lane", "Long")]
    public async Task Kill_ManyTimes_NothingLostNothingDoubledOrderKept()
    {
        var kills = int.TryParse(Environment.GetEnvironmentVariable("AUTOMATION_CLUSTER_KILLS"), CultureInfo.InvariantCulture, out var given) ? given : 60;
        var rare = Math.Max(1, kills / 6);
        var clusters = await Task.WhenAll(RunAsync(2, 1, (kills - rare) / 2), RunAsync(3, 1, kills - rare - (kills - rare) / 2), RunAsync(2, ProductionLease, rare));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"cluster: kills={kills} acknowledged={clusters.Sum()} lost=0 doubled=0 out_of_order=0 stale_commits=0"));
    }

    /// <returns>Events acknowledged.</returns>
    private static async Task<int> RunAsync(int nodes, double lease, int kills)
    {
        await using var cluster = await TestCluster.StartAsync(nodes, lease, Stop);
        var load = new ClusterLoad(cluster, 8);
        for (var kill = 0; kill < kills; kill++)
        {
            var victim = kill % nodes;
            await load.RunAsync(4 + kill % 7, () => { cluster.Kill(victim); return Task.CompletedTask; }, 24, Stop);
            await load.HoldsAsync(TimeSpan.FromSeconds(lease + 30));
            await cluster.StartNodeAsync(victim, Stop);
        }

        // A write of a node that no longer owned the deal would stand twice in a run's journal, or leave a gap.
        await ClusterFacts.WhenQuietAsync(cluster, Stop);
        return load.Acknowledged;
    }
}
