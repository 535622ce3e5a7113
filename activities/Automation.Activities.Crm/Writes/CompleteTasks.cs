using Automation.Activities.Crm.Common;
using Automation.Engine.Ports;
using Automation.Engine.Workflows;

namespace Automation.Activities.Crm.Writes;

[Activity("Crm", "CRM", "Completes the open tasks of the deal, its contact or company.", DisplayName = "Complete tasks",
    DisplayNameRu = "Завершить задачи", DescriptionRu = "Завершает открытые задачи сделки, её контакта или компании.")]
[FlowNode(DoneOutcome, FailedOutcome)]
[Deterministic]
public sealed class CompleteTasks : EntityWriteActivity
{
    [Input(DisplayName = "Task type", Description = "Only tasks of this type. Empty: all.", DisplayNameRu = "Тип задачи", DescriptionRu = "Только задачи этого типа. Пусто: все.", Order = 1)]
    public Input<string>? TypeId { get; set; }

    [Input(DisplayName = "Text contains", Description = "Only tasks whose text has this. Empty: all.",
        DisplayNameRu = "Текст содержит", DescriptionRu = "Только задачи с этим текстом. Пусто: все.", Order = 2)]
    public Input<string>? Contains { get; set; }

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var (type, id, _) = await TargetAsync(context);
        var (wanted, text) = (context.Get(TypeId), context.Get(Contains));
        var open = (await context.TasksAsync(await context.CrmAsync(context.Get(Connection)), type, id))
            .Where(task => !task.Done
                && (string.IsNullOrEmpty(wanted) || task.TypeId == wanted)
                && (string.IsNullOrEmpty(text) || task.Text.Contains(text, StringComparison.OrdinalIgnoreCase)))
            .Select(task => new TaskChange(task.Id, Done: true)).ToArray();
        context.JournalData["tasks"] = open.Length;
        if (open.Length == 0) await UnchangedAsync(context);
        else await WriteAsync(context, new UpdateTasks(open), context.In($"закрыть задачи ({open.Length}): {context.Named(type, id)}", $"complete tasks ({open.Length}): {context.Named(type, id)}"));
    }
}
