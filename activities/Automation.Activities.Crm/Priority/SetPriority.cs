using Automation.Activities.Crm.Common;
using Automation.Engine.Accounts;
using Automation.Engine.Effects;
using Automation.Engine.Events;
using Automation.Engine.Mailboxes;
using Automation.Engine.Ports;
using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.Activities.Crm.Priority;

/// <summary>Writes the priority into the deal's field, a coloured tag and the texts of its open tasks. Equal values are not written.</summary>
[Activity("Crm", "CRM", "Sets the deal's priority: field, coloured tag, mark on its open tasks.", DisplayName = "Set priority",
    DisplayNameRu = "Установить приоритет", DescriptionRu = "Ставит приоритет сделки: поле, цветной тег, пометка на открытых задачах.")]
[FlowNode(DoneOutcome, FailedOutcome)]
[Deterministic]
public sealed class SetPriority : Activity, IResilientActivity
{
    public const string DoneOutcome = "Done";
    public const string FailedOutcome = "Failed";

    [Input(DisplayName = "Priority", Description = "Name of a level, Russian or English.", DisplayNameRu = "Приоритет", DescriptionRu = "Название уровня, русское или английское.",
        Order = 1, UIHint = "dropdown", Options = new[] { "Низкий", "Обычный", "Высокий", "Срочный" }, DefaultValue = "Высокий", IsRequired = true)]
    public Input<string>? Priority { get; set; }

    [Input(DisplayName = "Only raise", Description = "Leaves a deal alone that has a higher priority: of several rules the highest rank wins.",
        DisplayNameRu = "Только повышать", DescriptionRu = "Не трогает сделку с более высоким приоритетом: из нескольких правил побеждает старшее.", Order = 2, DefaultValue = false)]
    public Input<bool>? OnlyRaise { get; set; }

    [Input(DisplayName = "Levels", Description = "JSON list of name, nameEn, rank, color, mark. Empty: low, normal, high, urgent.",
        DisplayNameRu = "Уровни", DescriptionRu = "JSON-список: name, nameEn, rank, color, mark. Пусто: низкий, обычный, высокий, срочный.", Order = 10, UIHint = "json-editor")]
    public Input<JToken>? Levels { get; set; }

    [Input(DisplayName = "Field", Description = "The deal's list field, by name or id. A dash: no field.",
        DisplayNameRu = "Поле", DescriptionRu = "Поле-список сделки, название или id. Прочерк: без поля.", Order = 3, DefaultValue = DefaultField)]
    public Input<string>? Field { get; set; }

    [Input(DisplayName = "Tag", Description = "Beginning of the tag. A dash: no tag.", DisplayNameRu = "Тег", DescriptionRu = "Начало тега. Прочерк: без тега.", Order = 4, DefaultValue = DefaultField)]
    public Input<string>? Tag { get; set; }

    [Input(DisplayName = "Mark on tasks", Description = "emoji, text or none.", DisplayNameRu = "Пометка задач", DescriptionRu = "emoji — значок, text — слово, none — нет.",
        Order = 5, UIHint = "dropdown", Options = new[] { TaskPrefix.Emoji, TaskPrefix.Text, TaskPrefix.None }, DefaultValue = TaskPrefix.Emoji)]
    public Input<string>? TaskMark { get; set; }

