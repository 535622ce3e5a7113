using System.Text.RegularExpressions;
using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Funnels;
using Automation.Engine.Api.Json;
using Automation.Engine.Expressions;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Ports;
using Automation.Engine.Texts;
using Automation.Engine.Workflows.Interpreter;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Tools;

/// <summary>A text or value of a step to try.</summary>
/// <param name="Syntax">Liquid (default), NCalc, JavaScript or Literal.</param>
/// <param name="Connection">Id or name; absent for the account's only CRM.</param>
/// <param name="Entity">The deal; absent: the text is only checked.</param>
/// <param name="Sms">Counts the parts of an SMS.</param>
public sealed record TryTextRequest(string? Text, string? Syntax, string? Connection, string? Entity, bool Sms);

/// <param name="Text">What it becomes on the deal; absent without a deal, or where it failed.</param>
/// <param name="Error">In words; absent when it is well.</param>
/// <param name="Line">Where the error is, as far as that is known; 1 is the first.</param>
/// <param name="Empty">Fields that the text names and that the deal leaves empty.</param>
/// <param name="Sms">Of what it becomes; without a deal, of what it says itself.</param>
public sealed record TryTextAnswer(string? Text, string? Error, int? Line, IReadOnlyList<string> Empty, SmsParts? Sms);

internal static partial class TryTextEndpoint
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/try/text", TryAsync).Needs(Permissions.Edit).WithSummary("Tries a step's text on a deal, and counts the parts of an SMS").Accepts<TryTextRequest>("application/json").Produces<TryTextAnswer>();

    private static async Task<IResult> TryAsync(HttpContext context, DealTexts deals, IExpressionEvaluator evaluator, AccountDirectory accounts, string? lang)
    {
        var body = await ApiJson.ReadAsync<TryTextRequest>(context.Request, context.RequestAborted);
        var english = await Languages.IsEnglishAsync(context, accounts, lang);
        var (text, syntax) = (body.Text ?? "", SyntaxOf(body.Syntax));
        if (syntax == ExpressionTypes.Literal) return Answer(text, null, [], text, body.Sms);

        var expression = new Expression(syntax, text);
        if (await evaluator.ValidateAsync(expression, null, context.RequestAborted) is { } wrong) return Answer(null, wrong, [], text, body.Sms, english);
        if (body.Entity is not { Length: > 0 } entity) return Answer(null, null, [], Unmarked().Replace(text, ""), body.Sms);
        try
        {
            var result = await deals.EvaluateAsync(context.Account(), body.Connection, entity.Trim().TrimStart('#', '№').Trim(), expression, context.RequestAborted);
            var made = result.Error is null ? ValueConverter.Text(result.Value) ?? "" : null;
            return Answer(made, result.Error, [.. result.Seen.Where(seen => seen.Value.Type == JTokenType.Null).Select(seen => seen.Path).Distinct()], made ?? text, body.Sms, english);
        }
        catch (RemoteCallException e)
        {
            return Answer(null, new("remote", e.Message), [], text, body.Sms, english);
        }
    }

    /// <exception cref="ProblemException">It is none of them.</exception>
    private static string SyntaxOf(string? asked) =>
        asked is null ? ExpressionTypes.Liquid
            : new[] { ExpressionTypes.Liquid, ExpressionTypes.NCalc, ExpressionTypes.JavaScript, ExpressionTypes.Literal }.FirstOrDefault(one => string.Equals(one, asked, StringComparison.OrdinalIgnoreCase))
                ?? throw ApiProblem.BadRequest("payload_invalid", "syntax is Liquid, NCalc, JavaScript or Literal.");

    private static JsonAnswer Answer(string? made, ExpressionError? error, IReadOnlyList<string> empty, string counted, bool sms, bool english = false) =>
        new(new TryTextAnswer(made, error is null ? null : ExpressionWords.Of(error, english), error?.Line, empty, sms ? SmsParts.Of(counted.Trim()) : null));

    [GeneratedRegex(@"\{\{.*?\}\}|\{%.*?%\}", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Unmarked();
}
