using Automation.Engine.Accounts;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Failures;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Mailboxes;
using Automation.Engine.Matching;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Hosting.Sweeps;

/// <summary>Why a trigger cannot be applied, with a code of the API.</summary>
public sealed class SweepRefusedException(string code, string message) : Exception(message)
{
    public string Code => code;
}

/// <summary>Applies a published trigger to the deals that stand in its stages already: how many there are, start, pause, go on, cancel.</summary>
public sealed class SweepService(IDbContextFactory<AutomationDbContext> contexts, FunnelCatalog catalog, RedriveSignal signal, IIdSource ids, TimeProvider clock)
{
    public const int MostPerMinute = 6_000;

    /// <returns>Open deals that stand in the trigger's stages, as far as events have told of them.</returns>
    /// <exception cref="SweepRefusedException">The trigger cannot be applied.</exception>
    public async Task<int> CountAsync(AccountId account, Guid funnelId, string triggerId, CancellationToken cancellationToken)
    {
        var (funnel, trigger) = await FindAsync(account, funnelId, triggerId);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await DealsOf(context, account, funnel.Connection, trigger.When.Stages).CountAsync(cancellationToken);
    }

    /// <param name="perMinute">Most deals a minute: 1 to <see cref="MostPerMinute"/>.</param>
    /// <exception cref="SweepRefusedException">The trigger cannot be applied, or is on its way already.</exception>
    public async Task<SweepRow> StartAsync(AccountId account, Guid funnelId, string triggerId, int perMinute, string by, CancellationToken cancellationToken)
    {
        if (perMinute is < 1 or > MostPerMinute) throw new SweepRefusedException("query_invalid", $"perMinute goes from 1 to {MostPerMinute}.");
        var (funnel, trigger) = await FindAsync(account, funnelId, triggerId);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await context.Sweeps.AnyAsync(row => row.AccountId == account.Value && row.FunnelId == funnelId && row.TriggerId == triggerId && (row.Status == SweepStatus.Running || row.Status == SweepStatus.Paused), cancellationToken))
            throw new SweepRefusedException("sweep_under_way", "This trigger is being applied already. Wait for it to end, or cancel it.");
        var row = new SweepRow
        {
            Id = ids.NewId(),
            AccountId = account.Value,
            FunnelId = funnelId,
            TriggerId = triggerId,
            ConnectionId = funnel.Connection.Value,
            PerMinute = perMinute,
            Total = await DealsOf(context, account, funnel.Connection, trigger.When.Stages).CountAsync(cancellationToken),
            Status = SweepStatus.Running,
            NextAt = clock.GetUtcNow(),
            By = by,
            CreatedAt = clock.GetUtcNow(),
        };
        context.Sweeps.Add(row);
        await context.SaveChangesAsync(cancellationToken);
        signal.Set();
        return row;
    }

    public async Task<IReadOnlyList<SweepRow>> ListAsync(AccountId account, Guid funnelId, string? triggerId, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Sweeps.AsNoTracking().Where(row => row.AccountId == account.Value && row.FunnelId == funnelId && (triggerId == null || row.TriggerId == triggerId)).OrderByDescending(row => row.Id).Take(20).ToListAsync(cancellationToken);
    }

    /// <param name="to">paused, running or cancelled.</param>
    /// <returns>Null when the account has no such one.</returns>
    /// <exception cref="SweepRefusedException">It has ended.</exception>
    public async Task<SweepRow?> ChangeAsync(AccountId account, Guid id, string to, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await context.Sweeps.FirstOrDefaultAsync(one => one.AccountId == account.Value && one.Id == id, cancellationToken) is not { } row) return null;
        if (row.Status is SweepStatus.Done or SweepStatus.Cancelled) throw new SweepRefusedException("sweep_ended", "It has ended: there is nothing left to pause or cancel.");
        (row.Status, row.NextAt) = (to, clock.GetUtcNow());
        if (to == SweepStatus.Cancelled) row.FinishedAt = clock.GetUtcNow();
        await context.SaveChangesAsync(cancellationToken);
        signal.Set();
        return row;
    }

    /// <summary>Open deals of the stages; of every stage where none is named.</summary>
    internal static IQueryable<MailboxRow> DealsOf(AutomationDbContext context, AccountId account, ConnectionId connection, IReadOnlyList<StageRef> stages)
    {
        var open = context.Mailboxes.AsNoTracking().Where(row => row.AccountId == account.Value && row.ConnectionId == connection.Value && row.EntityType == EntityTypes.Deal && row.Open);
        if (stages.Count == 0) return open;
        // Stages 142 and 143 are in every pipeline, and their deals are not open: what is left is told apart by its own id.
        var (pipelines, ids) = (stages.Select(stage => stage.PipelineId).Distinct().ToList(), stages.Select(stage => stage.StageId).Distinct().ToList());
        return open.Where(row => pipelines.Contains(row.PipelineId!) && ids.Contains(row.StageId!));
    }

    private async Task<(CompiledFunnel Funnel, FunnelTrigger Trigger)> FindAsync(AccountId account, Guid funnelId, string triggerId)
    {
        var funnel = (await catalog.PublishedAsync(account)).FirstOrDefault(one => one.Id == funnelId) ?? throw new SweepRefusedException("not_published", "The funnel is not published: publish it first.");
        var trigger = funnel.Triggers.FirstOrDefault(one => one.Definition.Id == triggerId)?.Definition ?? throw new SweepRefusedException("not_published", "The published funnel has no such trigger: publish the draft first.");
        if (!trigger.Enabled) throw new SweepRefusedException("trigger_disabled", "This trigger is switched off.");
        if (trigger.When.Event is TriggerEvents.LeftStage or TriggerEvents.Deleted) throw new SweepRefusedException("trigger_not_applicable", "This trigger waits for deals that leave; it cannot be applied to those that are there.");
        return (funnel, trigger);
    }
}

public static class SweepStatus
{
    public const string Running = "running";
    public const string Paused = "paused";
    public const string Done = "done";
    public const string Cancelled = "cancelled";
}
