using Automation.Activities.Crm.Common;
using Automation.Engine.Accounts;
using Automation.Engine.Effects;
using Automation.Engine.Events;
using Automation.Engine.Mailboxes;
using Automation.Engine.Ports;
using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.Activities.Crm.Bookings;

/// <content>The run is about a deal: book a visit, or compare with the one it has.</content>
public sealed partial class SyncBooking
{
    private async ValueTask FromDealAsync(ActivityExecutionContext context, ConnectionId crm, ConnectionId booking, EntityLink? link)
    {
        if (await DealAsync(context, crm, context.Subject.EntityId) is not { } deal)
        {
            await context.EndAsync(FailedOutcome, "deal_missing");
            return;
        }
        var id = link?.To.EntityId ?? deal.VisitId;
        if (id is null)
        {
            await BookAsync(context, crm, booking, deal);
            return;
        }
        if (link is null && await Turn.IsOthersAsync(context, Turn.Booking, new(context.Subject.Account, booking, EntityTypes.Booking, id), Again(context)))
        {
            Turn.Wait(context, OnTurnAsync);
            return;
        }
        if (await VisitAsync(context, booking, id) is { } visit) await PairAsync(context, crm, booking, deal, visit, Agreement.From(link?.Data));
        else await context.EndAsync(NoChangeOutcome, "visit_missing");
    }

    private async ValueTask BookAsync(ActivityExecutionContext context, ConnectionId crm, ConnectionId booking, DealView deal)
    {
        var state = (await StatesAsync(context, crm)).StateOf(deal.PipelineId, deal.StageId);
        if (state is VisitState.Cancelled or VisitState.NoShow)
        {
            await context.EndAsync(NoChangeOutcome, "deal_over");
            return;
        }
        var contact = Fields.Text(deal.Entity, EntityFields.ContactId) is { } id ? await context.EntityAsync(crm, EntityTypes.Contact, id) : null;
        var phone = contact is null ? null : Phone(context, Fields.Value(contact, EntityFields.Phone));
        var executor = deal.Executor is null ? null : IdOf(await ItemsAsync(context, booking, "executors"), deal.Executor);
        var service = deal.Service is null ? null : IdOf(await ItemsAsync(context, booking, "services"), deal.Service);
        string[] missing = [.. Missing(context, deal, phone, executor, service)];
        if (missing.Length > 0)
        {
            await TellMissingAsync(context, missing);
            return;
        }
        var asked = Turn.Hash($"{Aspects.Text(deal.Start)}|{executor}|{service}|{phone}");
        var client = Turn.Client(context.Subject.Account, booking, phone);
        if (await Turn.LinkAsync(context, Turn.Booking, context.Subject, Again(context)) is { } before && (string?)before.Data["refused"] == asked)
        {
            await context.EndAsync(NoChangeOutcome, "refused_before");
            return;
        }
        Turn.Take(context, Turn.Booking, context.Subject, client);
        var wanted = state is VisitState.Booked ? null : state;
        context.Properties["asked"] = asked;
        context.Properties["agreed"] = new Agreement(Aspects.Of(deal), new JObject
        {
            [Aspects.Start] = Aspects.Text(deal.Start),
            [Aspects.State] = (wanted ?? VisitState.Booked).ToString(),
            [Aspects.Executor] = executor,
            [Aspects.Service] = service,
        }).ToJson();
        var minutes = Minutes is null ? 60 : context.Get(Minutes);
        var command = new BookingCommand(null, Fields.Text(contact, EntityFields.Name), phone, executor, [service!], deal.Start, minutes, wanted);
        PlanBooking(context, booking, command, context.In($"запись для сделки {deal.Id}", $"booking for deal {deal.Id}"), OnBookedAsync);
        context.Properties["booking"] = booking.Value.ToString();
    }

