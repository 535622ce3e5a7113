using Automation.Engine.Accounts;
using Automation.Engine.Api.Connections;
using Automation.Engine.Api.Errors;
using Automation.Engine.Expressions;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Ports;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Tools;

/// <summary>What a text or a value of a step becomes on a deal as it is now.</summary>
public sealed class DealTexts(IDbContextFactory<AutomationDbContext> contexts, AccountDirectory accounts, CrmDirectoryCache directories, IPorts ports, IExpressionEvaluator evaluator, TimeProvider clock)
{
    /// <param name="connection">Id or name; null for the account's only CRM.</param>
    /// <exception cref="ProblemException">404: no such connection, or nothing is known of the deal.</exception>
    /// <exception cref="RemoteCallException">The CRM does not answer.</exception>
    public async Task<EvaluationResult> EvaluateAsync(AccountId account, string? connection, string entity, Expression expression, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var crm = await ConnectionFinder.FindAsync(db, account, connection, cancellationToken);
        var json = await db.Mailboxes.AsNoTracking().Where(row => row.AccountId == account.Value && row.ConnectionId == crm.Id && row.EntityType == EntityTypes.Deal && row.EntityId == entity).Select(row => row.State).FirstOrDefaultAsync(cancellationToken);
        var key = new MailboxKey(account, new(crm.Id), EntityTypes.Deal, entity);
        var scope = new EventScope(await accounts.GetAsync(account, cancellationToken), key, MailboxState.FromJson(json ?? "{}"), [], new RecordedInputs(), ports, directories, clock.GetUtcNow(), fresh: false);
        if ((await scope.ReadRootAsync("deal", cancellationToken)).Type == JTokenType.Null) throw ApiProblem.NotFound("There is no such deal.");
        return await evaluator.EvaluateAsync(expression, scope, cancellationToken);
    }
}
