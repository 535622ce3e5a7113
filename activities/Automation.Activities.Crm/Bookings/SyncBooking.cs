using Automation.Activities.Crm.Common;
using Automation.Activities.Crm.Sms;
using Automation.Engine.Accounts;
using Automation.Engine.Effects;
using Automation.Engine.Events;
using Automation.Engine.Mailboxes;
using Automation.Engine.Ports;
using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.Activities.Crm.Bookings;

/// <summary>
/// Keeps a deal and a visit equal, whichever of the two the run is about: makes the missing one, or carries what changed since they
/// last agreed to the other. Values are compared, not times of events: an echo finds everything equal and writes nothing (KX-7).
/// </summary>
[Activity("Crm", "CRM", "Keeps the deal and its visit in the booking calendar equal, both ways.", DisplayName = "Sync booking",
    DisplayNameRu = "Синхронизировать запись", DescriptionRu = "Держит сделку и визит в календаре записи одинаковыми, в обе стороны.")]
[FlowNode(DoneOutcome, NoChangeOutcome, MissingOutcome, RefusedOutcome, FailedOutcome)]
[Deterministic]
public sealed partial class SyncBooking : Activity, IResilientActivity
{
    public const string DoneOutcome = "Done";
    public const string NoChangeOutcome = "No change";
    public const string MissingOutcome = "Missing fields";
    public const string RefusedOutcome = "Refused";
    public const string FailedOutcome = "Failed";

    /// <summary>The relation of the link deal → visit; its data is what both were when they last agreed.</summary>
    public const string Relation = "booking";

    private static readonly TimeSpan AbsentAgain = TimeSpan.FromMinutes(10);

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var subject = context.Subject;
        var fromVisit = subject.EntityType == EntityTypes.Booking;
        var booking = fromVisit ? subject.Connection : await context.ConnectionAsync<IBookingSystem>(context.Get(BookingConnection));
        var crm = fromVisit ? await context.CrmAsync(context.Get(CrmConnection)) : subject.Connection;
        var again = Again(context);
        var link = await Turn.LinkAsync(context, Relation, subject, again);
        if (await Turn.IsOthersAsync(context, Turn.Booking, subject, again))
        {
            Turn.Wait(context, OnTurnAsync);
            return;
        }
        if (fromVisit) await FromVisitAsync(context, crm, booking, link);
        else await FromDealAsync(context, crm, booking, link);
    }

    private ValueTask OnTurnAsync(ActivityExecutionContext context) => ExecuteAsync(context);

    private static string Again(ActivityExecutionContext context) => Turn.Again(context);

    private async ValueTask<DealView?> DealAsync(ActivityExecutionContext context, ConnectionId crm, string id)
    {
        if (await context.EntityAsync(crm, EntityTypes.Deal, id, Again(context)) is not { } deal) return null;
        return new(
            id, Fields.Text(deal, EntityFields.PipelineId), Fields.Text(deal, EntityFields.StageId), Fields.Instant(Fields.Value(deal, DateName(context)), context.TimeZone),
            Fields.Text(deal, ExecutorName(context)), Fields.Text(deal, ServiceName(context)), Fields.Text(deal, VisitId(context)),
            Fields.Instant(Fields.Value(deal, EntityFields.UpdatedAt), context.TimeZone), deal);
    }

    private static async ValueTask<Visit?> VisitAsync(ActivityExecutionContext context, ConnectionId booking, string id)
    {
        var answer = await context.ReadAsync($"booking/{booking.Value:N}/visit/{id}{Again(context)}", async cancellationToken =>
            Tokens.From(await (await context.OpenAsync<IBookingSystem>(booking, cancellationToken)).ReadVisitAsync(id, cancellationToken)));
        var visit = Tokens.To<Visit>(answer);
        if (visit is { State: VisitState.Unknown }) context.JournalData["unknownState"] = visit.RawState;
        return visit;
    }

    private async ValueTask<StateMap> StatesAsync(ActivityExecutionContext context, ConnectionId crm)
    {
        var stages = await context.ReadCrmAsync<IReadOnlyList<CrmStage>>(crm, "stages", async (port, cancellationToken) =>
            [.. (await port.ReadDirectoryAsync(cancellationToken)).Pipelines.SelectMany(pipeline => pipeline.Stages)]);
        return new(StateMap.Rows(context.Get(States)), stages ?? []);
    }

    private static async ValueTask<IReadOnlyList<NamedItem>> ItemsAsync(ActivityExecutionContext context, ConnectionId booking, string what)
    {
        var answer = await context.ReadAsync($"booking/{booking.Value:N}/{what}", async cancellationToken =>
        {
            var port = await context.OpenAsync<IBookingSystem>(booking, cancellationToken);
            return Tokens.From(what == "executors" ? await port.ReadExecutorsAsync(cancellationToken) : await port.ReadServicesAsync(cancellationToken));
        });
        return Tokens.To<List<NamedItem>>(answer) ?? [];
    }

    private static string? IdOf(IReadOnlyList<NamedItem> items, string? text) => text is null ? null :
        items.FirstOrDefault(item => string.Equals(item.Name.Trim(), text, StringComparison.OrdinalIgnoreCase) || item.Id == text)?.Id;

    private static string? NameOf(IReadOnlyList<NamedItem> items, string? id) => items.FirstOrDefault(item => item.Id == id)?.Name;

    private string? Phone(ActivityExecutionContext context, JToken phones) =>
        Fields.Texts(phones).Select(text => PhoneReader.Normalize(text, Region(context))).FirstOrDefault(phone => phone is not null);

    private static void PlanBooking(ActivityExecutionContext context, ConnectionId booking, BookingCommand command, string summary, EffectCallback callback) =>
        context.PlanEffect(new("booking", booking, command.ToJson(), EffectPolicy.Verify, summary), callback);
}
