using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Funnels;
using Automation.Engine.Api.Json;
using Automation.Engine.Api.Tools;
using Automation.Engine.Expressions;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Ports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Automation.Engine.Api.Conditions;

/// <summary>A condition to try.</summary>
/// <param name="Connection">Id or name; absent for the account's only CRM.</param>
/// <param name="Entity">The deal; absent: the condition is only checked.</param>
/// <param name="OfStep">It stands in a step, where it may name variables too: which ones is not known here, so without a deal names are not looked at.</param>
public sealed record TryConditionRequest(Condition? Condition, string? Connection, string? Entity, bool OfStep = false);

/// <param name="Value">Whether a trigger would fire; absent without a deal, or where there is no answer.</param>
/// <param name="Error">Why there is none, in words.</param>
/// <param name="Line">Where the error is, as far as that is known; 1 is the first.</param>
/// <param name="Deal">The deal's name.</param>
/// <param name="Parts">The whole first, then each part by its place; empty without a deal.</param>
public sealed record TryConditionAnswer(bool? Value, string? Error, int? Line, int? Column, string? Deal, IReadOnlyList<TriedPart> Parts);

/// <summary>A part of a condition on the deal.</summary>
/// <param name="Path">Places in the groups from the outside in, from 0, such as <c>1.0</c>; empty for the whole.</param>
/// <param name="Text">The part as a formula.</param>
/// <param name="Value">Absent where there is no answer.</param>
/// <param name="Error">Why there is none, in words.</param>
/// <param name="Seen">Values that it looked at.</param>
public sealed record TriedPart(string Path, string Text, bool? Value, string? Error, IReadOnlyList<EvalSeen> Seen);

internal static class TryConditionEndpoint
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/try/condition", TryAsync).Needs(Permissions.Read).WithSummary("Tries a condition on a deal, part by part").Accepts<TryConditionRequest>("application/json").Produces<TryConditionAnswer>();

    private static async Task<IResult> TryAsync(HttpContext context, ConditionTrial trial, IExpressionEvaluator evaluator, DealScopes scopes, AccountDirectory accounts, string? lang)
    {
        var body = await ApiJson.ReadAsync<TryConditionRequest>(context.Request, context.RequestAborted);
        var english = await Languages.IsEnglishAsync(context, accounts, lang);
        if (body.Condition is not { Text: not null, Language: ExpressionTypes.NCalc or ExpressionTypes.JavaScript } condition) throw ApiProblem.BadRequest("payload_invalid", "Give a condition: its language, NCalc or JavaScript, and its text.");
        if (await evaluator.ValidateAsync(condition.ToExpression(), body.OfStep ? null : EventScope.Names, context.RequestAborted) is { } wrong)
        {
            var told = wrong.UnknownPath is null ? wrong : MeantField.Explain(wrong, await scopes.DirectoryAsync(context.Account(), body.Connection, context.RequestAborted));
            return Refused(ExpressionWords.Of(told, english), wrong.Line, wrong.Column);
        }

        if (body.Entity?.Trim().TrimStart('#', '№').Trim() is not { Length: > 0 } entity) return new JsonAnswer(new TryConditionAnswer(null, null, null, null, null, []));
        try
        {
            return new JsonAnswer(await trial.TryAsync(context.Account(), condition, body.Connection, entity, english, context.RequestAborted));
        }
        catch (RemoteCallException e)
        {
            return Refused(ExpressionWords.Of(new("remote", e.Message), english), null, null);
        }
    }

    private static JsonAnswer Refused(string words, int? line, int? column) => new(new TryConditionAnswer(null, words, line, column, null, []));
}
