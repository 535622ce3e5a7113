using Automation.Engine.Funnels.Flows;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Definitions;

/// <summary>A funnel's trigger in a flowchart: its arrow says where the chart begins.</summary>
internal static class ChartTrigger
{
    private const string Start = "Elsa.Start";
    private const string StandsFor = "standsFor";

    // What Studio draws of a rule in words takes some four hundred across; the arrow wants room too.
    private const int Beside = 500;

    /// <summary>Leads it to what the chart begins with. A start of the chart's own it stands for, with its arrows.</summary>
    /// <param name="place">Where it stood; null: beside the first activity.</param>
    public static void Put(JObject chart, JArray activities, JObject trigger, JObject? place)
    {
        var first = ChartStart.Of(chart) is { } id ? activities.OfType<JObject>().First(activity => (string?)activity["id"] == id) : null;
        if ((string?)first?["type"] == Start)
        {
            trigger["id"] = first!["id"];
            if (PositionOf(first) is { } position) Move(trigger, position);
            ((JObject)trigger["customProperties"]!)[StandsFor] = first.DeepClone();
            first.Replace(trigger);
            return;
        }

        Move(trigger, place ?? new JObject { ["x"] = At(first, "x") - Beside, ["y"] = At(first, "y") });
        activities.AddFirst(trigger);
        if (first is null) return;
        if (chart["connections"] is not JArray connections) chart["connections"] = connections = [];
        connections.Add(new JObject { ["source"] = new JObject { ["activity"] = trigger["id"], ["port"] = FlowKinds.Done }, ["target"] = new JObject { ["activity"] = first["id"], ["port"] = "In" } });
    }

    /// <summary>Begins the chart where they lead to. One that led to several activities, or stood for a start, leaves a start behind; one in the middle is passed by.</summary>
    public static void TakeOut(JObject chart, List<JObject> triggers)
    {
        var connections = chart["connections"] as JArray ?? [];
        var ids = triggers.ConvertAll(IdOf);
        var stands = triggers.Find(trigger => Replaced(trigger) is { } own && IdOf(own) == IdOf(trigger));
        var first = ids.Where(id => id == IdOf(stands) || !With(connections, "target", id).Any()).DefaultIfEmpty(ids[0]).ToList();
        foreach (var id in ids.Where(id => id != IdOf(stands))) PassBy(connections, id, stays: first.Contains(id));
        var others = DefinitionDocument.Children(chart).Select(IdOf).Except(ids).ToHashSet();
        var arrows = first.SelectMany(id => With(connections, "source", id)).ToList();
        var targets = arrows.Select(arrow => ChartConnections.ActivityAt(arrow, "target")).Where(others.Contains).Distinct().ToList();
        var mark = stands ?? (targets.Count > 1 ? triggers.Find(trigger => IdOf(trigger) == first[0]) : null);
        var start = mark is null ? targets.FirstOrDefault() : IdOf(mark);
        if (mark is null) arrows.ForEach(arrow => arrow.Remove());
        else Gather(arrows, start!);
        mark?.Replace(StartFor(mark));
        triggers.ForEach(FunnelStart.Remove);
        if (start is not null) ChartStart.Put(chart, start);
    }

    public static JObject? PositionOf(JObject activity) => activity["metadata"] is JObject metadata && metadata["designer"] is JObject designer ? designer["position"] as JObject : null;

    // Arrows of its copies are its own from now on, each once.
    private static void Gather(List<JObject> arrows, string start)
    {
        var led = new HashSet<string?>();
        foreach (var (arrow, isOwn) in arrows.Select(arrow => (arrow, ChartConnections.ActivityAt(arrow, "source") == start)).OrderByDescending(one => one.Item2).ToList())
        {
            if (!led.Add(ChartConnections.ActivityAt(arrow, "target")) && !isOwn) arrow.Remove();
            else ChartConnections.Lead(arrow, "source", start);
        }
    }

    // What led to it leads to where it led.
    private static void PassBy(JArray connections, string? id, bool stays)
    {
        var onwards = With(connections, "source", id).Where(arrow => ChartConnections.ActivityAt(arrow, "target") != id).ToList();
        foreach (var into in With(connections, "target", id).ToList())
        {
            foreach (var onward in onwards)
            {
                var instead = (JObject)into.DeepClone();
                ChartConnections.Lead(instead, "target", ChartConnections.ActivityAt(onward, "target")!);
                connections.Add(instead);
            }

            into.Remove();
        }

        if (!stays) onwards.ForEach(onward => onward.Remove());
    }

    private static IEnumerable<JObject> With(JArray connections, string end, string? id) => connections.OfType<JObject>().Where(arrow => ChartConnections.ActivityAt(arrow, end) == id);

    private static JObject StartFor(JObject trigger)
    {
        var start = (JObject?)Replaced(trigger)?.DeepClone() ?? new JObject { ["id"] = trigger["id"], ["type"] = Start, ["version"] = 1 };
        if (PositionOf(trigger) is { } position) Move(start, position);
        return start;
    }

    private static string? IdOf(JObject? activity) => (string?)activity?["id"];

    private static JObject? Replaced(JObject trigger) =>
        trigger["customProperties"] is JObject properties && properties[StandsFor] is JObject start && (string?)start["type"] == Start ? start : null;

    private static double At(JObject? activity, string axis) => activity is not null && PositionOf(activity)?[axis] is JValue { Type: JTokenType.Integer or JTokenType.Float } at ? (double)at : 0;

    private static void Move(JObject activity, JObject position)
    {
        if (activity["metadata"] is not JObject metadata) activity["metadata"] = metadata = [];
        if (metadata["designer"] is not JObject designer) metadata["designer"] = designer = [];
        designer["position"] = position.DeepClone();
    }
}
