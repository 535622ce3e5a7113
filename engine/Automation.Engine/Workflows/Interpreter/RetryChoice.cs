using Automation.Engine.Effects;
using Automation.Engine.Expressions;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Workflows.Interpreter;

/// <summary>The retry strategy that a step chose in the editor: one by name, or what an expression gives at run time.</summary>
internal sealed record RetryChoice(RetryStrategy? Strategy, Expression? Expression)
{
    private const string Property = "resilienceStrategy";

    /// <summary>Reads <c>{mode: "Identifier" | "Expression", strategyId, expression}</c>; null where nothing is chosen.</summary>
    public static RetryChoice? Read(DefinitionCompiler compiler, JToken? customProperties)
    {
        if (customProperties is not JObject { Count: > 0 } custom || custom[Property] is not JObject chosen) return null;
        if ((string?)chosen["mode"] == "Expression") return chosen["expression"] is JObject json && InputReader.From(json) is { } expression ? new(null, expression) : null;
        if ((string?)chosen["strategyId"] is not { Length: > 0 } id) return null;
        if (RetryStrategy.Find(id) is { } strategy) return new(strategy, null);
        compiler.Report(chosen, "strategy_unknown", $"There is no retry strategy '{id}': choose {string.Join(", ", RetryStrategy.All.Select(one => one.Id))}.");
        return null;
    }

    /// <exception cref="ActivityFaultException">What the expression gives is no strategy.</exception>
    public async ValueTask<RetryStrategy> DecideAsync(Execution execution)
    {
        if (Strategy is { } strategy) return strategy;
        try
        {
            return RetryStrategy.Read(await execution.Burst.Expressions.EvaluateAsync(execution, Expression!, null, Property, true));
        }
        catch (FormatException problem)
        {
            throw new ActivityFaultException("strategy_invalid", problem.Message, problem);
        }
    }
}
