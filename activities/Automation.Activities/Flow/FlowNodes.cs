using Automation.Engine.Expressions;
using Automation.Engine.Workflows;

namespace Automation.Activities.Flow;

[Activity("Elsa", "Flow", "Marks where a flowchart begins.", DisplayNameRu = "Начало", CategoryRu = "Ход"), Deterministic]
public sealed class Start : CodeActivity, IStartNode;

[Activity("Elsa", "Flow", "Ends the flowchart.", DisplayNameRu = "Конец", CategoryRu = "Ход"), Deterministic]
public sealed class End : CodeActivity, ITerminalNode;

public enum FlowJoinMode { WaitAny, WaitAll, WaitAllActive }

/// <summary>Where branches meet; the chart does the waiting.</summary>
[Activity("Elsa", "Flow", "Waits for branches.", DisplayName = "Join", DisplayNameRu = "Слияние", CategoryRu = "Ход"), Deterministic]
public sealed class FlowJoin : CodeActivity
{
    [Input(Description = "WaitAny goes on with the first branch and cancels the others; WaitAll needs every branch; WaitAllActive needs those that are taken.",
        DisplayNameRu = "Чего ждать", DefaultValue = FlowJoinMode.WaitAny, UIHint = "dropdown")]
    public Input<FlowJoinMode>? Mode { get; set; }
}

[Activity("Elsa", "Flow", "Splits the flow into branches.", DisplayName = "Fork", DisplayNameRu = "Разветвление", CategoryRu = "Ход"), Deterministic]
public sealed class FlowFork : Activity
{
    [Input(DisplayNameRu = "Ветви", UIHint = "dynamic-outcomes")]
    public Input<ICollection<string>>? Branches { get; set; }

    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var branches = context.Get(Branches) ?? [];
        return context.CompleteActivityWithOutcomesAsync(branches.Count == 0 ? ["Done"] : [.. branches]);
    }
}

[Activity("Elsa", "Branching", "Chooses one of two ways.", DisplayName = "Decision", DisplayNameRu = "Условие", CategoryRu = "Ветвление"), FlowNode("True", "False"), Deterministic]
public sealed class FlowDecision : Activity
{
    [Input(DisplayNameRu = "Условие", UIHint = "singleline")]
    public Input<bool>? Condition { get; set; }

    protected override ValueTask ExecuteAsync(ActivityExecutionContext context) =>
        context.CompleteActivityWithOutcomesAsync(context.Get(Condition) ? "True" : "False");
}

public enum SwitchMode { MatchFirst, MatchAny }

/// <summary>One way of a switch.</summary>
public sealed class FlowSwitchCase
{
    public string Label { get; set; } = "";
    public Expression? Condition { get; set; }
}

[Activity("Elsa", "Branching", "Chooses the ways whose condition holds.", DisplayName = "Switch (flow)", DisplayNameRu = "Выбор", CategoryRu = "Ветвление"), FlowNode("Default"), Deterministic]
public sealed class FlowSwitch : Activity
{
    [Input(DisplayNameRu = "Варианты", UIHint = "flow-switch-editor")]
    public ICollection<FlowSwitchCase> Cases { get; set; } = [];

    [Input(DisplayNameRu = "Сколько брать", DefaultValue = SwitchMode.MatchFirst, UIHint = "dropdown")]
    public Input<SwitchMode>? Mode { get; set; }

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var matches = new List<string>();
        foreach (var option in Cases)
        {
            if (matches.Count > 0 && context.Get(Mode) == SwitchMode.MatchFirst) break;
            if (await Conditions.HoldsAsync(context, option.Condition)) matches.Add(option.Label);
        }
        await context.CompleteActivityWithOutcomesAsync(matches.Count == 0 ? ["Default"] : [.. matches]);
    }
}

internal static class Conditions
{
    /// <summary>An empty condition does not hold.</summary>
    public static async ValueTask<bool> HoldsAsync(ActivityExecutionContext context, Expression? condition) =>
        condition is not null && await context.EvaluateAsync(new Input<bool>(condition));
}
