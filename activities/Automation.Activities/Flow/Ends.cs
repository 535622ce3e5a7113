using Automation.Engine.Workflows;

namespace Automation.Activities.Flow;

[Activity("Elsa", "Primitives", "Ends the whole workflow.", DisplayNameRu = "Завершить процесс", CategoryRu = "Основное"), Deterministic]
public sealed class Finish : Activity, ITerminalNode
{
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        await context.CompleteActivityAsync();
        await Top(context).CompleteActivityAsync();
    }

    internal static ActivityExecutionContext Top(ActivityExecutionContext context)
    {
        while (context.ParentActivityExecutionContext is { } parent) context = parent;
        return context;
    }
}

/// <summary>Completes the composite around it, or else the workflow, with outcomes of its own.</summary>
[Activity("Elsa", "Composition", "Completes the composite or the workflow with outcomes.", DisplayNameRu = "Завершить с исходом", CategoryRu = "Основное"), Deterministic]
public sealed class Complete : Activity, ITerminalNode
{
    [Input(DisplayNameRu = "Исходы", UIHint = "outcome-picker")]
    public Input<ICollection<string>>? Outcomes { get; set; }

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var outcomes = context.Get(Outcomes) ?? [];
        await context.CompleteActivityAsync();
        await Around(context).CompleteActivityWithOutcomesAsync(outcomes.Count == 0 ? ["Done"] : [.. outcomes]);
    }

    private static ActivityExecutionContext Around(ActivityExecutionContext context)
    {
        while (context.ParentActivityExecutionContext is { } parent)
        {
            context = parent;
            if (context.Activity is Composite) break;
        }

        return context;
    }
}

[Activity("Elsa", "Primitives", "Raises an incident.", DisplayNameRu = "Ошибка", CategoryRu = "Основное"), Deterministic]
public sealed class Fault : Activity, ITerminalNode
{
    [Input(DisplayNameRu = "Код", Order = 0)] public Input<string>? Code { get; set; }

    [Input(DisplayNameRu = "Категория", Order = 1)] public Input<string>? Category { get; set; }

    [Input(DisplayNameRu = "Вид", Order = 2)] public Input<string>? FaultType { get; set; }

    [Input(DisplayNameRu = "Сообщение", Order = 3)] public Input<string>? Message { get; set; }

    protected override void Execute(ActivityExecutionContext context)
    {
        if (context.Get(Category) is { Length: > 0 } category) context.JournalData["category"] = category;
        if (context.Get(FaultType) is { Length: > 0 } kind) context.JournalData["faultType"] = kind;
        var code = context.Get(Code) is { Length: > 0 } given ? given : "fault";
        throw new ActivityFaultException(code, context.Get(Message) is { Length: > 0 } message ? message : $"The workflow raised {code}.");
    }
}
