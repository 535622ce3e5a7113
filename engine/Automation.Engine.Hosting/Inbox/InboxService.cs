using Automation.Engine.Accounts;
using Automation.Engine.Events;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Steps;
using Microsoft.Extensions.Logging;

namespace Automation.Engine.Hosting.Inbox;

/// <summary>Takes events in: stored and numbered in a shared commit first, handed to their mailboxes after.</summary>
public sealed class InboxService(GroupCommitter<AcceptItem, AcceptResult> committer, MailboxRouter router, IIdSource ids, TimeProvider clock, ILogger<InboxService> logger)
{
    /// <summary>Stores a hook's events. Returns after the commit (R1).</summary>
    public async Task<AcceptResult> AcceptAsync(AccountId account, ConnectionId connection, HookRow? hook, IReadOnlyList<CrmEvent> events, CancellationToken cancellationToken)
    {
        var item = new AcceptItem(account, connection, clock.GetUtcNow(), hook, [.. events.Select(told => new NewEvent(ids.NewId(), told))]);
        var result = await committer.AddAsync(item, cancellationToken);
        _ = HandOverAsync(result.Events);
        return result;
    }

    // The caller is answered by the commit alone: what is stored is done, also when this hand-over is lost and the sweep finds the rows.
    private async Task HandOverAsync(IReadOnlyList<AcceptedEvent> events)
    {
        try
        {
            await router.DeliverAsync(events);
        }
#pragma warning disable CA1031 // The worker's edge.
        catch (Exception e)
#pragma warning restore CA1031
        {
            logger.HandOverLost(events.Count, e);
        }
    }
}
