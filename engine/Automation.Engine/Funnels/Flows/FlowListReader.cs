using Newtonsoft.Json.Linq;

namespace Automation.Engine.Funnels.Flows;

/// <summary>Reads a workflow's flowchart as a list: chains, choices whose ways meet again or end, forks that join.</summary>
public sealed class FlowListReader
{
    private readonly FlowChart chart;
    private readonly HashSet<string> taken = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> reaches = new(StringComparer.Ordinal);

    private readonly Func<string, string> exit;

    private FlowListReader(FlowChart chart, Func<string, string> exit) => (this.chart, this.exit) = (chart, exit);

    /// <param name="document">A trigger's workflow; null for one that does nothing yet.</param>
    /// <param name="exit">The exit by which an activity of a type goes on; null: <c>Done</c> for all of them.</param>
    public static FlowReading Read(JObject? document, Func<string, string>? exit = null)
    {
        if (document is null) return new(FlowList.Empty, null, []);
        try
        {
            var chart = FlowChart.Read(document);
            var list = new FlowListReader(chart, exit ?? (_ => FlowKinds.Done)).Read();
            // The last word: what is not given back as it was is no list.
            return JToken.DeepEquals(FlowListWriter.Write(document, list), document) ? new(list, null, []) : new(null, FlowReasons.Tangled, [.. chart.Order.Select(id => chart.Activities[id])]);
        }
        catch (FlowNotListedException e)
        {
            return new(null, e.Reason, [.. Outermost(document)]);
        }
    }

    private FlowList Read()
    {
        var (steps, _) = Chain(chart.First(), null);
        return taken.Count == chart.Activities.Count ? new(steps) : throw new FlowNotListedException(FlowReasons.Loose);
    }

    /// <summary>Steps from an activity up to the one where its branch meets the others.</summary>
    /// <param name="stop">Null: there is no such place.</param>
    private (List<FlowStep> Steps, bool Reaches) Chain(string? from, string? stop)
    {
        var steps = new List<FlowStep>();
        for (var next = from; next is not null;)
        {
            if (next == stop) return (steps, true);
            (var step, next) = Step(next, stop);
            steps.Add(step);
        }

        return (steps, false);
    }

    private (FlowStep Step, string? Next) Step(string id, string? stop)
    {
        if (!taken.Add(id)) throw new FlowNotListedException(FlowReasons.Tangled);
        var (activity, arrows) = (chart.Activities[id], chart.From(id));
        var type = (string?)activity["type"] ?? "";
        var kind = FlowKinds.Of(type);
        var meet = MeetingPlace(kind, exit(type), arrows, stop);
        var ways = new List<FlowWay>();
        foreach (var arrow in arrows)
        {
            var (steps, on) = Chain(arrow.Target, meet);
            ways.Add(new(arrow.Port, steps, meet is not null && !on));
        }

        // What leaves by no arrow is shown, too; the exit that was hoped for stands first.
        var declared = Declared(activity, kind, exit(type));
        foreach (var port in declared.Where(port => arrows.All(arrow => arrow.Port != port))) ways.Add(new(port, [], meet is not null));
        if (kind != FlowKind.Parallel) ways = [.. ways.OrderBy(way => declared.ToList().IndexOf(way.Port) is >= 0 and var at ? at : int.MaxValue)];
        return kind == FlowKind.Parallel && meet is not null && meet != stop && IsJoin(meet) ? Joined(activity, ways, meet) : (new(activity, ways), meet);
    }

    private (FlowStep Step, string? Next) Joined(JObject activity, List<FlowWay> ways, string meet)
    {
        taken.Add(meet);
        return chart.From(meet) switch
        {
            [] => (new(activity, ways, chart.Activities[meet]), null),
            [{ Port: FlowKinds.Done } arrow] => (new(activity, ways, chart.Activities[meet]), arrow.Target),
            _ => throw new FlowNotListedException(FlowReasons.Tangled),
        };
    }

    // The nearest activity that two ways lead to. Where no two do: a step that does something goes on by its own exit, whatever its other
    // exits lead to; a choice goes on where the branch around it meets others, if one of its ways leads there.
    private string? MeetingPlace(FlowKind kind, string exit, IReadOnlyList<FlowArrow> arrows, string? stop)
    {
        if (kind is FlowKind.Action or FlowKind.Start && arrows is [var only] && only.Port == exit) return only.Target;
        var met = arrows.SelectMany(arrow => Reach(arrow.Target)).GroupBy(id => id, StringComparer.Ordinal).Where(ids => ids.Count() > 1).Select(ids => ids.Key);
        if (met.MinBy(id => chart.Depth[id]) is { } nearest) return nearest;
        var around = stop is null ? [] : arrows.Where(arrow => Reach(arrow.Target).Contains(stop)).ToList();
        if (kind == FlowKind.Action && arrows.FirstOrDefault(arrow => arrow.Port == exit) is { Target: { } own } && around.All(arrow => arrow.Port == exit)) return own;
        return around.Count > 0 ? stop : null;
    }

    private HashSet<string> Reach(string id) => reaches.TryGetValue(id, out var known) ? known : reaches[id] = chart.Reach(id);

    private bool IsJoin(string id) => (string?)chart.Activities[id]["type"] == FlowKinds.Join;

    private static IReadOnlyList<string> Declared(JObject activity, FlowKind kind, string exit) => kind switch
    {
        FlowKind.Action or FlowKind.Start => [exit],
        FlowKind.Choice => FlowKinds.WaysOf((string?)activity["type"] ?? ""),
        FlowKind.Parallel => FlowBranches.Read(activity),
        _ => [],
    };

    private static IEnumerable<JObject> Outermost(JObject document) =>
        (document.SelectToken("root.activities") as JArray ?? []).OfType<JObject>();
}
