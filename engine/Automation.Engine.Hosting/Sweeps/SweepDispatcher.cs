using Automation.Engine.Events;
using Automation.Engine.Hosting.Failures;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Hosting.Inbox;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Automation.Engine.Hosting.Sweeps;

/// <summary>
/// Hands a trigger to the deals of its sweep, so many a minute, each in its own mailbox. Every node runs one: whoever moves a sweep's time
/// ahead goes on with it. A deal that is come to twice (a node died in between) is one event by its key.
/// </summary>
public sealed class SweepDispatcher(
    IDbContextFactory<AutomationDbContext> contexts, FunnelCatalog catalog, InboxService inbox, RedriveSignal signal, RuntimeGate gate, TimeProvider clock, ILogger<SweepDispatcher> logger) : DispatcherLoop(signal, gate, clock, logger)
{

    /// <summary>One pass over the sweeps under way.</summary>
    /// <returns>True while there are any.</returns>
    public override async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var open = await context.Sweeps.AsNoTracking().Where(row => row.Status == SweepStatus.Running).OrderBy(row => row.NextAt).Take(1_000).ToListAsync(cancellationToken);
        foreach (var row in open.Where(row => row.NextAt <= Now)) await AdvanceAsync(context, row, cancellationToken);
        return open.Count > 0;
    }

    private async Task AdvanceAsync(AutomationDbContext context, SweepRow row, CancellationToken cancellationToken)
    {
        // Less than one a second waits longer between two; more goes several at once.
        var (count, pause) = row.PerMinute >= 60 ? (row.PerMinute / 60, Busy) : (1, TimeSpan.FromSeconds(60.0 / row.PerMinute));
        var mine = await context.Sweeps.Where(one => one.Id == row.Id && one.Status == SweepStatus.Running && one.NextAt == row.NextAt)
            .ExecuteUpdateAsync(update => update.SetProperty(one => one.NextAt, Now + pause), cancellationToken);
        if (mine == 0) return;
        var trigger = (await catalog.PublishedAsync(new(row.AccountId))).FirstOrDefault(one => one.Id == row.FunnelId)?.Triggers.FirstOrDefault(one => one.Definition.Id == row.TriggerId)?.Definition;
        var deals = trigger is null ? [] : await SweepService.DealsOf(context, new(row.AccountId), new(row.ConnectionId), trigger.When.Stages)
            .Where(deal => deal.EntityId.CompareTo(row.Cursor) > 0).OrderBy(deal => deal.EntityId).Select(deal => deal.EntityId).Take(count).ToListAsync(cancellationToken);
        if (deals.Count > 0) await inbox.AcceptAsync(new(row.AccountId), new(row.ConnectionId), null, [.. deals.Select(deal => Event(row, deal))], cancellationToken);
        var ended = deals.Count < count;
        await context.Sweeps.Where(one => one.Id == row.Id && one.Cursor == row.Cursor).ExecuteUpdateAsync(update => update
            .SetProperty(one => one.Cursor, deals.Count == 0 ? row.Cursor : deals[^1]).SetProperty(one => one.Done, row.Done + deals.Count)
            .SetProperty(one => one.Status, one => ended && one.Status == SweepStatus.Running ? SweepStatus.Done : one.Status)
            .SetProperty(one => one.FinishedAt, ended ? Now : null), cancellationToken);
    }

    private static CrmEvent Event(SweepRow row, string deal) => new()
    {
        Kind = EventKinds.Applied,
        EntityType = EntityTypes.Deal,
        EntityId = deal,
        TriggerId = row.TriggerId,
        DedupKey = FormattableString.Invariant($"applied|{row.Id:N}|{deal}"),
        Data = new() { ["sweep"] = row.Id, ["by"] = row.By },
    };
}
