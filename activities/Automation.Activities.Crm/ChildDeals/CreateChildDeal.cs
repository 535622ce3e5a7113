using Automation.Activities.Crm.Common;
using Automation.Engine.Accounts;
using Automation.Engine.Effects;
using Automation.Engine.Events;
using Automation.Engine.Mailboxes;
using Automation.Engine.Ports;
using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.Activities.Crm.ChildDeals;

/// <summary>
/// Creates a deal out of a deal, with its history. First the deal; when it exists, its parts side by side: a part that fails leaves
/// the rest alone and stays an effect that can be replayed by itself (AD-10).
/// </summary>
[Activity("Crm", "CRM", "Creates a linked deal with fields, history, files and open tasks of this one.", DisplayName = "Create child deal",
    DisplayNameRu = "Создать дочернюю сделку", DescriptionRu = "Создаёт связанную сделку с полями, историей, файлами и открытыми задачами этой.")]
[FlowNode(DoneOutcome, DuplicateOutcome, FailedOutcome)]
[Deterministic]
public sealed partial class CreateChildDeal : Activity, IResilientActivity
{
    public const string DoneOutcome = "Done";
    public const string DuplicateOutcome = "Duplicate";
    public const string FailedOutcome = "Failed";

    /// <summary>The relation of the link parent → child.</summary>
    public const string Relation = "child";

