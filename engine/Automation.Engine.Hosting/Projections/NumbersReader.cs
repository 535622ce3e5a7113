using System.Collections.Concurrent;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Cluster;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Retention;
using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Automation.Engine.Hosting.Projections;

/// <summary>
/// Sums the journal up into <c>trigger_days</c> and <c>stage_visits</c>, account by account, so that the steps pay nothing for the board.
/// It keeps <see cref="Behind"/> the present, because rows of two commits may become visible out of order. The sums of a chunk and the
/// place that it ends at are one transaction, and only the node that moves that place on keeps its sums: so nothing counts twice.
/// </summary>
public sealed class NumbersReader(IDbContextFactory<AutomationDbContext> contexts, AccountDirectory accounts, ClusterDuties duties, RuntimeGate gate, TimeProvider clock, ILogger<NumbersReader> logger) : BackgroundService
{
    public static readonly TimeSpan Behind = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);
    private readonly ConcurrentDictionary<Guid, Guid> seen = new();

    /// <summary>Rows of a transaction. Default 1,000.</summary>
    public int Chunk { get; init; } = 1_000;

    /// <summary>Name of an account's place in <c>projections</c>.</summary>
    public static string NameOf(Guid account) => $"numbers/{account:N}";

    /// <summary>Takes in what is old enough, of all accounts.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var account in await AccountsAsync(cancellationToken))
            while (await TakeAsync(account, cancellationToken))
            {
            }
    }

    /// <summary>Takes one chunk in.</summary>
    /// <returns>True when there may be more.</returns>
    public async Task<bool> TakeAsync(Guid account, CancellationToken cancellationToken)
    {
        var until = TimedId.First(clock.GetUtcNow() - Behind);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var place = await context.Projections.AsNoTracking().FirstOrDefaultAsync(row => row.Name == NameOf(account), cancellationToken);
        var from = Later(place?.Position ?? Guid.Empty, seen.GetValueOrDefault(account));
        var rows = await context.Journal.AsNoTracking().Where(row => row.AccountId == account && row.Id > from && row.Id < until && row.Kind == "event").OrderBy(row => row.Id).Take(Chunk).ToListAsync(cancellationToken);
        var full = rows.Count == Chunk;
        if (rows.Count == 0)
        {
            // Remembered here alone: an idle server writes nothing.
            seen[account] = Later(from, until);
            return false;
        }

        var sums = new JournalSums((await accounts.GetAsync(new(account), cancellationToken)).TimeZone);
        foreach (var row in rows) sums.Take(row);
        return await KeepAsync(context, account, place, rows[^1].Id, sums, cancellationToken) && full;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await gate.OpenedAsync(stoppingToken);
        using var tick = new PeriodicTimer(Every, clock);
        while (await tick.WaitForNextTickAsync(stoppingToken))
        {
            if (!duties.IsFirst) continue;
            try
            {
                await RunAsync(stoppingToken);
            }
#pragma warning disable CA1031 // The loop goes on at its next turn whatever happened: what was not kept is read again.
            catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
            {
                logger.LoopFailed(nameof(NumbersReader), e);
            }
        }
    }

    private async Task<bool> KeepAsync(AutomationDbContext context, Guid account, ProjectionRow? place, Guid to, JournalSums sums, CancellationToken cancellationToken)
    {
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var now = clock.GetUtcNow();
        if (place is null)
        {
            // Two nodes at once: the second is refused by the key.
            context.Projections.Add(new() { Name = NameOf(account), Position = to, UpdatedAt = now });
            await context.SaveChangesAsync(cancellationToken);
        }
        else if (await context.Projections.Where(row => row.Name == place.Name && row.Position == place.Position)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.Position, to).SetProperty(row => row.UpdatedAt, now), cancellationToken) == 0)
        {
            return false;
        }

        await AddAsync(context, account, sums.Days, cancellationToken);
        await new StageVisits(context, account).TakeAsync(sums.Moves, cancellationToken);
        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private static async Task AddAsync(AutomationDbContext context, Guid account, IReadOnlyDictionary<TriggerDay, TriggerCounts> days, CancellationToken cancellationToken)
    {
        if (days.Count == 0) return;
        var (funnels, names) = (days.Keys.Select(key => key.Funnel).Distinct().ToList(), days.Keys.Select(key => key.Day).Distinct().ToList());
        var known = await context.TriggerDays.Where(row => row.AccountId == account && funnels.Contains(row.FunnelId) && names.Contains(row.Day)).ToDictionaryAsync(row => new TriggerDay(row.FunnelId, row.TriggerId, row.Day), cancellationToken);
        foreach (var (key, counts) in days)
        {
            if (!known.TryGetValue(key, out var row))
            {
                row = new() { AccountId = account, FunnelId = key.Funnel, TriggerId = key.Trigger, Day = key.Day };
                context.TriggerDays.Add(row);
            }

            (row.Passed, row.Fired, row.Skipped) = (row.Passed + counts.Passed, row.Fired + counts.Fired, row.Skipped + counts.Skipped);
        }
    }

    private async Task<List<Guid>> AccountsAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Accounts.AsNoTracking().Select(row => row.Id).ToListAsync(cancellationToken);
    }

    private static Guid Later(Guid left, Guid right) => left.CompareTo(right) >= 0 ? left : right;
}
