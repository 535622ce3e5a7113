using Automation.Engine.Api.Json;
using Automation.Engine.Expressions;
using Automation.Engine.Hosting.Accounts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Tools;

/// <summary>A condition, formula, script or text to try.</summary>
/// <param name="Language">NCalc, JavaScript or Liquid.</param>
/// <param name="Values">Roots by name, such as <c>{"deal":{"price":1000}}</c>.</param>
public sealed record EvalRequest(string? Language, string? Text, JObject? Values);

/// <param name="Value">Absent when it failed.</param>
public sealed record EvalAnswer(bool Ok, object? Value, ExpressionError? Error, IReadOnlyList<EvalSeen> Seen);

public sealed record EvalSeen(string Path, object Value);

internal static class EvalEndpoints
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/eval", EvalAsync).Needs(Permissions.Read).WithSummary("Tries an expression on given values").Accepts<EvalRequest>("application/json").Produces<EvalAnswer>();

    private static async Task<IResult> EvalAsync(HttpContext context, IExpressionEvaluator evaluator, AccountDirectory accounts, TimeProvider clock)
    {
        var body = await ApiJson.ReadAsync<EvalRequest>(context.Request, context.RequestAborted);
        var language = body.Language switch
        {
            null => ExpressionTypes.NCalc,
            _ when string.Equals(body.Language, ExpressionTypes.NCalc, StringComparison.OrdinalIgnoreCase) => ExpressionTypes.NCalc,
            _ when string.Equals(body.Language, ExpressionTypes.JavaScript, StringComparison.OrdinalIgnoreCase) => ExpressionTypes.JavaScript,
            _ when string.Equals(body.Language, ExpressionTypes.Liquid, StringComparison.OrdinalIgnoreCase) => ExpressionTypes.Liquid,
            _ => throw ApiProblem.BadRequest("payload_invalid", "language is NCalc, JavaScript or Liquid."),
        };
        if (body.Text is null) throw ApiProblem.BadRequest("payload_invalid", "Give the text of the expression.");
        var account = await accounts.GetAsync(context.Account(), context.RequestAborted);
        var scope = new GivenScope(body.Values ?? [], clock.GetUtcNow(), account.TimeZone, account.Language);
        var result = await evaluator.EvaluateAsync(new(language, body.Text), scope, context.RequestAborted);
        return new JsonAnswer(new EvalAnswer(result.Error is null, result.Error is null ? result.Value : null, result.Error, [.. result.Seen.Select(seen => new EvalSeen(seen.Path, seen.Value))]));
    }

    private sealed class GivenScope(JObject values, DateTimeOffset now, TimeZoneInfo zone, string language) : IExpressionScope
    {
        public IReadOnlyCollection<string> Roots { get; } = [.. values.Properties().Select(property => property.Name).Append("now").Distinct()];

        public ValueTask<JToken> ReadRootAsync(string root, CancellationToken cancellationToken) =>
            ValueTask.FromResult(values[root] ?? (root == "now" ? now.ToString("O", System.Globalization.CultureInfo.InvariantCulture) : JValue.CreateNull()));

        public DateTimeOffset Now => now;

        public TimeZoneInfo TimeZone => zone;

        public string Language => language;
    }
}