    // The CRM takes 250 in a call; long notes make bodies large.
    private const int NotesInCall = 100;

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (context.Get(PipelineId) is not { Length: > 0 } pipeline || context.Get(StageId) is not { Length: > 0 } stage)
        {
            await context.EndAsync(FailedOutcome, "stage_empty");
            return;
        }
        var crm = context.Subject.Connection;
        if (await ParentAsync(context, crm) is not { } parent)
        {
            await context.EndAsync(FailedOutcome, "deal_missing");
            return;
        }
        var query = DuplicateQuery(context, parent, pipeline);
        if (query is not null && await OthersSearchAsync(context, crm, query)) return;
        if (query is not null && await FindDuplicateAsync(context, crm, query) is { } duplicate)
        {
            Turn.GiveBack(context);
            await ReactAsync(context, crm, parent, duplicate, pipeline, stage);
            return;
        }
        context.PlanCrm(crm, Child(context, parent, pipeline, stage), context.In($"дочерняя сделка для сделки {context.Subject.EntityId}", $"child of deal {context.Subject.EntityId}"), OnCreatedAsync);
    }

    private static ValueTask<JObject?> ParentAsync(ActivityExecutionContext context, ConnectionId crm) =>
        context.EntityAsync(crm, EntityTypes.Deal, context.Subject.EntityId, Turn.Again(context));

    private CreateDeal Child(ActivityExecutionContext context, JObject parent, string pipeline, string stage) => new(
        context.Get(DealName) is { Length: > 0 } name ? name : Fields.Text(parent, EntityFields.Name) ?? context.Subject.EntityId,
        pipeline, stage,
        On(context, CopyBudget) ? Price(parent) : null,
        context.Get(ResponsibleId) is { Length: > 0 } user ? user : Fields.Text(parent, EntityFields.ResponsibleId),
        On(context, CopyContact) ? Fields.Text(parent, EntityFields.ContactId) : null,
        On(context, CopyCompany) ? Fields.Text(parent, EntityFields.CompanyId) : null,
        On(context, CopyTags) && Fields.Tags(parent) is { Count: > 0 } tags ? tags : null,
        CopiedFields(context, parent));

    private IReadOnlyDictionary<string, JToken>? CopiedFields(ActivityExecutionContext context, JObject parent) =>
        FieldCopy.From(parent, context.Get(CopyFields) is { Length: > 0 } mode ? mode : FieldCopy.All, context.Get(FieldList) ?? []);

    private static decimal? Price(JObject deal) => deal[EntityFields.Price] is { Type: JTokenType.Integer or JTokenType.Float } price ? (decimal)price : null;

    private async ValueTask OnCreatedAsync(ActivityExecutionContext context, EffectOutcome outcome)
    {
        Turn.GiveBack(context);
        if (!outcome.Done || (string?)outcome.Value.SelectToken("id") is not { Length: > 0 } child)
        {
            await context.EndAsync(FailedOutcome, outcome.Code ?? "id_missing");
            return;
        }
        context.Set(DealId, child);
        context.JournalData["child"] = context.Properties["child"] = child;
        var parent = context.Subject;
        context.RecordLink(new(Relation, parent, parent with { EntityId = child }, new JObject { ["node"] = context.NodeId }));
        await PlanPartsAsync(context, parent.Connection, parent.EntityId, child);
    }

    private async ValueTask PlanPartsAsync(ActivityExecutionContext context, ConnectionId crm, string parent, string child)
    {
        var notes = await context.ReadCrmAsync<IReadOnlyList<CrmNote>>(crm, $"deal/{parent}/notes", async (port, cancellationToken) => await port.ReadNotesAsync(EntityTypes.Deal, parent, cancellationToken)) ?? [];
        var parts = new HistoryParts(On(context, CopyNotes), On(context, CopyCalls), On(context, CopyMails), On(context, CopyFiles));
        var fromParent = History.LinkMark + context.In($"Создана из сделки № {parent}", $"Created from deal № {parent}");
        string[] texts = [fromParent, .. History.Texts(context, notes, parent, parts)];
        foreach (var chunk in texts.Chunk(NotesInCall))
            context.PlanPart(crm, new AddNotes(EntityTypes.Deal, child, chunk), context.In($"заметки сделки {parent} в сделку {child}: {chunk.Length}", $"notes of deal {parent} to deal {child}: {chunk.Length}"), OnHistoryCopiedAsync);
        var toChild = History.LinkMark + context.In($"Создана дочерняя сделка № {child}", $"Child deal № {child} created");
        context.PlanPart(crm, new AddNotes(EntityTypes.Deal, parent, [toChild]), context.In($"заметка со ссылкой в сделке {parent}", $"note with a link on deal {parent}"), OnParentNotedAsync);
        if (parts.Files) await PlanFilesAsync(context, crm, parent, child, notes);
        await PlanTasksAsync(context, crm, parent, child);
        context.JournalData["copied"] = new JObject { ["notes"] = texts.Length - 1, ["parts"] = context.OpenParts() };
    }

    private async ValueTask PlanFilesAsync(ActivityExecutionContext context, ConnectionId crm, string parent, string child, IReadOnlyList<CrmNote> notes)
    {
        var attached = await context.ReadCrmAsync<IReadOnlyList<string>>(crm, $"deal/{parent}/files", async (port, cancellationToken) => await port.ReadFilesAsync(EntityTypes.Deal, parent, cancellationToken)) ?? [];
        string[] files = [.. attached.Concat(notes.Select(note => note.FileId).OfType<string>()).Distinct(StringComparer.Ordinal)];
        if (files.Length == 0) return;
        context.Properties["files"] = new JArray(files);
        context.PlanPart(crm, new AttachFiles(EntityTypes.Deal, child, files), context.In($"файлы в сделку {child}: {files.Length}", $"files to deal {child}: {files.Length}"), OnFilesAttachedAsync);
    }

    private async ValueTask PlanTasksAsync(ActivityExecutionContext context, ConnectionId crm, string parent, string child)
    {
        var mode = context.Get(Tasks) is { Length: > 0 } chosen ? chosen : "move";
        if (mode == "leave") return;
        var open = (await context.TasksAsync(crm, EntityTypes.Deal, parent)).Where(task => !task.Done).ToArray();
        if (open.Length == 0) return;
        CrmCommand command = mode == "copy"
            ? new CreateTasks(EntityTypes.Deal, child, [.. open.Select(task => new NewTask(task.Text, task.Due, task.TypeId, task.ResponsibleId))])
            : new UpdateTasks([.. open.Select(task => new TaskChange(task.Id, MoveToDealId: child))]);
        context.PlanPart(crm, command, context.In($"задачи в сделку {child}: {open.Length}", $"tasks to deal {child}: {open.Length}"), OnTasksCarriedAsync);
    }

    private ValueTask OnHistoryCopiedAsync(ActivityExecutionContext context, EffectOutcome outcome) => AnsweredAsync(context, outcome, "history");

    private ValueTask OnParentNotedAsync(ActivityExecutionContext context, EffectOutcome outcome) => AnsweredAsync(context, outcome, "parent_note");

    private ValueTask OnTasksCarriedAsync(ActivityExecutionContext context, EffectOutcome outcome) => AnsweredAsync(context, outcome, "tasks");

    private ValueTask OnFilesAttachedAsync(ActivityExecutionContext context, EffectOutcome outcome)
    {
        // One bad file must not keep the others back: after a failure each goes alone.
        if (!outcome.Done && context.Properties["files"] is JArray { Count: > 1 } files)
        {
            var child = (string)context.Properties["child"]!;
            foreach (var file in files)
                context.PlanPart(context.Subject.Connection, new AttachFiles(EntityTypes.Deal, child, [(string)file!]), context.In($"файл в сделку {child}", $"file to deal {child}"), OnFileAttachedAsync);
            return AnsweredAsync(context, outcome with { Done = true }, "files");
        }
        return AnsweredAsync(context, outcome, "files");
    }

    private ValueTask OnFileAttachedAsync(ActivityExecutionContext context, EffectOutcome outcome) => AnsweredAsync(context, outcome, "file");

    private static ValueTask AnsweredAsync(ActivityExecutionContext context, EffectOutcome outcome, string part) =>
        context.Answered(outcome, part) ? context.EndAsync(DoneOutcome) : ValueTask.CompletedTask;
}
