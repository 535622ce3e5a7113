using System.ComponentModel;
using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.Activities.Flow;

/// <summary>Each item has its own <c>CurrentValue</c> and <c>CurrentIndex</c>; it ends when the last body has.</summary>
[Activity("Elsa", "Looping", "Runs the body for all items at once.", DisplayName = "Parallel For Each", DisplayNameRu = "Для всех сразу", CategoryRu = "Циклы", DescriptionRu = "Выполняет вложенные шаги для всех элементов одновременно."), Deterministic]
public sealed class ParallelForEach : Activity, ILoop
{
    [Input(DisplayNameRu = "Элементы")]
    public Input<JArray>? Items { get; set; }

    [Output(DisplayNameRu = "Текущий элемент")] public Output<JToken>? CurrentValue { get; set; }

    [Port(DisplayNameRu = "Шаги")] public IActivity? Body { get; set; }

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var items = context.Get(Items) ?? [];
        if (items.Count == 0 || Body is null)
        {
            await context.CompleteActivityAsync();
            return;
        }

        for (var index = 0; index < items.Count; index++)
        {
            context.Set(CurrentValue, items[index]);
            await context.ScheduleActivityAsync(Body, OnChildCompletedAsync, new Dictionary<string, JToken> { ["CurrentValue"] = items[index], ["CurrentIndex"] = index });
        }
    }

    private async ValueTask OnChildCompletedAsync(ActivityExecutionContext owner, ActivityExecutionContext child)
    {
        if (owner.Children.Count == 0) await owner.CompleteActivityAsync();
    }
}

/// <summary>Ends when the last of them has.</summary>
[Activity("Elsa", "Workflows", "Runs activities at once.", DisplayNameRu = "Одновременно", CategoryRu = "Ход", DescriptionRu = "Выполняет шаги одновременно."), Browsable(false), Deterministic]
public sealed class Parallel : Activity, IVariableContainer
{
    public ICollection<IActivity> Activities { get; set; } = [];

    public ICollection<Variable> Variables { get; set; } = [];

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (Activities.Count == 0) await context.CompleteActivityAsync();
        foreach (var activity in Activities) await context.ScheduleActivityAsync(activity, OnChildCompletedAsync);
    }

    private async ValueTask OnChildCompletedAsync(ActivityExecutionContext owner, ActivityExecutionContext child)
    {
        if (owner.Children.Count == 0) await owner.CompleteActivityAsync();
    }
}
