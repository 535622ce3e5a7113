using Automation.Engine.Accounts;
using Automation.Engine.Api.Tools;
using Automation.Engine.Expressions;
using Automation.Engine.Expressions.Builder;
using Automation.Engine.Funnels;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Conditions;

/// <summary>A condition on a deal as it is now, part by part.</summary>
public sealed class ConditionTrial(DealScopes scopes, IExpressionEvaluator evaluator)
{
    // Each part is asked by itself: what the whole did not need to look at has a value too.
    private const int MostParts = 100;

    /// <param name="connection">Id or name; null for the account's only CRM.</param>
    /// <param name="entity">The deal.</param>
    /// <exception cref="Errors.ProblemException">404: no such connection, or nothing is known of the deal.</exception>
    /// <exception cref="Ports.RemoteCallException">The CRM does not answer.</exception>
    public async Task<TryConditionAnswer> TryAsync(AccountId account, Condition condition, string? connection, string entity, bool english, CancellationToken cancellationToken)
    {
        var scope = await scopes.OpenAsync(account, connection, entity, cancellationToken);
        var name = (string?)(await scope.ReadRootAsync("deal", cancellationToken))["name"];
        var whole = await evaluator.EvaluateAsync(condition.ToExpression(), scope, cancellationToken);
        var parts = new List<TriedPart>();
        if (condition.Language == ExpressionTypes.NCalc)
        {
            foreach (var part in ConditionParts.Of(condition.Text).Take(MostParts))
                parts.Add(Part(part.Path, part.Text, part.Path.Length == 0 ? whole : await evaluator.EvaluateAsync(new(ExpressionTypes.NCalc, part.Text), scope, cancellationToken), english));
        }
        else
        {
            parts.Add(Part("", condition.Text, whole, english));
        }

        return new(Holds(whole), Error(whole, english), whole.Error?.Line, whole.Error?.Column, name, parts);
    }

    private static TriedPart Part(string path, string text, EvaluationResult result, bool english) =>
        new(path, text, Holds(result), Error(result, english), [.. result.Seen.Where(seen => seen.Path != text).Select(seen => new EvalSeen(seen.Path, seen.Value))]);

    // As a trigger takes it: only true fires.
    private static bool? Holds(EvaluationResult result) => result.Error is null && result.Value is JValue { Value: bool holds } ? holds : null;

    private static string? Error(EvaluationResult result, bool english)
    {
        if (result.Error is { } error) return ExpressionWords.Of(error, english);
        if (result.Value is JValue { Value: bool }) return null;
        return english ? "The answer must be yes or no." : "Ответом должно быть «да» или «нет».";
    }
}
