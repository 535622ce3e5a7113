using Automation.Activities.Crm.Common;
using Automation.Engine.Accounts;
using Automation.Engine.Effects;
using Automation.Engine.Mailboxes;
using Automation.Engine.Ports;
using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.Activities.Crm.Bookings;

/// <content>A deal and a visit that both exist.</content>
public sealed partial class SyncBooking
{
    private async ValueTask PairAsync(ActivityExecutionContext context, ConnectionId crm, ConnectionId booking, DealView deal, Visit visit, Agreement? before)
    {
        var (dealNow, visitNow) = (Aspects.Of(deal), Aspects.Of(visit));
        var was = (before ?? new(dealNow, visitNow)).ToJson();
        var agreed = Agreement.From(was)!;
        var plan = new PairPlan(context, this, deal, visit, before, dealNow, visitNow, BookingWins(context, deal, visit));
        plan.Start(agreed);
        plan.State(agreed, await StatesAsync(context, crm));
        if (plan.Touched(Aspects.Executor)) plan.Executor(agreed, await ItemsAsync(context, booking, "executors"));
        if (plan.Touched(Aspects.Service)) plan.Service(agreed, await ItemsAsync(context, booking, "services"));

        var (toVisit, toDeal) = (plan.VisitCommand, plan.DealCommand);
        context.JournalData["moved"] = new JObject { ["toVisit"] = new JArray(plan.MovedToVisit), ["toDeal"] = new JArray(plan.MovedToDeal) };
        var (dealKey, visitKey) = (new MailboxKey(context.Subject.Account, crm, EntityTypes.Deal, deal.Id), new MailboxKey(context.Subject.Account, booking, EntityTypes.Booking, visit.Id));
        if (toVisit is null && toDeal is null)
        {
            if (before is null || !JToken.DeepEquals(was, agreed.ToJson())) context.RecordLink(new(Relation, dealKey, visitKey, agreed.ToJson()));
            await context.EndAsync(NoChangeOutcome);
            return;
        }
        Turn.Take(context, Turn.Booking, dealKey, visitKey);
        context.Properties["pair"] = new JArray(dealKey.ToString(), visitKey.ToString());
        context.Properties["agreed"] = agreed.ToJson();
        context.Properties["before"] = before is null ? new JObject() : was;
        if (toDeal is not null) context.Properties["toDeal"] = toDeal.ToJson();
        if (toVisit is not null) PlanBooking(context, booking, toVisit, context.In($"запись {visit.Id}: {Moved(context, plan.MovedToVisit)}", $"booking {visit.Id}: {Moved(context, plan.MovedToVisit)}"), OnVisitChangedAsync);
        else context.PlanCrm(crm, toDeal!, context.In($"сделка {deal.Id}: {Moved(context, plan.MovedToDeal)}", $"deal {deal.Id}: {Moved(context, plan.MovedToDeal)}"), OnDealChangedAsync);
    }

    private bool BookingWins(ActivityExecutionContext context, DealView deal, Visit visit) => context.Get(Conflict) switch
    {
        "booking" => true,
        "crm" => false,
        _ => deal.UpdatedAt is not { } dealAt || visit.Modified is not { } visitAt || visitAt >= dealAt,
    };

    private async ValueTask OnVisitChangedAsync(ActivityExecutionContext context, EffectOutcome outcome)
    {
        var (deal, _, agreed) = Pair(context);
        if (!outcome.Done)
        {
            await VisitNotChangedAsync(context, outcome, deal);
            return;
        }
        var toDeal = context.Properties.TryGetValue("toDeal", out var planned) ? (UpdateEntity)CrmCommand.FromJson((JObject)planned) : null;
        // The system may have rounded the time: what it stored is written back, once (KX-6).
        if (Fields.Instant(outcome.Value.SelectToken("start") ?? JValue.CreateNull(), TimeZoneInfo.Utc) is { } stored && Aspects.Text(stored) is { } text && text != (string?)agreed.Visit[Aspects.Start])
        {
            agreed.Settle(Aspects.Start, text, text);
            context.Properties["agreed"] = agreed.ToJson();
            toDeal = WithField(toDeal ?? new(EntityTypes.Deal, deal.EntityId), DateName(context), Fields.Iso(stored, context.TimeZone));
        }
        if (toDeal is null) await SettleAsync(context);
        else context.PlanCrm(deal.Connection, toDeal, context.In($"сделка {deal.EntityId} по записи", $"deal {deal.EntityId} after its booking"), OnDealChangedAsync);
    }

