using Automation.Engine.Events;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Events;
using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Projections;

/// <summary>Lays moves over the stays that are kept: the one that is open ends, the next one begins. A move that is told twice changes nothing.</summary>
internal sealed class StageVisits(AutomationDbContext context, Guid account)
{
    private const string OwnMove = "automation";
    private static readonly TimeSpan Finest = TimeSpan.FromMicroseconds(1);
    private readonly Dictionary<(Guid Connection, string Deal), StageVisitRow> open = [];
    private Dictionary<Guid, EventRow> events = [];

    public async Task TakeAsync(IReadOnlyList<StageMove> moves, CancellationToken cancellationToken)
    {
        if (moves.Count == 0) return;
        await LoadAsync(moves, cancellationToken);
        foreach (var move in moves) Take(move);
    }

    private void Take(StageMove move)
    {
        var key = (move.Connection, move.Deal);
        var before = open.GetValueOrDefault(key);
        if (before is not null && move.To is { } same && before.PipelineId == same.PipelineId && before.StageId == same.StageId) return;
        var at = before is null || move.At > before.EnteredAt ? move.At : before.EnteredAt + Finest;
        if (before is not null) before.LeftAt = at;
        open.Remove(key);
        if (move.To is not { } to) return;
        var (actor, price) = Told(move);
        var visit = new StageVisitRow { AccountId = account, ConnectionId = move.Connection, EntityId = move.Deal, EnteredAt = at, PipelineId = to.PipelineId, StageId = to.StageId, ActorId = actor, Price = price };
        context.StageVisits.Add(visit);
        open[key] = visit;
    }

    private async Task LoadAsync(IReadOnlyList<StageMove> moves, CancellationToken cancellationToken)
    {
        foreach (var group in moves.GroupBy(move => move.Connection))
        {
            var deals = group.Select(move => move.Deal).Distinct().ToList();
            foreach (var row in await context.StageVisits.Where(row => row.AccountId == account && row.ConnectionId == group.Key && deals.Contains(row.EntityId) && row.LeftAt == null).ToListAsync(cancellationToken))
                open[(row.ConnectionId, row.EntityId)] = row;
        }

        var ids = moves.Where(move => move.Event is not null).Select(move => move.Event!.Value).Distinct().ToList();
        events = await context.Events.AsNoTracking().Where(row => ids.Contains(row.Id)).ToDictionaryAsync(row => row.Id, cancellationToken);
    }

    private (string? Actor, decimal? Price) Told(StageMove move)
    {
        var row = move.Event is { } id ? events.GetValueOrDefault(id) : null;
        var price = row?.State is { } state && ReadState(state) is JValue { Value: { } amount } && decimal.TryParse(Convert.ToString(amount, System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : (decimal?)null;
        return (move.Own ? OwnMove : row is null ? null : EventPayload.Read(row.Payload).ActorId, price);
    }

    private static JToken? ReadState(string state)
    {
        using var reader = new JsonTextReader(new StringReader(state)) { DateParseHandling = DateParseHandling.None, FloatParseHandling = FloatParseHandling.Decimal, MaxDepth = 256 };
        return JObject.Load(reader)[EntityFields.Price];
    }
}
