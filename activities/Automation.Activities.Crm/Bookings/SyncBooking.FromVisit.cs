using Automation.Activities.Crm.Common;
using Automation.Engine.Accounts;
using Automation.Engine.Effects;
using Automation.Engine.Events;
using Automation.Engine.Mailboxes;
using Automation.Engine.Ports;
using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.Activities.Crm.Bookings;

/// <content>The run is about a visit: make a deal, or compare with the one it has.</content>
public sealed partial class SyncBooking
{
    private async ValueTask FromVisitAsync(ActivityExecutionContext context, ConnectionId crm, ConnectionId booking, EntityLink? link)
    {
        var visit = await VisitAsync(context, booking, context.Subject.EntityId);
        if (visit is null)
        {
            await AbsentAsync(context, crm, link);
            return;
        }
        var phone = Phone(context, visit.ClientPhone ?? "");
        if (link is null && phone is not null && await Turn.IsOthersAsync(context, Turn.Booking, Turn.Client(context.Subject.Account, booking, phone), Again(context)))
        {
            Turn.Wait(context, OnTurnAsync);
            return;
        }
        var id = link?.From.EntityId ?? await DealOfAsync(context, crm, visit.Id);
        if (id is null) await MakeDealAsync(context, crm, booking, visit, phone);
        else if (await DealAsync(context, crm, id) is { } deal) await PairAsync(context, crm, booking, deal, visit, Agreement.From(link?.Data));
        else await context.EndAsync(NoChangeOutcome, "deal_missing");
    }

    /// <summary>Not found twice, ten minutes apart, counts as cancelled; the deal is never deleted (KX-12).</summary>
    private async ValueTask AbsentAsync(ActivityExecutionContext context, ConnectionId crm, EntityLink? link)
    {
        if (link is null || Agreement.From(link.Data) is not { } agreed)
        {
            await context.EndAsync(NoChangeOutcome, "visit_missing");
            return;
        }
        if (!context.Properties.ContainsKey("absent"))
        {
            context.Properties["absent"] = true;
            Turn.Wait(context, OnTurnAsync, AbsentAgain);
            return;
        }
        var deal = await DealAsync(context, crm, link.From.EntityId);
        var target = deal is null ? null : (await StatesAsync(context, crm)).StageOf(VisitState.Cancelled, deal.PipelineId);
        if (target is null || (deal!.PipelineId == target.PipelineId && deal.StageId == target.Id))
        {
            await context.EndAsync(NoChangeOutcome, "visit_missing");
            return;
        }
        agreed.Settle(Aspects.State, $"{target.PipelineId}/{target.Id}", nameof(VisitState.Cancelled));
        context.Properties["pair"] = new JArray(link.From.ToString(), link.To.ToString());
        context.Properties["agreed"] = agreed.ToJson();
        Turn.Take(context, Turn.Booking, link.From, link.To);
        context.PlanCrm(crm, new UpdateEntity(EntityTypes.Deal, deal.Id, PipelineId: target.PipelineId, StageId: target.Id), context.In($"сделка {deal.Id}: записи больше нет", $"deal {deal.Id}: the booking is gone"), OnDealChangedAsync);
    }

    /// <summary>A deal that carries the visit's id though no link is known (a restored store, a hand-filled field).</summary>
    private async ValueTask<string?> DealOfAsync(ActivityExecutionContext context, ConnectionId crm, string visitId)
    {
        var found = await context.ReadCrmAsync<IReadOnlyList<JObject>>(crm, $"deals/visit/{visitId}{Again(context)}", async (port, cancellationToken) =>
            await port.FindDealsAsync(new(OpenOnly: false, Text: visitId), cancellationToken)) ?? [];
        return found.Where(deal => Fields.Text(deal, VisitId(context)) == visitId).Select(deal => Fields.Text(deal, EntityFields.Id)).FirstOrDefault();
    }

