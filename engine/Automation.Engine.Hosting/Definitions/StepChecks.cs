using Automation.Engine.Expressions;
using Automation.Engine.Hosting.Funnels.Checks;
using Automation.Engine.Workflows;
using Automation.Engine.Workflows.Interpreter;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Definitions;

/// <summary>What a workflow's compiler does not ask: whether every text of a step can be read as its language, and whether a step has what it does nothing without.</summary>
public sealed class StepChecks(IExpressionEvaluator evaluator, ActivityRegistry registry)
{
    private static readonly HashSet<string> Languages = [ExpressionTypes.JavaScript, ExpressionTypes.Liquid, ExpressionTypes.NCalc];

    /// <exception cref="DefinitionInvalidException">With every problem and the step that has it.</exception>
    public async Task CheckAsync(JObject document, AccountComposites composites, CancellationToken cancellationToken)
    {
        var (problems, activities) = (new List<DefinitionProblem>(), new AccountActivities(registry, composites));
        foreach (var node in DefinitionDocument.Activities(document))
        {
            if (activities.Find((string?)node["type"] ?? "", (int?)node["version"] ?? 1) is not { } activity) continue;
            var step = new Step(node, (string?)node["id"] ?? "", activity.TypeName);
            var name = (string?)node["name"] is { Length: > 0 } given ? given : step.Id;
            problems.AddRange(RequiredCheck.Empty(step, activity).Select(input => Problem(input, "input_empty", $"fill in “{input.DisplayName}”.")));
            problems.AddRange((await UnreadableAsync(node, activity, cancellationToken)).Select(found => Problem(found.Input, found.Error.Code, $"“{found.Input.DisplayName}” cannot be read{Place(found.Error)}: {found.Error.Message}")));

            DefinitionProblem Problem(InputDescriptor input, string code, string what) => new($"{node.Path}.{input.JsonName}", code, $"The step “{name}” ({activity.DisplayName}): {what}");
        }

        if (problems.Count > 0) throw new DefinitionInvalidException(problems);
    }

    // That nobody had time to look is no judgement.
    private async Task<IReadOnlyList<(InputDescriptor Input, ExpressionError Error)>> UnreadableAsync(JObject step, ActivityDescriptor activity, CancellationToken cancellationToken)
    {
        var found = new List<(InputDescriptor, ExpressionError)>();
        foreach (var input in activity.Inputs)
            foreach (var expression in WrittenExpressions.Of(step, input).Where(expression => Languages.Contains(expression.Type)))
                if (await evaluator.ValidateAsync(expression, null, cancellationToken) is { } error && error.Code != ExpressionCodes.ScriptUnavailable) found.Add((input, error));
        return found;
    }

    private static string Place(ExpressionError error) => error.Line is { } line ? $" (line {line})" : "";
}
