using Automation.Activities.Crm.Common;
using Automation.Engine.Events;
using Automation.Engine.Ports;
using Automation.Engine.Workflows;

namespace Automation.Activities.Crm.Writes;

[Activity("Crm", "CRM", "Creates a task on the deal, its contact or company.", DisplayName = "Create task",
    DisplayNameRu = "Создать задачу", DescriptionRu = "Создаёт задачу в сделке, её контакте или компании.")]
[FlowNode(DoneOutcome, FailedOutcome)]
[Deterministic]
public sealed class CreateTask : EntityWriteActivity
{
    [Input(DisplayName = "Text", Description = "What is to be done.", DisplayNameRu = "Текст", DescriptionRu = "Что нужно сделать.",
        Order = 1, UIHint = "multi-line", DefaultSyntax = "Liquid", CanContainSecrets = true, IsRequired = true)]
    public Input<string>? Text { get; set; }

    [Input(DisplayName = "Due in hours", Description = "Deadline from now, in hours. Default 24.",
        DisplayNameRu = "Срок, часов", DescriptionRu = "Срок от текущего момента, в часах. По умолчанию 24.", Order = 2, DefaultValue = 24)]
    public Input<decimal>? DueInHours { get; set; }

    [Input(DisplayName = "Due at", Description = "Deadline as a date and time; goes before hours.",
        DisplayNameRu = "Срок", DescriptionRu = "Срок датой и временем; важнее часов.", Order = 3, UIHint = "wall-time")]
    public Input<string>? DueAt { get; set; }

    [Input(DisplayName = "Responsible", Description = "Empty: the responsible of the deal.",
        DisplayNameRu = "Ответственный", DescriptionRu = "Пусто: ответственный за сделку.", Order = 4, UIHint = "crm-user")]
    public Input<string>? ResponsibleId { get; set; }

    [Input(DisplayName = "Task type", Description = "Id of the task type. Empty: the CRM's default.",
        DisplayNameRu = "Тип задачи", DescriptionRu = "Id типа задачи. Пусто: тип по умолчанию.", Order = 5)]
    public Input<string>? TypeId { get; set; }

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (context.Get(Text) is not { } text || string.IsNullOrWhiteSpace(text))
        {
            await context.EndAsync(FailedOutcome, "text_empty");
            return;
        }
        var (type, id, entity) = await TargetAsync(context);
        if (Due(context) is not { } due)
        {
            await context.EndAsync(FailedOutcome, "due_invalid");
            return;
        }
        var responsible = context.Get(ResponsibleId) is { Length: > 0 } chosen ? chosen : Fields.Text(entity, EntityFields.ResponsibleId);
        var taskType = context.Get(TypeId) is { Length: > 0 } known ? known : null;
        await WriteAsync(context, new CreateTasks(type, id, [new(text, due, taskType, responsible)]), context.In($"задача: {context.Named(type, id)}", $"task: {context.Named(type, id)}"));
    }

    private DateTimeOffset? Due(ActivityExecutionContext context)
    {
        if (context.Get(DueAt) is { Length: > 0 } at) return Fields.Instant(at, context.TimeZone);
        var hours = DueInHours is null ? 24 : context.Get(DueInHours);
        return context.Now + TimeSpan.FromHours((double)hours);
    }
}
