using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.Activities.Flow;

/// <summary>What <see cref="Break"/> ends.</summary>
public interface ILoop : IActivity;

[Activity("Elsa", "Looping", "Runs the body for each item.", DisplayNameRu = "Для каждого", CategoryRu = "Циклы"), Deterministic]
public sealed class ForEach : Activity, ILoop
{
    [Input(DisplayNameRu = "Элементы")]
    public Input<JArray>? Items { get; set; }

    [Output(DisplayNameRu = "Текущее значение")] public Output<JToken>? CurrentValue { get; set; }

    [Port(DisplayNameRu = "Шаги")] public IActivity? Body { get; set; }

    protected override ValueTask ExecuteAsync(ActivityExecutionContext context) => NextAsync(context, 0);

    private ValueTask OnChildCompletedAsync(ActivityExecutionContext owner, ActivityExecutionContext child) =>
        NextAsync(owner, (int)owner.Properties["index"] + 1);

    private async ValueTask NextAsync(ActivityExecutionContext context, int index)
    {
        var items = context.Get(Items) ?? [];
        if (index >= items.Count || Body is null)
        {
            await context.CompleteActivityAsync();
            return;
        }
        context.Properties["index"] = index;
        context.SetOwnVariable("CurrentIndex", index);
        context.SetOwnVariable("CurrentValue", items[index]);
        context.Set(CurrentValue, items[index]);
        await context.ScheduleActivityAsync(Body, OnChildCompletedAsync);
    }
}

[Activity("Elsa", "Looping", "Runs the body while the condition holds.", DisplayNameRu = "Пока", CategoryRu = "Циклы"), Deterministic]
public sealed class While : Activity, ILoop
{
    [Input(DisplayNameRu = "Условие", AutoEvaluate = false, UIHint = "singleline")]
    public Input<bool>? Condition { get; set; }

    [Port(DisplayNameRu = "Шаги")] public IActivity? Body { get; set; }

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (Body is null || !await context.EvaluateAsync(Condition)) await context.CompleteActivityAsync();
        else await context.ScheduleActivityAsync(Body, OnChildCompletedAsync);
    }

    private ValueTask OnChildCompletedAsync(ActivityExecutionContext owner, ActivityExecutionContext child) => ExecuteAsync(owner);
}

[Activity("Elsa", "Looping", "Counts from start to end.", DisplayNameRu = "Счётчик", CategoryRu = "Циклы"), Deterministic]
public sealed class For : Activity, ILoop
{
    [Input(DisplayNameRu = "От", Order = 0)] public Input<int>? Start { get; set; }

    [Input(DisplayNameRu = "До", Order = 1)] public Input<int>? End { get; set; }

    [Input(DisplayNameRu = "Шаг", DefaultValue = 1, Order = 2)] public Input<int>? Step { get; set; }

    [Input(DisplayNameRu = "Включая последнее", DefaultValue = true, Order = 3)] public Input<bool>? OuterBoundInclusive { get; set; }

    [Output(DisplayNameRu = "Текущее значение")] public Output<int>? CurrentValue { get; set; }

    [Port(DisplayNameRu = "Шаги")] public IActivity? Body { get; set; }

    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (context.Get(Step) == 0) throw new ActivityFaultException("step_zero", "A step of 0 never ends; give it another.");
        return NextAsync(context, context.Get(Start));
    }

    private ValueTask OnChildCompletedAsync(ActivityExecutionContext owner, ActivityExecutionContext child) =>
        NextAsync(owner, (long)owner.Properties["value"] + owner.Get(Step));

    private async ValueTask NextAsync(ActivityExecutionContext context, long value)
    {
        var (step, end) = (context.Get(Step), context.Get(End));
        var distance = step > 0 ? end - value : value - end;
        if (Body is null || distance < 0 || (distance == 0 && !context.Get(OuterBoundInclusive)))
        {
            await context.CompleteActivityAsync();
            return;
        }
        context.Properties["value"] = value;
        context.SetOwnVariable("CurrentValue", value);
        context.Set(CurrentValue, (int)value);
        await context.ScheduleActivityAsync(Body, OnChildCompletedAsync);
    }
}

/// <summary>Ends the loop around it, whatever still runs in its body.</summary>
[Activity("Elsa", "Looping", "Leaves the loop.", DisplayNameRu = "Прервать цикл", CategoryRu = "Циклы"), Deterministic]
public sealed class Break : Activity, ITerminalNode
{
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var owner = context.ParentActivityExecutionContext;
        while (owner is not null && owner.Activity is not ILoop) owner = owner.ParentActivityExecutionContext;
        await context.CompleteActivityAsync();
        if (owner is not null) await owner.CompleteActivityAsync();
    }
}
