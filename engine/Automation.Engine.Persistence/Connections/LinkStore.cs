using Automation.Engine.Accounts;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Ports;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Persistence.Connections;

/// <summary>Links by either side. They are written by steps.</summary>
public sealed class LinkStore(IDbContextFactory<AutomationDbContext> contexts) : ILinks
{
    public async ValueTask<EntityLink?> FindAsync(string relation, MailboxKey side, CancellationToken cancellationToken)
    {
        var (account, connection) = (side.Account.Value, side.Connection.Value);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var links = db.Links.AsNoTracking().Where(link => link.AccountId == account && link.Relation == relation);
        var row = await links.FirstOrDefaultAsync(
                link => link.FromConnectionId == connection && link.FromEntityType == side.EntityType && link.FromEntityId == side.EntityId, cancellationToken)
            ?? await links.FirstOrDefaultAsync(
                link => link.ToConnectionId == connection && link.ToEntityType == side.EntityType && link.ToEntityId == side.EntityId, cancellationToken);
        return row is null ? null : From(row);
    }

    private static EntityLink From(LinkRow row)
    {
        var account = new AccountId(row.AccountId);
        return new(
            row.Relation, new(account, new ConnectionId(row.FromConnectionId), row.FromEntityType, row.FromEntityId),
            new(account, new ConnectionId(row.ToConnectionId), row.ToEntityType, row.ToEntityId), row.Data);
    }
}
