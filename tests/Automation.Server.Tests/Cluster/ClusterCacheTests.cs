using System.Diagnostics;
using System.Net;
using Automation.Engine.Accounts;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Persistence;
using Automation.Server.CommandLine;
using Automation.Server.Serve;
using Automation.Server.Tests.Crash;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Automation.Server.Tests.Cluster;

/// <summary>What is changed elsewhere takes effect on every node, well before what it keeps in memory would run out.</summary>
public sealed class ClusterCacheTests
{
    // What is kept of a hook's address runs out after 10 s.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(8);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Change_Elsewhere_TakesEffectOnBothNodes()
    {
        await using var cluster = await TestCluster.StartAsync(2, 15, Stop);
        var load = new ClusterLoad(cluster, 2);
        await load.RunAsync(4, () => Task.CompletedTask, 4, Stop);
        await load.HoldsAsync(TimeSpan.FromSeconds(60));

        await using var elsewhere = ServerHost.Build(new ServeOptions { Data = cluster.Data, Postgres = cluster.Database, Url = "http://127.0.0.1:0", HookUrl = "http://127.0.0.1:0" });
        await using var db = await elsewhere.Services.GetRequiredService<IDbContextFactory<AutomationDbContext>>().CreateDbContextAsync(Stop);
        var funnel = await db.Funnels.AsNoTracking().SingleAsync(Stop);
        var funnels = elsewhere.Services.GetRequiredService<FunnelService>();
        await funnels.SaveDraftAsync(new AccountId(funnel.AccountId), CrashShop.Document(cluster.Outside, "new-"), funnel.DraftRevision, Stop);
        await funnels.PublishAsync(new AccountId(funnel.AccountId), funnel.Id, null, null, Stop);
        for (var node = 0; node < 2; node++) await PublishedAsync(cluster, load, node);

        await db.Connections.ExecuteUpdateAsync(set => set.SetProperty(row => row.HookTokenHash, new byte[] { 1 }), Stop);
        for (var node = 0; node < 2; node++) await GoneAsync(cluster, node);
    }

    private static async Task PublishedAsync(TestCluster cluster, ClusterLoad load, int node)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var since = watch.Elapsed;
            var number = await load.SendAsync(node, $"d{node}", Stop);
            var told = await cluster.Ledger.FirstAsync([$"d{node}:{number}", $"new-d{node}:{number}"], TimeSpan.FromSeconds(60));
            if (told == $"new-d{node}:{number}") return;
            Assert.True(told is not null && since < Soon, $"Node {node} does not know the new version after {since}: {told}\n{cluster.Outputs}");
        }
    }

    private static async Task GoneAsync(TestCluster cluster, int node)
    {
        var watch = Stopwatch.StartNew();
        while (await cluster.StatusAsync(node, Stop) != HttpStatusCode.NotFound) Assert.True(watch.Elapsed < Soon, $"Node {node} still takes a hook whose address is gone.");
    }
}
