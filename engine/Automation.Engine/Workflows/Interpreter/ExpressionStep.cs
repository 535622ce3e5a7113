using Automation.Engine.Expressions;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Workflows.Interpreter;

/// <summary>Evaluates expressions within a step. Scripts are journaled inputs: replay sees their recorded results.</summary>
internal sealed class ExpressionStep(Burst burst, IExpressionEvaluator evaluator)
{
    public ValueTask<JToken> EvaluateAsync(Execution execution, PlanInput input) =>
        EvaluateAsync(execution, input.Expression, input.Name, input.Descriptor.Name, input.IsOpen && !execution.Hides(input));

    /// <param name="target">Name that a Variable, Input or Output expression points at, when already known.</param>
    /// <param name="label">Names the evaluation in keys and messages.</param>
    /// <param name="isOpen">Values seen may stand in the journal.</param>
    /// <exception cref="ActivityFaultException">The expression failed.</exception>
    public async ValueTask<JToken> EvaluateAsync(Execution execution, Expression expression, string? target, string label, bool isOpen)
    {
        switch (expression.Type)
        {
            case ExpressionTypes.Literal: return expression.Value ?? JValue.CreateNull();
            case ExpressionTypes.Object: return await ObjectAsync(execution, expression, label, isOpen);
            case ExpressionTypes.Variable: return execution.GetVariable(target ?? InputReader.Reference(expression).Name);
            case ExpressionTypes.Input: return execution.Given[target ?? InputReader.Reference(expression).Name] ?? JValue.CreateNull();
            case ExpressionTypes.Output: return execution.WorkflowOutput(target ?? InputReader.Reference(expression).Name);
        }
        var result = expression.Type == ExpressionTypes.JavaScript
            ? await ScriptAsync(execution, expression, burst.ScriptKey(execution, label))
            : await evaluator.EvaluateAsync(expression, execution.ExpressionScope, burst.CancellationToken);
        if (isOpen && result.Seen.Count > 0) burst.Facts.Saw(execution, result.Seen);
        if (result.Error is { } error) throw new ActivityFaultException(error.Code, $"{label}: {error.Message}");
        if (result.Changes is { } changes) Apply(execution, changes);
        return JsonText.Normalize(result.Value);
    }

    /// <summary>Evaluates beside the run: what a script would change is not taken, and it is not counted among the run's scripts.</summary>
    /// <exception cref="ActivityFaultException">The expression failed.</exception>
    public async ValueTask<JToken> LookAsync(Execution execution, Expression expression, string label)
    {
        if (expression.Type != ExpressionTypes.JavaScript) return await EvaluateAsync(execution, expression, null, label, false);
        var result = await ScriptAsync(execution, expression, $"script/{burst.Run.Id:N}/{execution.Id}/{label}");
        return result.Error is { } error ? throw new ActivityFaultException(error.Code, $"{label}: {error.Message}") : result.Value;
    }

    private static void Apply(Execution execution, ScriptChanges changes)
    {
        foreach (var (name, value) in changes.Variables) execution.SetVariable(name, value!.DeepClone());
        if (changes.CorrelationId is { } correlation) execution.Run.CorrelationId = correlation;
        if (changes.InstanceName is { } title) execution.Run.Name = title;
    }

    private async ValueTask<JToken> ObjectAsync(Execution execution, Expression expression, string label, bool isOpen)
    {
        var content = expression.Value is JValue { Value: string text } && JsonText.TryParse(text, out var json) ? json : expression.Value ?? JValue.CreateNull();
        if (content is not JObject entries) return content;
        var evaluated = new JObject();
        foreach (var (name, value) in entries)
        {
            evaluated[name] = InputReader.IsExpression(value!) && InputReader.From((JObject)value!) is { } nested
                ? await EvaluateAsync(execution, nested, null, $"{label}.{name}", isOpen)
                : value;
        }
        return evaluated;
    }

    private async ValueTask<EvaluationResult> ScriptAsync(Execution execution, Expression expression, string key)
    {
        var recorded = await execution.ReadAsync(key, async cancellationToken =>
            Record(await evaluator.EvaluateAsync(expression, execution.ExpressionScope, cancellationToken)));
        return Restore((JObject)recorded);
    }

    private static JObject Record(EvaluationResult result)
    {
        var record = new JObject { ["value"] = JsonText.Normalize(result.Value) };
        if (result.Error is { } error) record["error"] = JsonText.From(error);
        if (result.Seen.Count > 0) record["seen"] = JsonText.From(result.Seen);
        if (result.Changes is { } changes) record["changes"] = new JObject { ["variables"] = changes.Variables, ["correlationId"] = changes.CorrelationId, ["name"] = changes.InstanceName };
        return record;
    }

    private static EvaluationResult Restore(JObject record) => new(
        record["value"] ?? JValue.CreateNull(),
        record["error"] is JObject error ? new ExpressionError((string)error["code"]!, (string)error["message"]!, (int?)error["line"], (int?)error["column"], (string?)error["ru"]) : null,
        [.. (record["seen"] as JArray ?? []).Select(seen => new SeenValue((string)seen["path"]!, seen["value"] ?? JValue.CreateNull()))])
    {
        Changes = record["changes"] is JObject changes ? new((JObject)changes["variables"]!, (string?)changes["correlationId"], (string?)changes["name"]) : null,
    };
}
