using Automation.Engine.Expressions;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Workflows.Interpreter;

/// <summary>What people wrote into the inputs of a step, as its document has it.</summary>
public static class WrittenExpressions
{
    /// <summary>All of one input: its own, those in the entries of a dictionary, those in the cases of a switch. A script stands there as JavaScript.</summary>
    public static IEnumerable<Expression> Of(JObject step, InputDescriptor input)
    {
        if (step.GetValue(input.JsonName, StringComparison.OrdinalIgnoreCase) is not { Type: not JTokenType.Null } json) return [];
        if (!input.IsWrapped) return json is JArray cases ? cases.OfType<JObject>().SelectMany(Entries) : [];
        if (InputReader.Expression(json) is not { } expression) return [];
        if (expression.Type == ExpressionTypes.Object) return InputReader.Content(expression) is JObject entries ? Entries(entries) : [];
        return [IsScript(input) && expression.Type == ExpressionTypes.Literal ? expression with { Type = ExpressionTypes.JavaScript } : expression];
    }

    // Studio's code editor writes the code as a literal.
    private static bool IsScript(InputDescriptor input) => input is { UIHint: "code-editor", Attribute: { AutoEvaluate: false, DefaultSyntax: ExpressionTypes.JavaScript } };

    private static IEnumerable<Expression> Entries(JObject entries) =>
        entries.Properties().Select(entry => entry.Value).Where(InputReader.IsExpression).Select(entry => InputReader.From((JObject)entry)).OfType<Expression>();
}
