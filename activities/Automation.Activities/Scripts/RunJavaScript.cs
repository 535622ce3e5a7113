using Automation.Engine.Expressions;
using Automation.Engine.Workflows;
using Automation.Engine.Workflows.Interpreter;
using Newtonsoft.Json.Linq;

namespace Automation.Activities.Scripts;

/// <summary>Runs a user's script in the script worker. What it gives back (result, variables, outcomes) is journaled; replay does not run it again.</summary>
[Activity("Elsa", "Scripting", "Runs JavaScript.", DisplayName = "Run JavaScript", DisplayNameRu = "Выполнить JavaScript", CategoryRu = "Скрипты"), Deterministic]
public sealed class RunJavaScript : Activity<JToken>
{
    [Input(DisplayNameRu = "Скрипт", UIHint = "code-editor", DefaultSyntax = "JavaScript", AutoEvaluate = false, Order = 0)]
    public Input<string>? Script { get; set; }

    [Input(DisplayNameRu = "Возможные исходы", UIHint = "dynamic-outcomes", Order = 1)]
    public Input<ICollection<string>>? PossibleOutcomes { get; set; }

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var source = Script?.Expression.Text ?? "";
        var answer = source.Length == 0 ? [] : (JObject)await context.ReadAsync($"script/{context.Run.Id:N}/{context.Id}/run", cancellationToken => RunAsync(context, source, cancellationToken));
        if (answer["error"] is JObject error) throw new ActivityFaultException((string)error["code"]!, (string)error["message"]!);
        foreach (var (name, value) in answer["variables"] as JObject ?? []) context.SetVariable(name, value!);
        if ((string?)answer["correlationId"] is { } correlationId) context.Run.CorrelationId = correlationId;
        if ((string?)answer["name"] is { } title) context.Run.Name = title;
        context.Set(Result, answer["value"]);
        var outcomes = (answer["outcomes"] as JArray ?? []).Select(outcome => (string)outcome!).ToArray();
        await context.CompleteActivityWithOutcomesAsync(outcomes.Length == 0 ? ["Done"] : outcomes);
    }

    private static async Task<JToken> RunAsync(ActivityExecutionContext context, string source, CancellationToken cancellationToken)
    {
        var globals = new JObject();
        foreach (var root in context.ExpressionScope.Roots.Where(root => Names(source, root)))
            globals[root] = await context.ExpressionScope.ReadRootAsync(root, cancellationToken);
        var result = await context.GetRequiredService<IScriptRunner>().RunAsync(new ScriptRequest(source, globals, context.ExpressionScope.Account), cancellationToken);
        return new JObject
        {
            ["value"] = JsonText.Normalize(result.Value),
            ["variables"] = result.VariableSets,
            ["outcomes"] = new JArray(result.Outcomes),
            ["correlationId"] = result.CorrelationId,
            ["name"] = result.InstanceName,
            ["error"] = result.Error is { } error ? JsonText.From(error) : null,
        };
    }

    // Roots behind a CRM read are read only when the script names them; Elsa's functions need theirs always.
    private static bool Names(string source, string root) =>
        root is "variables" or "input" or "workflow" or "outputs" or "lastResult" || source.Contains(root, StringComparison.Ordinal);
}
