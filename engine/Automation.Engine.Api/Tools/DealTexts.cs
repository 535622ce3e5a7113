using Automation.Engine.Accounts;
using Automation.Engine.Api.Errors;
using Automation.Engine.Expressions;
using Automation.Engine.Ports;

namespace Automation.Engine.Api.Tools;

/// <summary>What a text or a value of a step becomes on a deal as it is now.</summary>
public sealed class DealTexts(DealScopes scopes, IExpressionEvaluator evaluator)
{
    /// <param name="connection">Id or name; null for the account's only CRM.</param>
    /// <exception cref="ProblemException">404: no such connection, or nothing is known of the deal.</exception>
    /// <exception cref="RemoteCallException">The CRM does not answer.</exception>
    public async Task<EvaluationResult> EvaluateAsync(AccountId account, string? connection, string entity, Expression expression, CancellationToken cancellationToken) =>
        await evaluator.EvaluateAsync(expression, await scopes.OpenAsync(account, connection, entity, cancellationToken), cancellationToken);
}
