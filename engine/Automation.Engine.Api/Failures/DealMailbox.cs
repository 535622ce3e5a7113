using Automation.Engine.Accounts;
using Automation.Engine.Api.Connections;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Api.Failures;

/// <summary>What is kept of a deal between its events.</summary>
internal static class DealMailbox
{
    /// <param name="connection">Id or name; null for the account's only CRM.</param>
    /// <exception cref="Errors.ProblemException">404: nothing is known of the deal.</exception>
    public static async Task<MailboxRow> FindAsync(IDbContextFactory<AutomationDbContext> contexts, AccountId account, string? connection, string deal, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var crm = await ConnectionFinder.FindIdAsync(db, account, connection, cancellationToken);
        return await db.Mailboxes.AsNoTracking().FirstOrDefaultAsync(row => row.AccountId == account.Value && row.ConnectionId == crm && row.EntityType == EntityTypes.Deal && row.EntityId == deal, cancellationToken)
            ?? throw ApiProblem.NotFound("Nothing is known of this deal.");
    }
}
