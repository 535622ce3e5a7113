using Automation.Engine.Accounts;
using Automation.Engine.Events;
using Automation.Engine.Hosting.Inbox;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Failures;

/// <summary>
/// Hands the items of redrives to their mailboxes, so many a second, as events of the engine's own. Every node runs one: whoever moves
/// a redrive's time ahead hands over its next items. An item that is handed over twice (a node died in between) is one event by its key.
/// </summary>
public sealed class RedriveDispatcher(
    IDbContextFactory<AutomationDbContext> contexts, InboxService inbox, RedriveSignal signal, RuntimeGate gate, TimeProvider clock, ILogger<RedriveDispatcher> logger) : DispatcherLoop(signal, gate, clock, logger)
{

    /// <summary>One pass over the accounts' redrives.</summary>
    /// <returns>True while a redrive is under way.</returns>
    public override async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var open = await context.Redrives.AsNoTracking().Where(row => row.FinishedAt == null).OrderBy(row => row.Id).Take(1_000).ToListAsync(cancellationToken);
        // One at a time for an account, the oldest: so the rate is the account's.
        foreach (var row in open.DistinctBy(row => row.AccountId).Where(row => row.NextAt <= Now)) await AdvanceAsync(context, row, cancellationToken);
        return open.Count > 0;
    }

    private async Task AdvanceAsync(AutomationDbContext context, RedriveRow row, CancellationToken cancellationToken)
    {
        var now = Now;
        var mine = await context.Redrives.Where(one => one.Id == row.Id && one.FinishedAt == null && one.NextAt == row.NextAt)
            .ExecuteUpdateAsync(update => update.SetProperty(one => one.NextAt, now + Busy), cancellationToken);
        if (mine == 0) return;
        var items = await context.RedriveItems.AsNoTracking().Where(item => item.RedriveId == row.Id && item.Position >= row.Done)
            .OrderBy(item => item.Position).Take(row.PerSecond).ToListAsync(cancellationToken);
        var request = RunJson.Parse(row.Request);
        // Items of one mailbox share its connection, so they keep their order.
        foreach (var connection in items.GroupBy(item => item.ConnectionId))
            await inbox.AcceptAsync(new(row.AccountId), new(connection.Key), null, [.. connection.Select(item => Event(row, item, request))], cancellationToken);
        var done = row.Done + items.Count;
        var finished = done >= row.Total ? Now : (DateTimeOffset?)null;
        await context.Redrives.Where(one => one.Id == row.Id && one.Done == row.Done)
            .ExecuteUpdateAsync(update => update.SetProperty(one => one.Done, done).SetProperty(one => one.FinishedAt, finished), cancellationToken);
    }

    private static CrmEvent Event(RedriveRow row, RedriveItemRow item, JObject request) => new()
    {
        Kind = InternalEvents.Redrive,
        EntityType = item.EntityType,
        EntityId = item.EntityId,
        DedupKey = FormattableString.Invariant($"redrive|{row.Id:N}|{item.Position}"),
        Data = JObject.FromObject(new RedriveOrder(row.Id, row.By, item.Kind, item.Target, (string?)request["from"], request["input"] as JObject)),
    };
}
