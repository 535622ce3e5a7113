using Automation.Activities.Crm.Common;
using Automation.Engine.Ports;
using Automation.Engine.Workflows;

namespace Automation.Activities.Crm.Writes;

[Activity("Crm", "CRM", "Removes tags.", DisplayName = "Remove tag", DisplayNameRu = "Снять тег", DescriptionRu = "Снимает теги.")]
[FlowNode(DoneOutcome, FailedOutcome)]
[Deterministic]
public sealed class RemoveTag : EntityWriteActivity
{
    [Input(DisplayName = "Tags", Description = "One or more names.", DisplayNameRu = "Теги", DescriptionRu = "Одно или несколько названий.", Order = 1, UIHint = "multi-text", IsRequired = true)]
    public Input<ICollection<string>>? Tags { get; set; }

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var (type, id, entity) = await TargetAsync(context);
        var unwanted = (context.Get(Tags) ?? []).Select(TagName.Of).ToArray();
        var found = Fields.Tags(entity).Where(tag => unwanted.Contains(tag, StringComparer.OrdinalIgnoreCase)).ToArray();
        if (found.Length == 0) await UnchangedAsync(context);
        else await WriteAsync(context, new UpdateEntity(type, id, RemoveTags: found), context.In($"снять теги: {context.Named(type, id)}", $"remove tags: {context.Named(type, id)}"));
    }
}