    private ValueTask OnDealChangedAsync(ActivityExecutionContext context, EffectOutcome outcome)
    {
        if (outcome.Done) return SettleAsync(context);
        Turn.GiveBack(context);
        return context.EndAsync(FailedOutcome, outcome.Code);
    }

    private static ValueTask SettleAsync(ActivityExecutionContext context)
    {
        var (deal, visit, agreed) = Pair(context);
        context.RecordLink(new(Relation, deal, visit, agreed.ToJson()));
        Turn.GiveBack(context);
        return context.EndAsync(DoneOutcome);
    }

    /// <summary>A refused slot: the deal gets its old time back and a task with the refusal (KX-9).</summary>
    private async ValueTask VisitNotChangedAsync(ActivityExecutionContext context, EffectOutcome outcome, MailboxKey deal)
    {
        if (outcome.Code != "slot_taken")
        {
            Turn.GiveBack(context);
            await context.EndAsync(FailedOutcome, outcome.Code);
            return;
        }
        var old = (string?)context.Properties["before"].SelectToken("deal.start");
        if (old is not null && Fields.Instant(old, TimeZoneInfo.Utc) is { } start)
            context.PlanPart(deal.Connection, WithField(new(EntityTypes.Deal, deal.EntityId), DateName(context), Fields.Iso(start, context.TimeZone)), context.In($"прежнее время сделки {deal.EntityId}", $"old time of deal {deal.EntityId}"), OnRefusalToldAsync);
        TellRefusal(context, deal, outcome.Message);
    }

    private void TellRefusal(ActivityExecutionContext context, MailboxKey deal, string? text)
    {
        var task = new NewTask(context.In("Запись не перенесена: ", "The visit was not booked: ") + text, context.Now.AddHours(1), null, null);
        context.PlanPart(deal.Connection, new CreateTasks(EntityTypes.Deal, deal.EntityId, [task]), context.In($"отказ по сделке {deal.EntityId}", $"refusal on deal {deal.EntityId}"), OnRefusalToldAsync);
    }

    private ValueTask OnRefusalToldAsync(ActivityExecutionContext context, EffectOutcome outcome)
    {
        if (!context.Answered(outcome, "refusal")) return ValueTask.CompletedTask;
        Turn.GiveBack(context, context.Properties.TryGetValue("asked", out var asked) ? (string?)asked : null);
        return context.EndAsync(RefusedOutcome, "slot_taken");
    }

    private static (MailboxKey Deal, MailboxKey Visit, Agreement Agreed) Pair(ActivityExecutionContext context)
    {
        var pair = (JArray)context.Properties["pair"];
        return (MailboxKey.Parse((string)pair[0]!), MailboxKey.Parse((string)pair[1]!), Agreement.From(context.Properties["agreed"])!);
    }

    private static UpdateEntity WithField(UpdateEntity command, string field, string value) =>
        command with { Fields = new Dictionary<string, JToken>(command.Fields ?? new Dictionary<string, JToken>()) { [field] = value } };

    private static string Moved(ActivityExecutionContext context, IEnumerable<string> aspects) => string.Join(", ", aspects.Select(aspect => aspect switch
    {
        Aspects.Start => context.In("время", "time"),
        Aspects.State => context.In("состояние", "state"),
        Aspects.Executor => context.In("специалист", "specialist"),
        Aspects.Service => context.In("услуга", "service"),
        _ => aspect,
    }));
}
