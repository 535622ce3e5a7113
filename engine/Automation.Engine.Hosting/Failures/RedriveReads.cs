using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Hosting.Failures;

/// <summary>Rows that a redrive needs and that no mailbox holds in memory any more.</summary>
public sealed class RedriveReads(IDbContextFactory<AutomationDbContext> contexts)
{
    public async Task<EventRow?> EventAsync(MailboxKey key, Guid id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await In(context.Events.AsNoTracking(), key).FirstOrDefaultAsync(row => row.Id == id, cancellationToken);
    }

    public async Task<RunRow?> RunAsync(MailboxKey key, Guid id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await In(context.Runs.AsNoTracking(), key).FirstOrDefaultAsync(row => row.Id == id, cancellationToken);
    }

    public async Task<EffectRow?> EffectAsync(MailboxKey key, string effectKey, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await In(context.Effects.AsNoTracking(), key).FirstOrDefaultAsync(row => row.Key == effectKey, cancellationToken);
    }

    /// <summary>The first two events that stand back for something that was given up, in their order.</summary>
    public async Task<IReadOnlyList<EventRow>> StandingBackAsync(MailboxKey key, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await In(context.Events.AsNoTracking(), key).Where(row => row.Status == EventStatus.Dead && row.ErrorCode == DeadLetter.StandsBack).OrderBy(row => row.Number).Take(2).ToListAsync(cancellationToken);
    }

    /// <summary>Every effect that a run has planned, by key.</summary>
    public async Task<Dictionary<string, EffectRow>> EffectsOfAsync(MailboxKey key, Guid run, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await In(context.Effects.AsNoTracking(), key).Where(row => row.RunId == run).ToDictionaryAsync(row => row.Key, cancellationToken);
    }

    private static IQueryable<TRow> In<TRow>(IQueryable<TRow> rows, MailboxKey key) where TRow : MailboxScoped => rows.Where(row =>
        row.AccountId == key.Account.Value && row.ConnectionId == key.Connection.Value && row.EntityType == key.EntityType && row.EntityId == key.EntityId);
}
