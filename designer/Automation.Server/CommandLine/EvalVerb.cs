using System.CommandLine;
using Automation.Engine.Expressions;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Server.CommandLine;

/// <summary>Evaluates a formula, a script or a text without a server, under the same limits.</summary>
internal static class EvalVerb
{
    public static Command Create()
    {
        var text = new Argument<string>("TEXT") { Description = "The formula, script or text." };
        var language = new Option<string>("--lang") { Description = "ncalc (formula), js (script) or liquid (text).", DefaultValueFactory = _ => "ncalc" };
        language.AcceptOnlyFromAmong("ncalc", "js", "liquid");
        var values = new Option<string?>("--values") { Description = """What it sees: a file, or JSON such as '{"deal":{"price":100}}'.""" };
        var command = new Command("eval", "Evaluate a formula, a script or a text; needs no server.") { text, language, values };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            try
            {
                var scope = new EvalScope(await ReadAsync(parsed.GetValue(values), cancellationToken));
                var result = await EvaluateAsync(new(Type(parsed.GetRequiredValue(language)), parsed.GetRequiredValue(text)), scope, cancellationToken);
                if (result.Error is { } failure)
                {
                    await error.WriteLineAsync(Words(failure));
                    return 1;
                }
                await output.WriteLineAsync(result.Value is JValue { Value: string plain } ? plain : result.Value.ToString(Formatting.None));
                return 0;
            }
            catch (CommandFailedException failure)
            {
                await error.WriteLineAsync(failure.Message);
                return 1;
            }
        });
        return command;
    }

    private static async Task<EvaluationResult> EvaluateAsync(Expression expression, EvalScope scope, CancellationToken cancellationToken)
    {
        var services = new ServiceCollection().AddLogging().AddAutomationExpressions();
        services.Configure<ScriptOptions>(options => options.Workers = 1);
        await using var provider = services.BuildServiceProvider();
        return await provider.GetRequiredService<IExpressionEvaluator>().EvaluateAsync(expression, scope, cancellationToken);
    }

    private static string Type(string language) => language switch
    {
        "js" => ExpressionTypes.JavaScript,
        "liquid" => ExpressionTypes.Liquid,
        _ => ExpressionTypes.NCalc,
    };

    private static string Words(ExpressionError error) =>
        error.Line is { } line ? $"{error.Code}: {error.Message} (line {line}, column {error.Column ?? 1})" : $"{error.Code}: {error.Message}";

    private static async Task<JObject> ReadAsync(string? given, CancellationToken cancellationToken)
    {
        if (given is null) return [];
        var isText = given.TrimStart().StartsWith('{');
        if (!isText && !File.Exists(given)) throw new CommandFailedException($"--values: there is no file '{given}', and it is not a JSON object.");
        try
        {
            var settings = new JsonSerializerSettings { DateParseHandling = DateParseHandling.None, FloatParseHandling = FloatParseHandling.Decimal };
            return JsonConvert.DeserializeObject<JObject>(isText ? given : await File.ReadAllTextAsync(given, cancellationToken), settings) ?? [];
        }
        catch (JsonException e)
        {
            throw new CommandFailedException($"--values: {e.Message}");
        }
    }
}
