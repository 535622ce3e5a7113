using Automation.Engine.Api.Funnels;
using Automation.Engine.Api.Journal;
using Newtonsoft.Json.Linq;

namespace Automation.Designer.Live;

/// <summary>A deal that moved or made something run a short while ago.</summary>
/// <param name="Stage">Where it is now: <c>pipeline/stage</c>.</param>
/// <param name="Tone">Of its last row: fired, quiet, trouble, plain.</param>
public sealed record LiveDeal(string Id, string Name, string Stage, string Tone, DateTimeOffset At);

/// <summary>
/// What runs, as the board shows it: the deals that were seen last, the rows of the journal as they come, and what they add to the cards'
/// counters until those are read anew. Rows come in one after another.
/// </summary>
public sealed class LiveBoard(Guid funnel)
{
    private const int MostDeals = 120;
    private const int MostRows = 60;
    private readonly Dictionary<string, LiveDeal> deals = new(StringComparer.Ordinal);
    private readonly LinkedList<JournalView> rows = [];
    private readonly Dictionary<string, CardNumbers> added = new(StringComparer.Ordinal);

    /// <summary>Newest first.</summary>
    public IEnumerable<JournalView> Rows => rows;

    public IReadOnlyCollection<LiveDeal> Deals => deals.Values;

    public CardNumbers? Added(string trigger) => added.GetValueOrDefault(trigger);

    /// <summary>The counters were read anew: what was added by rows is in them, or will be the next time.</summary>
    public void Counted()
    {
        IsOpen = true;
        added.Clear();
    }

    /// <summary>Rows come: what is committed from now on is not missed.</summary>
    public bool IsOpen { get; private set; }

    /// <returns>False for a row of another funnel, which shows nothing here.</returns>
    public bool Take(JournalView row)
    {
        if (row.FunnelId is { } of && of != funnel) return false;
        rows.AddFirst(row);
        if (rows.Count > MostRows) rows.RemoveLast();
        if (row.Facts is not JObject facts) return true;
        if (row is { Kind: "event", Deal: { } deal }) Move(row, deal, facts);
        if (row.Kind == "event") Count(facts);
        return true;
    }

    private void Move(JournalView row, string deal, JObject facts)
    {
        var known = deals.GetValueOrDefault(deal);
        if ((string?)facts["to"] is not { } stage && (stage = known?.Stage) is null) return;
        deals[deal] = new(deal, (string?)facts["name"] ?? known?.Name ?? $"№ {deal}", stage, row.Tone, row.At);
        if (deals.Count > MostDeals) deals.Remove(deals.Values.MinBy(one => one.At)!.Id);
    }

    private void Count(JObject facts)
    {
        // The second look of a delayed trigger: its event was counted when it came.
        if ((string?)facts["kind"] == "due") return;
        foreach (var verdict in (facts["verdicts"] as JArray ?? []).OfType<JObject>())
        {
            if ((string?)verdict["trigger"] is not { } trigger || !CardReach.Reached((string?)verdict["reason"])) continue;
            var fired = ((string?)verdict["outcome"] ?? "no") is not ("no" or "No");
            var before = added.GetValueOrDefault(trigger) ?? new(trigger, 0, 0, 0, 0, 0);
            added[trigger] = before with { Passed = before.Passed + 1, Fired = before.Fired + (fired ? 1 : 0), Skipped = before.Skipped + (fired ? 0 : 1) };
        }
    }
}
