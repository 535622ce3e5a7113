using System.ComponentModel;
using Automation.Engine.Expressions;
using Automation.Engine.Workflows;

namespace Automation.Activities.Flow;

[Activity("Elsa", "Workflows", "Runs activities one after another.", DisplayNameRu = "Последовательность", CategoryRu = "Ход"), Browsable(false), Deterministic]
public sealed class Sequence : Activity, IVariableContainer
{
    private IReadOnlyList<IActivity>? _list;

    public ICollection<IActivity> Activities { get; set; } = [];

    public ICollection<Variable> Variables { get; set; } = [];

    protected override ValueTask ExecuteAsync(ActivityExecutionContext context) => NextAsync(context, 0);

    private ValueTask OnChildCompletedAsync(ActivityExecutionContext owner, ActivityExecutionContext child) =>
        child.Activity is ITerminalNode ? owner.CompleteActivityAsync() : NextAsync(owner, (int)owner.Properties["index"] + 1);

    private async ValueTask NextAsync(ActivityExecutionContext context, int index)
    {
        var list = _list ??= [.. Activities];
        if (index == list.Count)
        {
            await context.CompleteActivityAsync();
            return;
        }
        context.Properties["index"] = index;
        await context.ScheduleActivityAsync(list[index], OnChildCompletedAsync);
    }
}

[Activity("Elsa", "Branching", "Runs one of two activities.", DisplayNameRu = "Если", CategoryRu = "Ветвление"), Deterministic]
public sealed class If : Activity<bool>
{
    [Input(DisplayNameRu = "Условие", UIHint = "singleline")]
    public Input<bool>? Condition { get; set; }

    [Port(DisplayNameRu = "Тогда")] public IActivity? Then { get; set; }

    [Port(DisplayNameRu = "Иначе")] public IActivity? Else { get; set; }

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var holds = context.Get(Condition);
        context.Set(Result, holds);
        context.JournalData["condition"] = holds;
        await context.ScheduleActivityAsync(holds ? Then : Else, OnChildCompletedAsync);
    }

    private ValueTask OnChildCompletedAsync(ActivityExecutionContext owner, ActivityExecutionContext child) => owner.CompleteActivityAsync();
}

/// <summary>One way of a switch, with what it runs.</summary>
public sealed class SwitchCase
{
    public string Label { get; set; } = "";
    public Expression? Condition { get; set; }
    public IActivity? Activity { get; set; }
}

[Activity("Elsa", "Branching", "Runs the activities whose condition holds.", DisplayNameRu = "Выбор", CategoryRu = "Ветвление"), Deterministic]
public sealed class Switch : Activity
{
    [Input(DisplayNameRu = "Варианты", UIHint = "switch-editor")]
    public ICollection<SwitchCase> Cases { get; set; } = [];

    [Input(DisplayNameRu = "Сколько брать", DefaultValue = SwitchMode.MatchFirst, UIHint = "dropdown")]
    public Input<SwitchMode>? Mode { get; set; }

    [Port(DisplayNameRu = "Иначе")] public IActivity? Default { get; set; }

    /// <summary>Label of the first way taken; null for the default.</summary>
    [Output(DisplayNameRu = "Выбранный вариант")] public Output<string>? Output { get; set; }

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var matches = new List<SwitchCase>();
        foreach (var option in Cases)
        {
            if (matches.Count > 0 && context.Get(Mode) == SwitchMode.MatchFirst) break;
            if (await Conditions.HoldsAsync(context, option.Condition)) matches.Add(option);
        }
        context.Set(Output, matches.FirstOrDefault()?.Label);
        var next = matches.Count == 0 ? [Default] : matches.Select(match => match.Activity);
        foreach (var activity in next) await context.ScheduleActivityAsync(activity, OnChildCompletedAsync);
    }

    private async ValueTask OnChildCompletedAsync(ActivityExecutionContext owner, ActivityExecutionContext child)
    {
        if (owner.Children.Count == 0) await owner.CompleteActivityAsync();
    }
}
