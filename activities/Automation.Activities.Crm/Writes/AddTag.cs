using Automation.Activities.Crm.Common;
using Automation.Engine.Ports;
using Automation.Engine.Workflows;

namespace Automation.Activities.Crm.Writes;

[Activity("Crm", "CRM", "Adds tags; those that are there are left alone.", DisplayName = "Add tag",
    DisplayNameRu = "Добавить тег", DescriptionRu = "Добавляет теги; уже стоящие не трогает.")]
[FlowNode(DoneOutcome, FailedOutcome)]
[Deterministic]
public sealed class AddTag : EntityWriteActivity
{
    [Input(DisplayName = "Tags", Description = "One or more; a colour may follow: name#FF8F92.",
        DisplayNameRu = "Теги", DescriptionRu = "Один или несколько; можно с цветом: имя#FF8F92.", Order = 1, UIHint = "multi-text", IsRequired = true)]
    public Input<ICollection<string>>? Tags { get; set; }

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var (type, id, entity) = await TargetAsync(context);
        var present = Fields.Tags(entity);
        var missing = (context.Get(Tags) ?? []).Where(tag => tag.Length > 0 && !present.Contains(TagName.Of(tag), StringComparer.OrdinalIgnoreCase)).ToArray();
        if (missing.Length == 0) await UnchangedAsync(context);
        else await WriteAsync(context, new UpdateEntity(type, id, AddTags: missing), context.In($"добавить теги: {context.Named(type, id)}", $"add tags: {context.Named(type, id)}"));
    }
}
