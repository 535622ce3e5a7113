using Newtonsoft.Json.Linq;

namespace Automation.Engine.Funnels.Flows;

/// <summary>Where a flowchart document begins.</summary>
public static class ChartStart
{
    /// <summary>As a run without a trigger of its own begins it.</summary>
    /// <returns>An activity's id; null for an empty chart.</returns>
    public static string? Of(JObject chart)
    {
        var activities = Activities(chart);
        if (Marked(chart, activities) is { } marked) return marked;
        var ids = activities.Select(one => one.Id).ToHashSet(StringComparer.Ordinal);
        var led = (chart["connections"] as JArray ?? []).Select(FlowArrow.Read).OfType<FlowArrow>().Where(arrow => ids.Contains(arrow.Source)).Select(arrow => arrow.Target).ToHashSet(StringComparer.Ordinal);
        return activities.FirstOrDefault(one => !led.Contains(one.Id)).Id ?? activities.FirstOrDefault().Id;
    }

    /// <summary>Begins it there: with as little said as possible.</summary>
    public static void Put(JObject chart, string id)
    {
        if (Of(chart) == id) return;
        chart.Remove("start");
        if (Of(chart) != id) chart["start"] = id;
    }

    /// <summary>The activity that is said to be the first; null where none is.</summary>
    internal static string? Marked(JObject chart, IReadOnlyCollection<(string Id, JObject Activity)> activities) =>
        chart["start"] is JValue { Value: string start } && activities.Any(one => one.Id == start) ? start
        : activities.FirstOrDefault(one => FlowKinds.Of(FlowArrow.Text(one.Activity["type"]) ?? "") == FlowKind.Start).Id
            ?? activities.FirstOrDefault(one => one.Activity["customProperties"] is JObject properties && properties["canStartWorkflow"] is { } flag && flag.ToString().Equals("true", StringComparison.OrdinalIgnoreCase)).Id;

    private static List<(string Id, JObject Activity)> Activities(JObject chart) =>
        [.. (chart["activities"] as JArray ?? []).OfType<JObject>().Where(activity => FlowArrow.Text(activity["id"]) is { Length: > 0 }).Select(activity => (FlowArrow.Text(activity["id"])!, activity))];
}
