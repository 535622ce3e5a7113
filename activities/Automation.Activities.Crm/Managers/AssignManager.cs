using System.Globalization;
using Automation.Activities.Crm.Common;
using Automation.Engine.Effects;
using Automation.Engine.Events;
using Automation.Engine.Mailboxes;
using Automation.Engine.Ports;
using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.Activities.Crm.Managers;

/// <summary>Gives the deal to the least loaded manager who works now; waits when nobody does, then falls back.</summary>
[Activity("Crm", "CRM", "Assigns the deal to the least loaded manager at work; waits when there is none.", DisplayName = "Assign manager",
    DisplayNameRu = "Назначить менеджера", DescriptionRu = "Отдаёт сделку наименее загруженному менеджеру на смене; если никого нет, ждёт.")]
[FlowNode(AssignedOutcome, FallbackOutcome, NobodyOutcome)]
[Deterministic]
public sealed class AssignManager : Activity, IResilientActivity
{
    public const string AssignedOutcome = "Assigned";
    public const string FallbackOutcome = "Fallback";
    public const string NobodyOutcome = "Nobody";

    /// <summary>Bookmark name and stimulus of deals that wait: hit it when a shift, a presence, a cap or a load changes.</summary>
    public const string ManagersChanged = "ManagersChanged";

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    [Input(DisplayName = "Managers", Description = "In order. Empty: all active managers.", DisplayNameRu = "Менеджеры", DescriptionRu = "По порядку. Пусто: все активные.",
        Order = 1, UIHint = "crm-users")]
    public Input<ICollection<string>>? Candidates { get; set; }

    [Input(DisplayName = "Queue", Description = "Deals of one queue are assigned in order of arrival. Empty: one queue for this step.",
        DisplayNameRu = "Очередь", DescriptionRu = "Сделки одной очереди назначаются по порядку прихода. Пусто: своя очередь у этого шага.", Order = 2)]
    public Input<string>? Pool { get; set; }

    [Input(DisplayName = "Pipelines of the load", Description = "Pipelines whose open deals count. Empty: all.", DisplayNameRu = "Воронки нагрузки", DescriptionRu = "Воронки, чьи открытые сделки считаются. Пусто: все.",
        Order = 3, UIHint = "crm-pipelines")]
    public Input<ICollection<string>>? LoadPipelines { get; set; }

    [Input(DisplayName = "Stages of the load", Description = "Stages whose deals count. Empty: all open ones.", DisplayNameRu = "Этапы нагрузки", DescriptionRu = "Этапы, чьи сделки считаются. Пусто: все открытые.",
        Order = 4, UIHint = "crm-stages")]
    public Input<ICollection<string>>? LoadStages { get; set; }

    [Input(DisplayName = "Only present ones", Description = "Only managers seen in the CRM lately.", DisplayNameRu = "Только присутствующие", DescriptionRu = "Только менеджеры, недавно замеченные в CRM.", Order = 5, DefaultValue = false)]
    public Input<bool>? RequirePresence { get; set; }

    [Input(DisplayName = "Presence, minutes", Description = "How long ago counts as present. Default 10.", DisplayNameRu = "Присутствие, минут", DescriptionRu = "Сколько минут считать присутствием. По умолчанию 10.", Order = 6, DefaultValue = 10)]
    public Input<int>? PresenceMinutes { get; set; }

    [Input(DisplayName = "Keep the client's manager", Description = "none, contact or company: whose responsible is asked first.",
        DisplayNameRu = "Менеджер клиента", DescriptionRu = "none — нет, contact — контакта, company — компании: чей ответственный первый.",
        Order = 7, UIHint = "dropdown", Options = new[] { "none", EntityTypes.Contact, EntityTypes.Company }, DefaultValue = "none")]
    public Input<string>? Sticky { get; set; }

    [Input(DisplayName = "Also the contact", Description = "Changes the contact's responsible too.", DisplayNameRu = "Сменить у контакта", DescriptionRu = "Меняет ответственного и у контакта.", Order = 8, DefaultValue = false)]
    public Input<bool>? ChangeContact { get; set; }

    [Input(DisplayName = "Also the company", Description = "Changes the company's responsible too.", DisplayNameRu = "Сменить у компании", DescriptionRu = "Меняет ответственного и у компании.", Order = 9, DefaultValue = false)]
    public Input<bool>? ChangeCompany { get; set; }

    [Input(DisplayName = "Also open tasks", Description = "Gives the deal's open tasks to him too.", DisplayNameRu = "Передать задачи", DescriptionRu = "Передаёт и открытые задачи сделки.", Order = 10, DefaultValue = false)]
    public Input<bool>? ChangeTasks { get; set; }