    private async ValueTask MakeDealAsync(ActivityExecutionContext context, ConnectionId crm, ConnectionId booking, Visit visit, string? phone)
    {
        if (visit.State == VisitState.Cancelled)
        {
            await context.EndAsync(NoChangeOutcome, "visit_cancelled");
            return;
        }
        if (context.Get(PipelineId) is not { Length: > 0 } pipeline || context.Get(StageId) is not { Length: > 0 } stage)
        {
            await context.EndAsync(FailedOutcome, "stage_empty");
            return;
        }
        var target = (await StatesAsync(context, crm)).StageOf(visit.State, pipeline);
        var executor = visit.ExecutorId is null ? null : NameOf(await ItemsAsync(context, booking, "executors"), visit.ExecutorId);
        var service = visit.ServiceIds.Count == 0 ? null : NameOf(await ItemsAsync(context, booking, "services"), visit.ServiceIds[0]);
        var fields = new Dictionary<string, JToken> { [DateName(context)] = Fields.Iso(visit.Start, context.TimeZone), [VisitId(context)] = visit.Id };
        if (visit.ClientId is not null) fields[ClientId(context)] = visit.ClientId;
        if (executor is not null) fields[ExecutorName(context)] = executor;
        if (service is not null) fields[ServiceName(context)] = service;
        var (into, at) = (target?.PipelineId ?? pipeline, target?.Id ?? stage);
        Turn.Take(context, Turn.Booking, context.Subject, Turn.Client(context.Subject.Account, booking, phone ?? visit.Id));
        context.Properties["crm"] = crm.Value.ToString();
        context.Properties["agreed"] = new Agreement(
            new JObject { [Aspects.Start] = Aspects.Text(visit.Start), [Aspects.State] = $"{into}/{at}", [Aspects.Executor] = executor, [Aspects.Service] = service }, Aspects.Of(visit)).ToJson();

        var contact = phone is null ? null : await context.ReadCrmAsync(crm, $"contact/phone/{Turn.Hash(phone)}{Again(context)}", (port, cancellationToken) => port.FindContactByPhoneAsync(phone, cancellationToken));
        var command = new CreateDeal(visit.Id, into, at, null, null, Fields.Text(contact, EntityFields.Id), null, null, fields);
        if (contact is not null)
        {
            context.PlanCrm(crm, command, context.In($"сделка для записи {visit.Id}", $"deal for booking {visit.Id}"), OnDealMadeAsync);
            return;
        }
        context.Properties["deal"] = command.ToJson();
        context.PlanCrm(crm, new CreateContact(visit.ClientName ?? context.In("Клиент", "Client"), phone, null, null), context.In($"контакт для записи {visit.Id}", $"contact for booking {visit.Id}"), OnContactMadeAsync);
    }

    private ValueTask OnContactMadeAsync(ActivityExecutionContext context, EffectOutcome outcome)
    {
        if (!outcome.Done || (string?)outcome.Value.SelectToken("id") is not { Length: > 0 } contact)
        {
            Turn.GiveBack(context);
            return context.EndAsync(FailedOutcome, outcome.Code ?? "id_missing");
        }
        var command = (CreateDeal)CrmCommand.FromJson((JObject)context.Properties["deal"]) with { ContactId = contact };
        context.PlanCrm(Crm(context), command, context.In($"сделка для записи {context.Subject.EntityId}", $"deal for booking {context.Subject.EntityId}"), OnDealMadeAsync);
        return ValueTask.CompletedTask;
    }

    private ValueTask OnDealMadeAsync(ActivityExecutionContext context, EffectOutcome outcome)
    {
        if (!outcome.Done || (string?)outcome.Value.SelectToken("id") is not { Length: > 0 } id)
        {
            Turn.GiveBack(context);
            return context.EndAsync(FailedOutcome, outcome.Code ?? "id_missing");
        }
        context.JournalData["deal"] = id;
        context.Properties["pair"] = new JArray(new MailboxKey(context.Subject.Account, Crm(context), EntityTypes.Deal, id).ToString(), context.Subject.ToString());
        return SettleAsync(context);
    }

    private static ConnectionId Crm(ActivityExecutionContext context) => new(Guid.Parse((string)context.Properties["crm"]!));
}
