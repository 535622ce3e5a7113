using Automation.Activities.Crm.Common;
using Automation.Engine.Mailboxes;
using Automation.Engine.Ports;
using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.Activities.Crm.Bookings;

/// <summary>Collects what goes to the visit and what to the deal; settles in the agreement what both will be then.</summary>
internal sealed class PairPlan(ActivityExecutionContext context, SyncBooking activity, DealView deal, Visit visit, Agreement? before, JObject dealNow, JObject visitNow, bool bookingWins)
{
    private readonly Dictionary<string, JToken> fields = [];
    private readonly BookingCommand nothing = new(visit.Id, null, null, null, null, null, null, null);
    private BookingCommand change = new(visit.Id, null, null, null, null, null, null, null);
    private CrmStage? stage;

    public List<string> MovedToVisit { get; } = [];
    public List<string> MovedToDeal { get; } = [];

    public BookingCommand? VisitCommand => change == nothing ? null : change;

    public UpdateEntity? DealCommand => fields.Count == 0 && stage is null ? null
        : new(EntityTypes.Deal, deal.Id, PipelineId: stage?.PipelineId, StageId: stage?.Id, Fields: fields.Count == 0 ? null : fields);

    /// <summary>Whether either side of the aspect is not as it was.</summary>
    public bool Touched(string aspect) => before is null || before.DealChanged(dealNow, aspect) || before.VisitChanged(visitNow, aspect);

    public void Start(Agreement agreed)
    {
        var equal = deal.Start == visit.Start;
        switch (Decide(Aspects.Start, equal, dealSpeaks: deal.Start is not null))
        {
            case Aspects.Move.ToVisit:
                // Both times, so that the length is kept.
                change = change with { Start = deal.Start, Minutes = (int)(visit.Finish - visit.Start).TotalMinutes };
                agreed.Settle(Aspects.Start, Aspects.Text(deal.Start), Aspects.Text(deal.Start));
                break;
            case Aspects.Move.ToDeal:
                fields[activity.DateName(context)] = Fields.Iso(visit.Start, context.TimeZone);
                agreed.Settle(Aspects.Start, Aspects.Text(visit.Start), Aspects.Text(visit.Start));
                break;
            default:
                if (equal) agreed.Settle(Aspects.Start, Aspects.Text(deal.Start), Aspects.Text(visit.Start));
                break;
        }
    }

    public void State(Agreement agreed, StateMap map)
    {
        var (wanted, target) = (map.StateOf(deal.PipelineId, deal.StageId), map.StageOf(visit.State, deal.PipelineId));
        var equal = wanted == visit.State || map.Agree(visit.State, deal.PipelineId, deal.StageId) || (wanted is null && target is null);
        switch (Decide(Aspects.State, equal, dealSpeaks: wanted is not null, visitSpeaks: target is not null))
        {
            case Aspects.Move.ToVisit:
                change = change with { State = wanted };
                agreed.Settle(Aspects.State, (string?)dealNow[Aspects.State], wanted.ToString());
                break;
            case Aspects.Move.ToDeal:
                stage = target;
                agreed.Settle(Aspects.State, $"{target!.PipelineId}/{target.Id}", visit.State.ToString());
                break;
            default:
                // Also a stage or state that the map does not know is seen now, so that it does not count as a change later.
                agreed.Settle(Aspects.State, (string?)dealNow[Aspects.State], visit.State.ToString());
                break;
        }
    }

    public void Executor(Agreement agreed, IReadOnlyList<NamedItem> items) =>
        Named(Aspects.Executor, agreed, items, deal.Executor, visit.ExecutorId, activity.ExecutorName(context), id => change = change with { ExecutorId = id });

    public void Service(Agreement agreed, IReadOnlyList<NamedItem> items) =>
        Named(Aspects.Service, agreed, items, deal.Service, visit.ServiceIds.Count > 0 ? visit.ServiceIds[0] : null, activity.ServiceName(context), id => change = change with { ServiceIds = [id] });

    private void Named(string aspect, Agreement agreed, IReadOnlyList<NamedItem> items, string? dealText, string? visitId, string field, Action<string> write)
    {
        var wanted = dealText is null ? null : items.FirstOrDefault(item => string.Equals(item.Name.Trim(), dealText, StringComparison.OrdinalIgnoreCase) || item.Id == dealText)?.Id;
        var name = items.FirstOrDefault(item => item.Id == visitId)?.Name;
        var equal = wanted == visitId;
        switch (Decide(aspect, equal, dealSpeaks: wanted is not null, visitSpeaks: name is not null))
        {
            case Aspects.Move.ToVisit:
                write(wanted!);
                agreed.Settle(aspect, dealText, wanted);
                break;
            case Aspects.Move.ToDeal:
                fields[field] = name!;
                agreed.Settle(aspect, name, visitId);
                break;
            default:
                if (equal) agreed.Settle(aspect, dealText, visitId);
                break;
        }
    }

    private Aspects.Move Decide(string aspect, bool equal, bool dealSpeaks, bool visitSpeaks = true)
    {
        var dealChanged = dealSpeaks && (before?.DealChanged(dealNow, aspect) ?? true);
        var visitChanged = visitSpeaks && (before?.VisitChanged(visitNow, aspect) ?? true);
        var move = Aspects.Decide(equal, dealChanged, visitChanged, bookingWins);
        if (move == Aspects.Move.ToVisit) MovedToVisit.Add(aspect);
        if (move == Aspects.Move.ToDeal) MovedToDeal.Add(aspect);
        return move;
    }
}
