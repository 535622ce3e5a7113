using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.Activities.Data;

[Activity("Elsa", "Primitives", "Sets a variable.", DisplayNameRu = "Задать переменную", CategoryRu = "Основное"), Deterministic]
public sealed class SetVariable : CodeActivity
{
    [Input(DisplayNameRu = "Переменная", UIHint = "variable-picker", Order = 0)]
    public Variable? Variable { get; set; }

    [Input(DisplayNameRu = "Значение", Order = 1)]
    public Input<JToken>? Value { get; set; }

    protected override void Execute(ActivityExecutionContext context)
    {
        if (Variable is null) throw new ActivityFaultException("variable_missing", "No variable is chosen.");
        context.SetVariable(Variable.Name, context.Get(Value) ?? JValue.CreateNull());
    }
}

[Activity("Elsa", "Primitives", "Names the run.", DisplayNameRu = "Назвать запуск", CategoryRu = "Основное"), Deterministic]
public sealed class SetName : CodeActivity
{
    [Input(DisplayNameRu = "Название")] public Input<string>? Value { get; set; }

    protected override void Execute(ActivityExecutionContext context) => context.Run.Name = context.Get(Value);
}

[Activity("Elsa", "Primitives", "Gives the run a correlation id.", DisplayNameRu = "Связать", CategoryRu = "Основное"), Deterministic]
public sealed class Correlate : CodeActivity
{
    [Input(DisplayNameRu = "Номер связи")] public Input<string>? CorrelationId { get; set; }

    protected override void Execute(ActivityExecutionContext context) => context.Run.CorrelationId = context.Get(CorrelationId);
}

[Activity("Elsa", "Primitives", "Sets an output of the workflow.", DisplayNameRu = "Задать результат", CategoryRu = "Основное"), Deterministic]
public sealed class SetOutput : CodeActivity
{
    [Input(DisplayNameRu = "Результат", UIHint = "output-picker", Order = 0)] public Input<string>? OutputName { get; set; }

    [Input(DisplayNameRu = "Значение", Order = 1)] public Input<JToken>? OutputValue { get; set; }

    protected override void Execute(ActivityExecutionContext context)
    {
        if (context.Get(OutputName) is not { Length: > 0 } name) throw new ActivityFaultException("output_missing", "No output is chosen.");
        context.SetWorkflowOutput(name, context.Get(OutputValue) ?? JValue.CreateNull());
    }
}

[Activity("Elsa", "Primitives", "Writes a line into the journal.", DisplayNameRu = "Записать строку", CategoryRu = "Основное"), Deterministic]
public sealed class WriteLine : CodeActivity
{
    [Input(DisplayNameRu = "Текст")] public Input<string>? Text { get; set; }

    protected override void Execute(ActivityExecutionContext context) => context.AddExecutionLogEntry("WriteLine", context.Get(Text) ?? "");
}
