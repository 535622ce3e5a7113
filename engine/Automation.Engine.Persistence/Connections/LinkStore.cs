using Automation.Engine.Accounts;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Ports;
using Automation.Engine.Workflows;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Persistence.Connections;

/// <summary>Links by either side. They are written by steps.</summary>
public sealed class LinkStore(IDbContextFactory<AutomationDbContext> contexts) : ILinks
{
    public async ValueTask<EntityLink?> FindAsync(string relation, MailboxKey side, CancellationToken cancellationToken)
    {
        var (account, connection) = (side.Account.Value, side.Connection.Value);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var links = db.Links.AsNoTracking().Where(link => link.AccountId == account && link.Relation == relation);
        var from = links.Where(link => link.FromConnectionId == connection && link.FromEntityType == side.EntityType && link.FromEntityId == side.EntityId);
        var to = links.Where(link => link.ToConnectionId == connection && link.ToEntityType == side.EntityType && link.ToEntityId == side.EntityId);
        // Two look-ups, each by its index: an OR would walk all links of the relation.
        var newest = await NewestAsync(from, cancellationToken);
        var other = await NewestAsync(to, cancellationToken);
        var row = newest is null || other?.At > newest.At ? other : newest;
        return row is null ? null : From(row);
    }

    private static Task<LinkRow?> NewestAsync(IQueryable<LinkRow> links, CancellationToken cancellationToken) =>
        links.OrderByDescending(link => link.At).FirstOrDefaultAsync(cancellationToken);

    private static EntityLink From(LinkRow row)
    {
        var account = new AccountId(row.AccountId);
        return new(
            row.Relation, new(account, new ConnectionId(row.FromConnectionId), row.FromEntityType, row.FromEntityId),
            new(account, new ConnectionId(row.ToConnectionId), row.ToEntityType, row.ToEntityId), JObject.Parse(row.Data));
    }
}
