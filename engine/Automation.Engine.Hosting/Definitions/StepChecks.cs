using Automation.Engine.Expressions;
using Automation.Engine.Hosting.Funnels.Checks;
using Automation.Engine.Workflows;
using Automation.Engine.Workflows.Interpreter;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Definitions;

/// <summary>What a workflow's compiler does not ask: whether every text of a step can be read as its language, and whether a step has what it does nothing without.</summary>
public sealed class StepChecks(IExpressionEvaluator evaluator, ActivityRegistry registry)
{
    /// <exception cref="DefinitionInvalidException">With every problem and the step that has it.</exception>
    public async Task CheckAsync(JObject document, AccountComposites composites, CancellationToken cancellationToken)
    {
        var activities = new AccountActivities(registry, composites);
        List<DefinitionProblem> problems =
        [
            .. StepReading.Known(document, activities).SelectMany(one => RequiredCheck.Empty(one.Step, one.Activity).Select(input =>
                Problem(one.Step.Name, one.Activity, $"{one.Step.Node.Path}.{input.JsonName}", "input_empty", $"fill in “{input.DisplayName}”."))),
            .. (await new StepReading(evaluator).UnreadableAsync(document, activities, cancellationToken)).Select(found =>
                Problem(found.Step, found.Activity, found.Path, found.Error.Code, $"“{found.Input.DisplayName}” cannot be read{Place(found.Error)}: {found.Error.Message}")),
        ];
        if (problems.Count > 0) throw new DefinitionInvalidException(problems);
    }

    private static DefinitionProblem Problem(string step, ActivityDescriptor activity, string path, string code, string what) => new(path, code, $"The step “{step}” ({activity.DisplayName}): {what}");

    private static string Place(ExpressionError error) => error.Line is { } line ? $" (line {line})" : "";
}
