using Automation.Engine.Expressions;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Workflows.Interpreter;

// Values of an activity that runs after the commit: inputs come with the request, what it sets goes into the answer.
internal sealed partial class RecordingContext
{
    public override T? Get<T>(Input<T>? input) where T : default
    {
        if (input is null || _node.Find(input) is not { } planned) return default;
        var token = planned.Constant ?? _request["inputs"]?[planned.Descriptor.JsonName];
        return (T?)ValueConverter.Convert(token, typeof(T), TimeZone);
    }

    public override void Set<T>(Output<T>? output, T? value) where T : default
    {
        if (output is not null && Array.Find(_node.Outputs, candidate => ReferenceEquals(candidate.Output, output)) is { } planned) Put("outputs", planned.Name, JsonText.From(value));
    }

    public override void SetResult(object? value) => Put("outputs", "Result", JsonText.From(value));

    public override void SetWorkflowOutput(string name, JToken value) => Put("workflowOutputs", name, JsonText.Normalize(value));

    public override async ValueTask<JToken> EvaluateAsync(Expression expression, bool canContainSecrets = false)
    {
        switch (expression.Type)
        {
            case ExpressionTypes.Literal or ExpressionTypes.Object: return expression.Value ?? JValue.CreateNull();
            case ExpressionTypes.Variable: return GetVariable(InputReader.Reference(expression).Name);
            case ExpressionTypes.Input: return WorkflowInput.GetValueOrDefault(InputReader.Reference(expression).Name) ?? JValue.CreateNull();
        }
        var result = await _evaluator.EvaluateAsync(expression, ExpressionScope, CancellationToken);
        return result.Error is { } error ? throw new ActivityFaultException(error.Code, error.Message) : result.Value;
    }

    public override async ValueTask<T?> EvaluateAsync<T>(Input<T>? input) where T : default =>
        input is null ? default : (T?)ValueConverter.Convert(_node.Find(input)?.Constant ?? await EvaluateAsync(input.Expression), typeof(T), TimeZone);

    public override JToken GetVariable(string name) => _own[name] ?? _variables[name] ?? JValue.CreateNull();

    public override void SetVariable(string name, JToken value)
    {
        _variables[name] = JsonText.Normalize(value);
        Put("variables", name, value);
    }

    public override void SetOwnVariable(string name, JToken value)
    {
        _own[name] = JsonText.Normalize(value);
        Put("ownVariables", name, value);
    }

    private void Put(string group, string name, JToken value)
    {
        if (Answer[group] is not JObject members) Answer[group] = members = [];
        members[name] = value;
    }

    /// <summary>No CRM roots here: what an activity needs of them, its inputs bring.</summary>
    private sealed class RecordedScope(RecordingContext context, string language) : IExpressionScope
    {
        public IReadOnlyCollection<string> Roots => [.. context._variables.Properties().Select(p => p.Name).Union(["input", "variables"], StringComparer.Ordinal)];

        public DateTimeOffset Now => context.Now;

        public TimeZoneInfo TimeZone => context.TimeZone;

        public string Language => language;

        public ValueTask<JToken> ReadRootAsync(string root, CancellationToken cancellationToken) => ValueTask.FromResult(root switch
        {
            "input" => context._request["input"]!,
            "variables" => context._variables,
            _ => context.GetVariable(root),
        });
    }
}