    [Input(DisplayName = "Fall back after, minutes", Description = "How long a deal waits. Default 15; 0 at once; below 0 without end.",
        DisplayNameRu = "Запасной вариант через, минут", DescriptionRu = "Сколько ждать. По умолчанию 15; 0 — сразу; меньше 0 — без конца.", Order = 11, DefaultValue = 15)]
    public Input<int>? FallbackAfterMinutes { get; set; }

    [Input(DisplayName = "Fallback", Description = "none, user, or ignore-shifts: the least loaded without regard to shifts and presence.",
        DisplayNameRu = "Запасной вариант", DescriptionRu = "none — нет, user — указанный, ignore-shifts — наименее загруженный без учёта смен и присутствия.",
        Order = 12, UIHint = "dropdown", Options = new[] { "none", "user", "ignore-shifts" }, DefaultValue = "ignore-shifts")]
    public Input<string>? Fallback { get; set; }

    [Input(DisplayName = "Fallback user", Description = "Such as the head of department.", DisplayNameRu = "Запасной пользователь", DescriptionRu = "Например, руководитель.", Order = 13, UIHint = "crm-user")]
    public Input<string>? FallbackUserId { get; set; }

    [Output(DisplayName = "Manager", Description = "Id of the chosen user.", DisplayNameRu = "Менеджер", DescriptionRu = "Номер назначенного сотрудника.")]
    public Output<string>? ManagerId { get; set; }

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var minutes = FallbackAfterMinutes is null ? 15 : context.Get(FallbackAfterMinutes);
        context.Properties["arrived"] = Write(context.Now);
        if (minutes >= 0) context.Properties["deadline"] = Write(context.Now.AddMinutes(minutes));
        if (await StickyAsync(context)) return;
        await TryAsync(context);
    }

    private ValueTask OnTryAgainAsync(ActivityExecutionContext context)
    {
        context.Properties["waited"] = true;
        return TryAsync(context);
    }

    private async ValueTask TryAsync(ActivityExecutionContext context)
    {
        var decision = await ReserveAsync(context, context.Get(Candidates) ?? [], ignoreShifts: false);
        if (decision.ManagerId is { } winner)
        {
            await AssignAsync(context, winner, AssignedOutcome);
            return;
        }
        var deadline = Read(context, "deadline");
        if (deadline <= context.Now)
        {
            await FallBackAsync(context);
            return;
        }
        var due = context.Now + LongestWait;
        if (decision.TryAgainAt is { } again && again > context.Now && again < due) due = again;
        if (deadline < due) due = deadline.Value;
        context.CreateBookmark(new CreateBookmarkArgs
        {
            BookmarkName = ManagersChanged,
            Stimulus = ManagersChanged,
            IncludeActivityInstanceId = false,
            DueAt = due,
            Callback = OnTryAgainAsync,
        });
    }

    private async ValueTask<bool> StickyAsync(ActivityExecutionContext context)
    {
        var root = context.Get(Sticky);
        if (root is not (EntityTypes.Contact or EntityTypes.Company) || await context.RootAsync(root) is not { } client) return false;
        if (Fields.Text(client, EntityFields.ResponsibleId) is not { } user) return false;
        var allowed = context.Get(Candidates) ?? [];
        if (allowed.Count > 0 && !allowed.Contains(user)) return false;
        var decision = await ReserveAsync(context, [user], ignoreShifts: false);
        if (decision.ManagerId is null) return false;
        context.JournalData["sticky"] = root;
        await AssignAsync(context, decision.ManagerId, AssignedOutcome);
        return true;
    }

    private async ValueTask FallBackAsync(ActivityExecutionContext context)
    {
        var mode = context.Get(Fallback) is { Length: > 0 } chosen ? chosen : "ignore-shifts";
        context.JournalData["fallback"] = mode;
        var user = mode switch
        {
            "user" => context.Get(FallbackUserId) is { Length: > 0 } head ? head : null,
            "ignore-shifts" => (await ReserveAsync(context, context.Get(Candidates) ?? [], ignoreShifts: true)).ManagerId,
            _ => null,
        };
        if (user is null) await context.EndAsync(NobodyOutcome, "nobody_fits");
        else await AssignAsync(context, user, FallbackOutcome);
    }

    private async ValueTask<AssignmentDecision> ReserveAsync(ActivityExecutionContext context, IEnumerable<string> candidates, bool ignoreShifts)
    {
        var number = context.Properties.TryGetValue("tries", out var tries) ? (int)tries + 1 : 1;
        context.Properties["tries"] = number;
        // Each try asks under a name of its own: an old "nobody" must not answer for now.
        var request = new AssignmentRequest(
            Key(context, number), context.Subject, PoolName(context), [.. candidates], [.. context.Get(LoadPipelines) ?? []], [.. context.Get(LoadStages) ?? []],
            !ignoreShifts && context.Get(RequirePresence), TimeSpan.FromMinutes(PresenceMinutes is null ? 10 : context.Get(PresenceMinutes)), ignoreShifts,
            context.Now, context.Properties.ContainsKey("waited") ? Read(context, "arrived") : null);
        var answer = await context.ReadAsync($"managers/{request.Key}", async cancellationToken =>
            Tokens.From(await context.GetRequiredService<IManagerDirectory>().ReserveAsync(request, cancellationToken)));
        var decision = Tokens.To<AssignmentDecision>(answer)!;
        context.JournalData["table"] = Tokens.From(decision.Table);
        context.JournalData["winner"] = decision.ManagerId;
        return decision;
    }

    private async ValueTask AssignAsync(ActivityExecutionContext context, string user, string outcome)
    {
        context.RecordAssignment(new(Key(context, (int)context.Properties["tries"]), context.Subject, PoolName(context), user, context.Now));
        context.JournalData["winner"] = user;
        context.Properties["outcome"] = outcome;
        context.Set(ManagerId, user);
        var crm = await context.CrmAsync();
        var deal = await context.TargetAsync(crm, EntityTypes.Deal);
        var id = Fields.Text(deal, EntityFields.Id)!;
        if (Fields.Text(deal, EntityFields.ResponsibleId) != user)
            context.PlanPart(crm, new UpdateEntity(EntityTypes.Deal, id, ResponsibleId: user), context.In($"ответственный: сделка {id}", $"owner: deal {id}"), OnDealChangedAsync);
        if (context.Get(ChangeContact)) await ChangeClientAsync(context, deal, EntityTypes.Contact, EntityFields.ContactId, user);
        if (context.Get(ChangeCompany)) await ChangeClientAsync(context, deal, EntityTypes.Company, EntityFields.CompanyId, user);
        if (context.Get(ChangeTasks))
        {
            var tasks = (await context.TasksAsync(crm, EntityTypes.Deal, id)).Where(task => !task.Done && task.ResponsibleId != user).Select(task => new TaskChange(task.Id, ResponsibleId: user)).ToArray();
            if (tasks.Length > 0) context.PlanPart(crm, new UpdateTasks(tasks), context.In($"ответственный в задачах ({tasks.Length}): сделка {id}", $"owner of tasks ({tasks.Length}): deal {id}"), OnOtherChangedAsync);
        }
        if (context.OpenParts() == 0) await context.EndAsync(outcome);
    }

    private async ValueTask ChangeClientAsync(ActivityExecutionContext context, JObject deal, string type, string link, string user)
    {
        var crm = await context.CrmAsync();
        if (Fields.Text(deal, link) is not { } id || await context.EntityAsync(crm, type, id) is not { } client) return;
        if (Fields.Text(client, EntityFields.ResponsibleId) == user) return;
        context.PlanPart(crm, new UpdateEntity(type, id, ResponsibleId: user), context.In($"ответственный: {context.Named(type, id)}", $"owner: {context.Named(type, id)}"), OnOtherChangedAsync);
    }

    private ValueTask OnDealChangedAsync(ActivityExecutionContext context, EffectOutcome outcome)
    {
        if (!outcome.Done)
            throw new ActivityFaultException("assign_failed", $"{Type}: the CRM refused the new responsible ({outcome.Code}). Check that the user is active, then repeat the step.");
        return OnOtherChangedAsync(context, outcome);
    }

    private ValueTask OnOtherChangedAsync(ActivityExecutionContext context, EffectOutcome outcome) =>
        context.Answered(outcome, "responsible") ? context.EndAsync((string)context.Properties["outcome"]!) : ValueTask.CompletedTask;

    private string PoolName(ActivityExecutionContext context) =>
        context.Get(Pool) is { Length: > 0 } pool ? pool : $"{context.Run.DefinitionId}/{context.Activity.Id}";

    private static string Key(ActivityExecutionContext context, int number) => $"{context.Run.Id:N}/{context.Id}/{number}";

    private static string Write(DateTimeOffset instant) => instant.ToString("O", CultureInfo.InvariantCulture);

    private static DateTimeOffset? Read(ActivityExecutionContext context, string name) =>
        context.Properties.TryGetValue(name, out var text) ? Fields.Instant(text, TimeZoneInfo.Utc) : null;
}
