using System.Diagnostics;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.PostgreSql;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Sqlite;
using Automation.Engine.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Automation.Server.Tests.Crash;

/// <summary>
/// What the store says at the end of a scene. A write by a node that no longer owned the deal is refused; one that got through would stand
/// twice in its run's journal or leave a gap there: that is what <paramref name="StaleCommits"/> counts.
/// </summary>
/// <param name="Wrong">What ought not to be, in words; empty when all is well.</param>
internal sealed record KillFacts(int StaleCommits, string Wrong)
{
    /// <summary>Waits until no run is open, no event and no timer waits.</summary>
    public static async Task<KillFacts> WhenQuietAsync(KillWorld world, CancellationToken stop)
    {
        var collection = new ServiceCollection();
        await using var services = (world.Database is { } database ? collection.AddPostgreSqlStore(database) : collection.AddSqliteStore(Path.Combine(world.Data, "automation.db"))).BuildServiceProvider();
        await using var db = await services.GetRequiredService<IDbContextFactory<AutomationDbContext>>().CreateDbContextAsync(stop);
        var watch = Stopwatch.StartNew();
        while (await IsOpenAsync(db, stop))
            if (watch.Elapsed > TimeSpan.FromSeconds(40)) return new(0, "Runs stay open, or events or timers wait.");
        return await ReadAsync(db, stop);
    }

    private static async Task<bool> IsOpenAsync(AutomationDbContext db, CancellationToken stop) =>
        await db.Runs.AnyAsync(run => run.Status <= (int)RunStatus.Suspended, stop) || await db.Events.AnyAsync(row => row.Status == EventStatus.Waiting, stop) || await db.Timers.AnyAsync(stop);

    private static async Task<KillFacts> ReadAsync(AutomationDbContext db, CancellationToken stop)
    {
        var runs = await db.Runs.AsNoTracking().Select(run => new { run.Id, run.Sequence, run.Status, run.EntityId }).ToListAsync(stop);
        var journal = await db.Journal.AsNoTracking().Where(row => row.RunId != null).GroupBy(row => row.RunId!.Value)
            .Select(group => new { Run = group.Key, Rows = group.Count(), Different = group.Select(row => row.Sequence).Distinct().Count(), First = group.Min(row => row.Sequence), Last = group.Max(row => row.Sequence) })
            .ToDictionaryAsync(group => group.Run, stop);
        var broken = runs.Where(run => !journal.TryGetValue(run.Id, out var rows) || rows.First != 1 || rows.Last != run.Sequence || rows.Rows != run.Sequence || rows.Different != rows.Rows).ToList();
        var ended = runs.Where(run => run.Status != (int)RunStatus.Finished).Select(run => $"run {run.Id} of {run.EntityId} has status {run.Status}");
        var dead = await db.Events.AsNoTracking().Where(row => row.Status == EventStatus.Dead).Select(row => $"event {row.EntityId}/{row.Number} is dead: {row.ErrorCode}").ToListAsync(stop);
        return new(broken.Count, string.Join('\n', [.. broken.Select(run => $"journal of run {run.Id} has gaps or doubles"), .. ended, .. dead]));
    }
}
