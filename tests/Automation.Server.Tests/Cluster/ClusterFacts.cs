using System.Diagnostics;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.PostgreSql;
using Automation.Engine.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Automation.Server.Tests.Cluster;

/// <summary>What the database says of finished runs, their effects and their journal: a line each. What stands there must not change.</summary>
internal static class ClusterFacts
{
    /// <summary>Waits until no run is open and no event waits.</summary>
    public static async Task<IReadOnlyList<string>> WhenQuietAsync(TestCluster cluster, CancellationToken stop)
    {
        await using var services = new ServiceCollection().AddPostgreSqlStore(cluster.Database).BuildServiceProvider();
        await using var db = await services.GetRequiredService<IDbContextFactory<AutomationDbContext>>().CreateDbContextAsync(stop);
        var watch = Stopwatch.StartNew();
        while (await db.Runs.AnyAsync(run => run.Status <= (int)RunStatus.Suspended, stop) || await db.Events.AnyAsync(row => row.Status == 0, stop))
            if (watch.Elapsed > TimeSpan.FromSeconds(40)) Assert.Fail("Runs stay open or events wait.");
        return await ReadAsync(db, stop);
    }

    private static async Task<IReadOnlyList<string>> ReadAsync(AutomationDbContext db, CancellationToken stop)
    {
        var runs = await db.Runs.AsNoTracking().ToListAsync(stop);
        var effects = await db.Effects.AsNoTracking().ToListAsync(stop);
        var journal = await db.Journal.AsNoTracking().Where(row => row.RunId != null).Select(row => new { row.Id, row.RunId, row.Sequence }).ToListAsync(stop);
        Assert.All(runs, run => Assert.Equal(run.Sequence, journal.Count(row => row.RunId == run.Id)));
        return [.. runs.Select(run => $"run {run.Id} {run.Status} {run.Sequence} {run.FinishedAt:O} {run.State}"), .. effects.Select(effect => $"effect {effect.Key} {effect.State} {effect.Tries} {effect.FinishedAt:O}"), .. journal.Select(row => $"journal {row.Id} {row.RunId} {row.Sequence}")];
    }
}
