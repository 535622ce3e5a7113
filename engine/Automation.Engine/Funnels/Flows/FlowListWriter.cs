using Newtonsoft.Json.Linq;

namespace Automation.Engine.Funnels.Flows;

/// <summary>
/// Writes a list into a workflow document. What the list does not touch stays as it is: activities and arrows with whatever they hold,
/// their order, everything around the chart.
/// </summary>
public static class FlowListWriter
{
    /// <param name="document">The workflow as it was; it is not changed.</param>
    public static JObject Write(JObject document, FlowList list)
    {
        var written = (JObject)document.DeepClone();
        var root = (JObject)written["root"]!;
        var arrows = new List<FlowArrow>();
        Connect(list.Steps, null, arrows);
        Put(root, "activities", Activities(root, list));
        Put(root, "connections", Connections(root, arrows));
        if (root["start"] is JValue { Value: string }) root["start"] = list.Steps.Count == 0 ? null : list.Steps[0].Id;
        return written;
    }

    /// <summary>An empty chart to write the first step into.</summary>
    public static JObject NewDocument(string name) => new()
    {
        ["name"] = name,
        ["variables"] = new JArray(),
        ["inputs"] = new JArray(),
        ["outputs"] = new JArray(),
        ["outcomes"] = new JArray(),
        ["customProperties"] = new JObject(),
        ["options"] = new JObject(),
        ["root"] = new JObject { ["id"] = "flow", ["type"] = FlowKinds.Flowchart, ["version"] = 1, ["activities"] = new JArray(), ["connections"] = new JArray() },
    };

    // A document without arrows may lack the list of them.
    private static void Put(JObject root, string name, JArray items)
    {
        if (items.Count > 0 || root[name] is not null) root[name] = items;
    }

    private static JArray Activities(JObject root, FlowList list)
    {
        var wanted = list.All.SelectMany(step => step.Join is null ? [step.Activity] : new[] { step.Activity, step.Join }).ToDictionary(activity => (string)activity["id"]!, StringComparer.Ordinal);
        var kept = (root["activities"] as JArray ?? []).OfType<JObject>().Select(activity => (string?)activity["id"] ?? "").Where(wanted.ContainsKey).ToList();
        var added = wanted.Keys.Except(kept, StringComparer.Ordinal).ToList();
        var places = new FlowPlaces([.. wanted.Values]);
        return new JArray(kept.Select(id => wanted[id]).Concat(added.Select(id => places.Placed(wanted[id], Before(list.Steps, id, null)))));
    }

    private static JArray Connections(JObject root, List<FlowArrow> arrows)
    {
        var left = new HashSet<FlowArrow>(arrows);
        var kept = (root["connections"] as JArray ?? []).Where(token => FlowArrow.Read(token) is { } arrow && left.Remove(arrow)).ToList();
        return new JArray(kept.Concat(arrows.Where(left.Contains).Select(arrow => arrow.ToJson())));
    }

    /// <param name="on">Where the end of the chain leads; null: nowhere.</param>
    private static void Connect(IReadOnlyList<FlowStep> steps, string? on, List<FlowArrow> arrows)
    {
        for (var at = 0; at < steps.Count; at++)
        {
            var (step, next) = (steps[at], at + 1 < steps.Count ? steps[at + 1].Id : on);
            var meet = step.Join is { } join ? (string)join["id"]! : next;
            foreach (var way in step.Ways)
            {
                var end = way.Ends ? null : meet;
                if ((way.Steps.Count > 0 ? way.Steps[0].Id : end) is { } target) arrows.Add(new(step.Id, way.Port, target));
                Connect(way.Steps, end, arrows);
            }

            if (step.Join is not null && next is not null) arrows.Add(new(meet!, FlowKinds.Done, next));
        }
    }

    // The step that stands before another one in the list: a new one is drawn behind it.
    private static JObject? Before(IReadOnlyList<FlowStep> steps, string id, JObject? before)
    {
        foreach (var step in steps)
        {
            if (step.Id == id) return before;
            if ((string?)step.Join?["id"] == id) return step.Ways.SelectMany(way => way.Steps).LastOrDefault()?.Activity ?? step.Activity;
            foreach (var way in step.Ways)
                if (way.Steps.SelectMany(inner => inner.WithInner).Any(inner => inner.Id == id || (string?)inner.Join?["id"] == id)) return Before(way.Steps, id, step.Activity);
            before = step.Join ?? step.Activity;
        }

        return before;
    }
}