    private const string DefaultField = "Приоритет";

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var levels = Tokens.Read<List<PriorityLevel>>(context.Get(Levels)) ?? [.. PriorityLevel.Defaults];
        if (PriorityLevel.Problems(levels).FirstOrDefault() is { } problem)
        {
            await context.EndAsync(FailedOutcome, problem);
            return;
        }
        if (Find(levels, context.Get(Priority) ?? "Высокий") is not { } level)
        {
            await context.EndAsync(FailedOutcome, "priority_unknown");
            return;
        }
        var crm = await context.CrmAsync();
        var deal = await context.TargetAsync(crm, EntityTypes.Deal);
        if (!Outranked(context, deal, levels, level)) await WriteAsync(context, crm, deal, levels, level);
        if (context.OpenParts() == 0) await context.EndAsync(DoneOutcome);
    }

    private bool Outranked(ActivityExecutionContext context, JObject deal, List<PriorityLevel> levels, PriorityLevel level)
    {
        var (field, tag) = (Setting(context, Field), Setting(context, Tag));
        var now = field is null ? null : Fields.Text(deal, field);
        now ??= tag is null ? null : Fields.Tags(deal).FirstOrDefault(item => item.StartsWith(tag + ": ", StringComparison.Ordinal))?[(tag.Length + 2)..];
        context.JournalData["priority"] = new JObject { ["was"] = now, ["wanted"] = level.Name, ["rank"] = level.Rank };
        return context.Get(OnlyRaise) && now is not null && Find(levels, now) is { } current && current.Rank > level.Rank;
    }

    private async ValueTask WriteAsync(ActivityExecutionContext context, ConnectionId crm, JObject deal, List<PriorityLevel> levels, PriorityLevel level)
    {
        var id = Fields.Text(deal, EntityFields.Id)!;
        if (DealChange(context, deal, id, level) is { } change) context.PlanPart(crm, change, context.In($"приоритет: сделка {id}", $"priority: deal {id}"), OnDealWrittenAsync);
        var style = context.Get(TaskMark) is { Length: > 0 } chosen ? chosen : TaskPrefix.Emoji;
        var tasks = (await context.TasksAsync(crm, EntityTypes.Deal, id))
            .Where(task => !task.Done)
            .Select(task => (task, Text: TaskPrefix.Apply(task.Text, level, levels, style)))
            .Where(item => item.Text != item.task.Text)
            .Select(item => new TaskChange(item.task.Id, Text: item.Text)).ToArray();
        if (tasks.Length > 0) context.PlanPart(crm, new UpdateTasks(tasks), context.In($"приоритет в задачах ({tasks.Length}): сделка {id}", $"priority of tasks ({tasks.Length}): deal {id}"), OnTasksWrittenAsync);
    }

    private UpdateEntity? DealChange(ActivityExecutionContext context, JObject deal, string id, PriorityLevel level)
    {
        var (field, tag) = (Setting(context, Field), Setting(context, Tag));
        var fields = field is not null && Fields.Text(deal, field) != level.Name ? new Dictionary<string, JToken> { [field] = level.Name } : null;
        string[]? add = null, remove = null;
        if (tag is not null)
        {
            var (present, wanted) = (Fields.Tags(deal), $"{tag}: {level.Name}");
            add = present.Contains(wanted, StringComparer.OrdinalIgnoreCase) ? null : [$"{wanted}#{level.Color}"];
            var others = present.Where(item => item.StartsWith(tag + ": ", StringComparison.OrdinalIgnoreCase) && !string.Equals(item, wanted, StringComparison.OrdinalIgnoreCase)).ToArray();
            remove = others.Length == 0 ? null : others;
        }
        return fields is null && add is null && remove is null ? null : new(EntityTypes.Deal, id, Fields: fields, AddTags: add, RemoveTags: remove);
    }

    private static string? Setting(ActivityExecutionContext context, Input<string>? input) => context.Get(input) switch
    {
        null or "" => DefaultField,
        "-" or "—" => null,
        var given => given,
    };

    private static PriorityLevel? Find(List<PriorityLevel> levels, string name) =>
        levels.Find(level => string.Equals(level.Name, name, StringComparison.OrdinalIgnoreCase) || string.Equals(level.NameEn, name, StringComparison.OrdinalIgnoreCase));

    private ValueTask OnDealWrittenAsync(ActivityExecutionContext context, EffectOutcome outcome) => AnsweredAsync(context, outcome, "deal");

    private ValueTask OnTasksWrittenAsync(ActivityExecutionContext context, EffectOutcome outcome) => AnsweredAsync(context, outcome, "tasks");

    private static ValueTask AnsweredAsync(ActivityExecutionContext context, EffectOutcome outcome, string part)
    {
        if (!context.Answered(outcome, part)) return ValueTask.CompletedTask;
        return context.Properties.ContainsKey("failedParts") ? context.EndAsync(FailedOutcome, "part_failed") : context.EndAsync(DoneOutcome);
    }
}
