using Automation.Activities.Crm.Common;
using Automation.Engine.Ports;
using Automation.Engine.Workflows;

namespace Automation.Activities.Crm.Writes;

[Activity("Crm", "CRM", "Adds a note to the deal, its contact or company.", DisplayName = "Add note",
    DisplayNameRu = "Добавить примечание", DescriptionRu = "Добавляет примечание в сделку, её контакт или компанию.")]
[FlowNode(DoneOutcome, FailedOutcome)]
[Deterministic]
public sealed class AddNote : EntityWriteActivity
{
    [Input(DisplayName = "Text", Description = "The note.", DisplayNameRu = "Текст", DescriptionRu = "Текст примечания.",
        Order = 1, UIHint = "multi-line", DefaultSyntax = "Liquid", CanContainSecrets = true, IsRequired = true)]
    public Input<string>? Text { get; set; }

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (context.Get(Text) is not { } text || string.IsNullOrWhiteSpace(text))
        {
            await context.EndAsync(FailedOutcome, "text_empty");
            return;
        }
        var (type, id, _) = await TargetAsync(context);
        await WriteAsync(context, new AddNotes(type, id, [text]), context.In($"заметка: {context.Named(type, id)}", $"note: {context.Named(type, id)}"));
    }
}
