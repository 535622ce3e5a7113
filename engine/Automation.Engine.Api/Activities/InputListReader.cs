using Automation.Engine.Accounts;
using Automation.Engine.Api.Connections;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Calendars;
using Automation.Engine.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Api.Activities;

/// <summary>Reads what an account's CRMs, connections and calendars offer.</summary>
internal sealed class InputListReader(IDbContextFactory<AutomationDbContext> contexts, CrmDirectoryCache directories, CalendarService calendars)
{
    /// <param name="connection">The only CRM to look at; null for all of the account.</param>
    /// <exception cref="Errors.ProblemException">404: there is no such connection.</exception>
    public async Task<InputLists> ReadAsync(AccountId account, bool english, string? connection, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var one = connection is { Length: > 0 } ? (await ConnectionFinder.FindAsync(db, account, connection, cancellationToken)).Id : (Guid?)null;
        var all = await db.Connections.AsNoTracking().Where(row => row.AccountId == account.Value).OrderBy(row => row.Name).Select(row => new { row.Id, row.Name, IsRead = row.Directory != null }).ToListAsync(cancellationToken);
        var crms = new List<NamedDirectory>();
        foreach (var row in all.Where(row => row.IsRead && (one is null || row.Id == one)))
            if (await directories.GetAsync(new(row.Id), cancellationToken) is { } directory) crms.Add(new(row.Name, directory));
        return new(english, crms, new Dictionary<string, IReadOnlyList<ActivityOption>>(StringComparer.Ordinal)
        {
            ["connection"] = [.. all.Select(row => new ActivityOption(row.Name, row.Name))],
            ["calendar"] = [.. (await calendars.ListAsync(account, cancellationToken)).Select(calendar => new ActivityOption(calendar.Name, calendar.Title is { Length: > 0 } title ? title : calendar.Name))],
        });
    }
}
