using Automation.Engine.Accounts;
using Automation.Engine.Api.Errors;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Api.Connections;

/// <summary>Finds the connection that a request means.</summary>
internal static class ConnectionFinder
{
    /// <param name="named">Id or name; null for the account's only CRM.</param>
    /// <exception cref="ProblemException">There is none such, or a name is needed.</exception>
    public static async Task<ConnectionRow> FindAsync(AutomationDbContext db, AccountId account, string? named, CancellationToken cancellationToken)
    {
        var found = await MeantAsync(db, account, named, cancellationToken);
        return found switch
        {
            [var only] => only,
            [] => throw new ProblemException(Problem.NotFound(named is null ? "No CRM is connected." : "There is no such connection.")),
            _ => throw new ProblemException(Problem.BadQuery("Several CRMs are connected: name one with connection=.")),
        };
    }

    /// <summary>The same for what has happened, which is read under the id of a connection also when that was removed.</summary>
    /// <param name="named">As there.</param>
    /// <exception cref="ProblemException">As there.</exception>
    public static async Task<Guid> FindIdAsync(AutomationDbContext db, AccountId account, string? named, CancellationToken cancellationToken)
    {
        var removed = Guid.TryParse(named, out var id) && !await db.Connections.AnyAsync(row => row.AccountId == account.Value && row.Id == id, cancellationToken)
            && await db.Mailboxes.AnyAsync(row => row.AccountId == account.Value && row.ConnectionId == id, cancellationToken);
        return removed ? id : (await FindAsync(db, account, named, cancellationToken)).Id;
    }

    /// <summary>The connection that a request means; null where there is none such, or a name is needed.</summary>
    public static async Task<ConnectionRow?> TryFindAsync(AutomationDbContext db, AccountId account, string? named, CancellationToken cancellationToken) =>
        await MeantAsync(db, account, named, cancellationToken) is [var only] ? only : null;

    // Two are enough to see that there are several.
    private static async Task<List<ConnectionRow>> MeantAsync(AutomationDbContext db, AccountId account, string? named, CancellationToken cancellationToken)
    {
        var mine = db.Connections.AsNoTracking().Where(row => row.AccountId == account.Value);
        var id = Guid.TryParse(named, out var parsed) ? parsed : Guid.Empty;
        return await (named is null ? mine.Where(row => row.Directory != null) : mine.Where(row => row.Id == id || row.Name == named)).OrderBy(row => row.Name).Take(2).ToListAsync(cancellationToken);
    }
}
