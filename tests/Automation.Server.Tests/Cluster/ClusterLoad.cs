using System.Collections.Concurrent;
using Automation.Server.Tests.Crash;

namespace Automation.Server.Tests.Cluster;

/// <summary>
/// Deals that change one after another, each next event to another node. A deal whose event nobody knows the fate of is not used again:
/// it may be stored late, and rightly come after what was sent later.
/// </summary>
internal sealed class ClusterLoad(TestCluster cluster, int deals)
{
    private readonly ConcurrentDictionary<string, byte> acknowledged = new(StringComparer.Ordinal);
    private readonly int[] renewed = new int[deals];
    private int sent;

    public int Acknowledged => acknowledged.Count;

    public int Answers(string deal) => acknowledged.Keys.Count(name => name.StartsWith($"{deal}:", StringComparison.Ordinal));

    /// <summary>Sends until so many more are acknowledged. Nodes that are down are passed over.</summary>
    /// <param name="meanwhile">Done in the middle of it, after <paramref name="before"/> acknowledgements.</param>
    public async Task RunAsync(int before, Func<Task> meanwhile, int after, CancellationToken stop)
    {
        var (middle, until, reached) = (acknowledged.Count + before, acknowledged.Count + before + after, new TaskCompletionSource());
        var loading = Task.WhenAll(Enumerable.Range(0, deals).Select(deal => Task.Run(() => SendAsync(deal, middle, until, reached, stop), stop)));
        await Task.WhenAny(reached.Task, loading);
        await meanwhile();
        await loading;
    }

    /// <summary>Sends one event.</summary>
    /// <returns>Its number; 0 when it was not acknowledged.</returns>
    public async Task<int> SendAsync(int node, string deal, CancellationToken stop)
    {
        var number = Interlocked.Increment(ref sent);
        if (await cluster.SendAsync(node, deal, number, stop) != true) return 0;
        acknowledged[$"{deal}:{number}"] = 0;
        return number;
    }

    /// <summary>Waits until everything acknowledged has reached the outside; then nothing may be doubled or out of order.</summary>
    public async Task HoldsAsync(TimeSpan limit)
    {
        var missing = await cluster.Ledger.MissingAsync(acknowledged.Keys.ToHashSet(StringComparer.Ordinal), limit);
        if (missing.Length > 0)
            Assert.Fail($"lost within {limit}: {string.Join(", ", missing)}\n{await CrashShop.TellAsync(cluster.Data, cluster.Database, missing, TestContext.Current.CancellationToken)}\n{cluster.Outputs}");
        Assert.Empty(cluster.Ledger.Doubled);
        Assert.Empty(cluster.Ledger.OutOfOrder);
    }

    private async Task SendAsync(int deal, int middle, int until, TaskCompletionSource reached, CancellationToken stop)
    {
        for (var turn = deal; acknowledged.Count < until; turn++)
        {
            var number = Interlocked.Increment(ref sent);
            var name = $"{deal}.{renewed[deal]}";
            switch (await cluster.SendAsync(turn % cluster.Count, name, number, stop))
            {
                case true: acknowledged[$"{name}:{number}"] = 0; break;
                case null: renewed[deal]++; break;
            }

            if (acknowledged.Count >= middle) reached.TrySetResult();
        }
    }
}
