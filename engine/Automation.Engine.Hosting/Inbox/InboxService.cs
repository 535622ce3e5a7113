using Automation.Engine.Accounts;
using Automation.Engine.Events;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Steps;

namespace Automation.Engine.Hosting.Inbox;

/// <summary>Takes events in: stored and numbered in a shared commit first, handed to their mailboxes after.</summary>
public sealed class InboxService(GroupCommitter<AcceptItem, AcceptResult> committer, MailboxRouter router, IIdSource ids, TimeProvider clock)
{
    /// <summary>Stores a hook's events. Returns after the commit (R1).</summary>
    public async Task<AcceptResult> AcceptAsync(AccountId account, ConnectionId connection, HookRow? hook, IReadOnlyList<CrmEvent> events, CancellationToken cancellationToken)
    {
        var item = new AcceptItem(account, connection, clock.GetUtcNow(), hook, [.. events.Select(told => new NewEvent(ids.NewId(), told))]);
        var result = await committer.AddAsync(item, cancellationToken);
        await router.DeliverAsync(result.Events);
        return result;
    }
}