    private IEnumerable<string> Missing(ActivityExecutionContext context, DealView deal, string? phone, string? executor, string? service)
    {
        if (phone is null) yield return context.In("Телефон клиента", "Client's phone");
        if (service is null) yield return Named(context, ServiceName(context), deal.Service);
        if (executor is null) yield return Named(context, ExecutorName(context), deal.Executor);
        if (deal.Start is null) yield return DateName(context);
    }

    /// <summary>Gives people some minutes to fill the fields in, looks again, and only then reminds them of those still empty (KX-3).</summary>
    private ValueTask TellMissingAsync(ActivityExecutionContext context, string[] missing)
    {
        context.JournalData["missing"] = new JArray(missing);
        context.Set(MissingFields, missing);
        var minutes = HintMinutes is null ? 0 : context.Get(HintMinutes);
        if (minutes <= 0) return context.EndAsync(MissingOutcome);
        if (!context.Properties.TryAdd("hinting", true))
        {
            var task = new NewTask(context.In("Чтобы записать клиента, заполните: ", "To book the visit, fill in: ") + string.Join(", ", missing), context.Now.AddHours(1), null, null);
            context.PlanPart(context.Subject.Connection, new CreateTasks(EntityTypes.Deal, context.Subject.EntityId, [task]), context.In($"чего не хватает в сделке {context.Subject.EntityId}", $"what deal {context.Subject.EntityId} lacks"), OnHintedAsync);
            return ValueTask.CompletedTask;
        }

        Turn.Wait(context, OnTurnAsync, TimeSpan.FromMinutes(minutes));
        return ValueTask.CompletedTask;
    }

    private ValueTask OnHintedAsync(ActivityExecutionContext context, EffectOutcome outcome) =>
        context.Answered(outcome, "hint") ? context.EndAsync(MissingOutcome) : ValueTask.CompletedTask;

    private static string Named(ActivityExecutionContext context, string field, string? value) =>
        value is null ? field : field + context.In(" (нет в системе записи)", " (unknown to the booking system)");

    private async ValueTask OnBookedAsync(ActivityExecutionContext context, EffectOutcome outcome)
    {
        var deal = context.Subject;
        if (!outcome.Done || (string?)outcome.Value.SelectToken("visitId") is not { Length: > 0 } id)
        {
            if (outcome.Code == "slot_taken")
            {
                TellRefusal(context, deal, outcome.Message);
                return;
            }
            Turn.GiveBack(context);
            await context.EndAsync(FailedOutcome, outcome.Code ?? "id_missing");
            return;
        }
        var visit = new MailboxKey(deal.Account, new(Guid.Parse((string)context.Properties["booking"]!)), EntityTypes.Booking, id);
        var agreed = Agreement.From(context.Properties["agreed"])!;
        var command = WithField(new(EntityTypes.Deal, deal.EntityId, Name: Renames(context) ? id : null), VisitId(context), id);
        if ((string?)outcome.Value.SelectToken("clientId") is { Length: > 0 } client) command = WithField(command, ClientId(context), client);
        if (Fields.Instant(outcome.Value.SelectToken("start") ?? JValue.CreateNull(), TimeZoneInfo.Utc) is { } stored && Aspects.Text(stored) != (string?)agreed.Deal[Aspects.Start])
        {
            agreed.Settle(Aspects.Start, Aspects.Text(stored), Aspects.Text(stored));
            command = WithField(command, DateName(context), Fields.Iso(stored, context.TimeZone));
        }
        context.Properties["pair"] = new JArray(deal.ToString(), visit.ToString());
        context.Properties["agreed"] = agreed.ToJson();
        context.JournalData["visit"] = id;
        // The visit exists from here on: linked at once, so that a failed write-back cannot lead to a second one.
        context.RecordLink(new(Relation, deal, visit, agreed.ToJson()));
        context.PlanCrm(deal.Connection, command, context.In($"запись {id} в сделку {deal.EntityId}", $"booking {id} into deal {deal.EntityId}"), OnDealChangedAsync);
    }
}
