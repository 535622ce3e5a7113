using Automation.Engine.Expressions;
using Automation.Engine.Hosting.Funnels.Checks;
using Automation.Engine.Workflows.Interpreter;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Definitions;

/// <summary>An input of a step in which a script, a formula or a text cannot be read.</summary>
/// <param name="Step">Name that people gave it, or its id.</param>
/// <param name="Path">Of the input in the workflow's document.</param>
internal sealed record UnreadableInput(string Step, string Path, ActivityDescriptor Activity, InputDescriptor Input, ExpressionError Error);

/// <summary>
/// Reads what people wrote into steps as the language that it is in. That nobody had time to look is no judgement; a script that had to be left
/// out for that ends the search among scripts, so that nobody waits for each of them.
/// </summary>
internal sealed class StepReading(IExpressionEvaluator evaluator)
{
    private static readonly HashSet<string> Languages = [ExpressionTypes.JavaScript, ExpressionTypes.Liquid, ExpressionTypes.NCalc];

    /// <summary>Scripts that nobody had time to look at.</summary>
    public int LeftOut { get; private set; }

    /// <summary>Everything that cannot be read in a workflow, in its order. What only has to be filled in is none of it.</summary>
    public async Task<IReadOnlyList<UnreadableInput>> UnreadableAsync(JObject workflow, AccountActivities activities, CancellationToken cancellationToken)
    {
        var found = new List<UnreadableInput>();
        foreach (var (step, activity) in Known(workflow, activities))
            foreach (var input in activity.Inputs.Except(RequiredCheck.Empty(step, activity)))
                foreach (var expression in WrittenExpressions.Of(step.Node, input).Where(expression => Languages.Contains(expression.Type)))
                    if (await ErrorOfAsync(expression, cancellationToken) is { } error) found.Add(new(step.Name, $"{step.Node.Path}.{input.JsonName}", activity, input, error));
        return found;
    }

    /// <summary>Steps of types that are there, with these.</summary>
    public static IEnumerable<(Step Step, ActivityDescriptor Activity)> Known(JObject workflow, AccountActivities activities)
    {
        foreach (var node in DefinitionDocument.Activities(workflow))
        {
            var type = (string?)node["type"] ?? "";
            if (activities.Find(type, (int?)node["version"] ?? 1) is { } activity) yield return (new(node, (string?)node["id"] ?? "", type), activity);
        }
    }

    private async ValueTask<ExpressionError?> ErrorOfAsync(Expression expression, CancellationToken cancellationToken)
    {
        var isScript = expression.Type == ExpressionTypes.JavaScript;
        var error = isScript && LeftOut > 0 ? null : await evaluator.ValidateAsync(expression, null, cancellationToken);
        if (!isScript || (LeftOut == 0 && error?.Code != ExpressionCodes.ScriptUnavailable)) return error;
        LeftOut++;
        return null;
    }
}
