using Automation.Engine.Effects;
using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Persistence.Backup;

/// <param name="TakenAt">When the backup was begun.</param>
/// <param name="Effects">Unfinished effects whose outcome is now unknown.</param>
public sealed record RestoreReport(DateTimeOffset TakenAt, int Effects);

/// <summary>
/// Finds at the start that the database came out of a backup. Every unfinished effect of it may have been done since, so each becomes
/// one that a dead process left on its way: its policy decides (R6).
/// </summary>
public sealed class RestoreMarks(IDbContextFactory<AutomationDbContext> contexts, RestorePoint point, TimeProvider clock)
{
    /// <summary>Called by one node at a time, before any work begins. May be repeated after a kill at any point.</summary>
    /// <returns>Null unless this is the first start on a restored copy.</returns>
    public async Task<RestoreReport?> SettleAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        db.Database.SetCommandTimeout(0); // However many actions there are.
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var rows = await db.Restores.ToListAsync(cancellationToken);
        if (rows.Count == 0) return null;
        RestoreReport? report = null;
        var copies = rows.FindAll(row => row.StartedAt is null);
        if (copies.Count > 0)
        {
            var now = clock.GetUtcNow();
            copies.ForEach(row => row.StartedAt = now);
            report = new(copies.Max(row => row.TakenAt), await DoubtAsync(db, cancellationToken));
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        var last = rows.MaxBy(row => row.StartedAt)!;
        point.Set(last.TakenAt, last.StartedAt!.Value);
        return report;
    }

    private static Task<int> DoubtAsync(AutomationDbContext db, CancellationToken cancellationToken) => db.Effects
        .Where(effect => effect.State == (int)EffectState.Planned || effect.State == (int)EffectState.Sending)
        .ExecuteUpdateAsync(
            change => change
                .SetProperty(effect => effect.State, (int)EffectState.Sending)
                .SetProperty(effect => effect.Deaths, 0)
                .SetProperty(effect => effect.NextTryAt, (DateTimeOffset?)null)
                // A look-up asks the other side from here on.
                .SetProperty(effect => effect.FirstTryAt, effect => effect.FirstTryAt ?? effect.PlannedAt),
            cancellationToken);
}
