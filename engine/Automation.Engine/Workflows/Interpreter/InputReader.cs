using Automation.Engine.Expressions;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Workflows.Interpreter;

/// <summary>Reads one wrapped input of one activity.</summary>
internal sealed class InputReader(DefinitionCompiler compiler, InputDescriptor descriptor)
{
    // Elsa's older documents call an object so.
    private const string Json = "Json";

    /// <summary>The expression that the JSON holds; null when it holds none (the default applies).</summary>
    public static Expression? Expression(JToken json)
    {
        if (json is not JObject wrapper) return new Expression(ExpressionTypes.Literal, json);
        if (wrapper["expression"] is JObject expression) return From(expression);
        if (wrapper["type"] is JValue { Value: string } && wrapper.Count <= 2) return From(wrapper);
        return wrapper.ContainsKey("typeName") || wrapper.ContainsKey("memoryReference") ? null : new Expression(ExpressionTypes.Object, json);
    }

    public PlanInput Plan(Input input, JToken? json)
    {
        var expression = input.Expression;
        switch (expression.Type)
        {
            case ExpressionTypes.Variable or ExpressionTypes.Input or ExpressionTypes.Output:
                return new PlanInput(descriptor, input, expression, Target(expression), null, null, false);
            case ExpressionTypes.Literal or ExpressionTypes.Object when !HoldsExpressions(expression):
                return Constant(input, json);
            default:
                return new PlanInput(descriptor, input, expression, null, null, null, false);
        }
    }

    public static Expression? From(JObject json)
    {
        var type = (string?)json["type"] switch { null => ExpressionTypes.Literal, Json => ExpressionTypes.Object, var named => named };
        return json["value"] is { Type: not JTokenType.Null } value ? new Expression(type, value) : null;
    }

    private PlanInput Constant(Input input, JToken? json)
    {
        var constant = input.Expression.Value ?? JValue.CreateNull();
        try
        {
            constant = DefinitionCompiler.Shared(JsonText.Normalize(Content(input.Expression).DeepClone()));
            var value = ValueConverter.Convert(constant, descriptor.Type, TimeZoneInfo.Utc);
            // A date without offset is wall time of the account, which only a run knows.
            var isShared = ValueConverter.IsImmutable(value) && value is not (DateTime or DateTimeOffset);
            return new PlanInput(descriptor, input, input.Expression, null, constant, isShared ? value : null, isShared);
        }
        catch (Exception problem) when (problem is FormatException or JsonException)
        {
            compiler.Report(json ?? constant, "value_invalid", $"{descriptor.Name}: {problem.Message}");
            return new PlanInput(descriptor, input, input.Expression, null, constant, null, false);
        }
    }

    internal static JToken Content(Expression expression) =>
        expression is { Type: ExpressionTypes.Object, Value: JValue { Value: string text } } && JsonText.TryParse(text, out var json) ? json : expression.Value!;

    // Elsa's dictionary editor: each value plain, or an expression of its own.
    private static bool HoldsExpressions(Expression expression) =>
        expression.Type == ExpressionTypes.Object && Content(expression) is JObject entries && entries.Properties().Any(entry => IsExpression(entry.Value));

    internal static bool IsExpression(JToken token) =>
        token is JObject { Count: 2 } entry && entry["value"] is not null && entry["type"] is JValue { Value: string type } && ExpressionKinds.Contains(type);

    private static readonly HashSet<string> ExpressionKinds =
    [
        ExpressionTypes.Literal, ExpressionTypes.Object, ExpressionTypes.Variable, ExpressionTypes.Input, ExpressionTypes.Output,
        ExpressionTypes.JavaScript, ExpressionTypes.Liquid, ExpressionTypes.NCalc, Json,
    ];

    // Studio's pickers write the whole variable or input as JSON text; people write its name.
    private string Target(Expression expression)
    {
        var (id, name) = Reference(expression);
        return expression.Type == ExpressionTypes.Variable && (compiler.FindVariable(id) ?? compiler.FindVariable(name)) is { } variable ? variable.Name : name;
    }

    internal static (string Id, string Name) Reference(Expression expression)
    {
        var json = expression.Value is JValue { Value: string text } && text.TrimStart().StartsWith('{') && JsonText.TryParse(text, out var parsed) ? parsed : expression.Value;
        if (json is not JObject reference) return (expression.Text, expression.Text);
        var name = (string?)reference["name"] ?? (string?)reference["id"] ?? "";
        return ((string?)reference["id"] ?? name, name);
    }
}
