using System.Globalization;
using Automation.Engine.Events;
using Automation.Engine.Funnels;
using Automation.Engine.Mailboxes;
using Automation.Engine.Matching;
using Automation.Engine.Persistence.Rows;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Projections;

/// <summary>A trigger's day.</summary>
/// <param name="Day"><c>yyyy-MM-dd</c> in the account's time zone.</param>
public readonly record struct TriggerDay(Guid Funnel, string Trigger, string Day);

public readonly record struct TriggerCounts(long Passed, long Fired, long Skipped)
{
    public static TriggerCounts operator +(TriggerCounts left, TriggerCounts right) => new(left.Passed + right.Passed, left.Fired + right.Fired, left.Skipped + right.Skipped);
}

/// <summary>A deal came into a stage, or was deleted.</summary>
/// <param name="To">Null: it is nowhere any more.</param>
/// <param name="Own">By our own write.</param>
public sealed record StageMove(Guid Connection, string Deal, Guid? Event, DateTimeOffset At, StageRef? To, bool Own);

/// <summary>What rows of one account's journal add up to, row by row in their order. Pure.</summary>
public sealed class JournalSums(TimeZoneInfo zone)
{
    private readonly Dictionary<TriggerDay, TriggerCounts> days = [];
    private readonly List<StageMove> moves = [];

    public IReadOnlyDictionary<TriggerDay, TriggerCounts> Days => days;

    /// <summary>An event that several funnels looked at is told once for each of them.</summary>
    public IReadOnlyList<StageMove> Moves => moves;

    public void Take(JournalRow row)
    {
        if (row.Kind != "event") return;
        var facts = Read(row.Facts);
        // The second look of a delayed trigger: its event was counted when it came.
        if ((string?)facts["kind"] == "due") return;
        if (row.FunnelId is { } funnel) Count(funnel, row.At, facts);
        if (row.EntityType == EntityTypes.Deal) Move(row, facts);
    }

    private void Count(Guid funnel, DateTimeOffset at, JObject facts)
    {
        var day = TimeZoneInfo.ConvertTime(at, zone).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        foreach (var verdict in (facts["verdicts"] as JArray ?? []).OfType<JObject>())
        {
            if ((string?)verdict["trigger"] is not { } trigger || !Reach.Came((string?)verdict["reason"])) continue;
            var fired = (string?)verdict["outcome"] is not (null or nameof(VerdictOutcome.No));
            var key = new TriggerDay(funnel, trigger, day);
            days[key] = days.GetValueOrDefault(key) + new TriggerCounts(1, fired ? 1 : 0, fired ? 0 : 1);
        }
    }

    private void Move(JournalRow row, JObject facts)
    {
        var happened = (facts["occurrences"] as JArray ?? []).Select(one => (string?)one).ToList();
        var came = happened.Contains(TriggerEvents.EnteredStage) || happened.Contains(TriggerEvents.CreatedInStage);
        if (!came && !happened.Contains(TriggerEvents.Deleted)) return;
        StageRef? to = came && (string?)facts["to"] is { } stage ? StageRef.Parse(stage) : null;
        if (came && to is null) return;
        moves.Add(new(row.ConnectionId, row.EntityId, row.EventId, row.At, to, facts["causedBy"] is not null));
    }

    private static JObject Read(string facts)
    {
        using var reader = new JsonTextReader(new StringReader(facts)) { DateParseHandling = DateParseHandling.None, FloatParseHandling = FloatParseHandling.Decimal, MaxDepth = 256 };
        return JObject.Load(reader);
    }
}
