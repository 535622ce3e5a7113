using Automation.Engine.Accounts;
using Automation.Engine.Api.Connections;
using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Json;
using Automation.Engine.Expressions;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Ports;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Tools;

/// <summary>What expressions see of a deal as it is now; <c>event</c> is the last one that changed it.</summary>
public sealed class DealScopes(IDbContextFactory<AutomationDbContext> contexts, AccountDirectory accounts, CrmDirectoryCache directories, IPorts ports, TimeProvider clock)
{
    private const int LookBack = 50;

    /// <param name="connection">Id or name; null for the account's only CRM.</param>
    /// <param name="entity">The deal.</param>
    /// <exception cref="ProblemException">404: no such connection, or nothing is known of the deal.</exception>
    /// <exception cref="RemoteCallException">The CRM does not answer.</exception>
    public async Task<IExpressionScope> OpenAsync(AccountId account, string? connection, string entity, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var crm = await ConnectionFinder.FindAsync(db, account, connection, cancellationToken);
        var json = await db.Mailboxes.AsNoTracking().Where(row => row.AccountId == account.Value && row.ConnectionId == crm.Id && row.EntityType == EntityTypes.Deal && row.EntityId == entity).Select(row => row.State).FirstOrDefaultAsync(cancellationToken);
        var last = json is null ? [] : await LastEventAsync(db, account, crm.Id, entity, cancellationToken);
        var key = new MailboxKey(account, new(crm.Id), EntityTypes.Deal, entity);
        var scope = new EventScope(await accounts.GetAsync(account, cancellationToken), key, MailboxState.FromJson(json ?? "{}"), last, new RecordedInputs(), ports, directories, clock.GetUtcNow(), fresh: false);
        return (await scope.ReadRootAsync("deal", cancellationToken)).Type == JTokenType.Null ? throw ApiProblem.NotFound("There is no such deal.") : scope;
    }

    /// <summary>What the CRM has.</summary>
    /// <param name="connection">Id or name; null for the account's only CRM.</param>
    /// <returns>Null where no one CRM is meant, or nobody has read it.</returns>
    public async Task<CrmDirectory?> DirectoryAsync(AccountId account, string? connection, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await ConnectionFinder.TryFindAsync(db, account, connection, cancellationToken) is { } crm ? await directories.GetAsync(new(crm.Id), cancellationToken) : null;
    }

    private static async Task<JObject> LastEventAsync(AutomationDbContext db, AccountId account, Guid connection, string entity, CancellationToken cancellationToken)
    {
        var rows = await db.Journal.AsNoTracking().Where(row => row.AccountId == account.Value && row.ConnectionId == connection && row.EntityType == EntityTypes.Deal && row.EntityId == entity && row.Kind == "event")
            .OrderByDescending(row => row.Id).Select(row => row.Facts).Take(LookBack).ToListAsync(cancellationToken);
        var facts = rows.Select(ApiJson.Parse).FirstOrDefault(facts => facts["changes"] is JObject { Count: > 0 });
        return facts is null ? [] : new() { ["kind"] = facts["kind"], ["changes"] = facts["changes"], ["from"] = facts["from"], ["to"] = facts["to"] };
    }
}
