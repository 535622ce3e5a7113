using Automation.Engine.Funnels.Flows;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Definitions;

/// <summary>Connections of a flowchart in the only form that Studio reads: <c>{source:{activity,port},target:{activity,port}}</c>.</summary>
internal static class ChartConnections
{
    // Where Elsa keeps those that it cannot draw.
    private const string NotFound = "notFoundConnections";

    /// <summary>Writes older ones so; those from or to nowhere are put aside, as they are. Changes the activity; one that is no flowchart stays as it is.</summary>
    public static void Mend(JObject activity)
    {
        if ((string?)activity["type"] != FlowKinds.Flowchart || activity["connections"] is not JArray connections) return;
        var ids = (activity["activities"] as JArray ?? []).OfType<JObject>().Select(one => Text(one["id"])).ToHashSet(StringComparer.Ordinal);
        var (drawn, lost) = (new JArray(), new JArray());
        foreach (var connection in connections)
        {
            if (connection is JObject known && Stands(known, "source") && Stands(known, "target")) drawn.Add(Mended(known));
            else lost.Add(connection);
        }

        activity["connections"] = drawn;
        if (lost.Count == 0) return;
        if (activity["customProperties"] is not JObject properties) activity["customProperties"] = properties = [];
        if (properties[NotFound] is not JArray aside) properties[NotFound] = aside = [];
        foreach (var connection in lost.Where(connection => !aside.Any(other => JToken.DeepEquals(other, connection)))) aside.Add(connection);

        bool Stands(JObject connection, string end) => ActivityAt(connection, end) is { } id && ids.Contains(id);
    }

    /// <summary>Id of the activity at that end.</summary>
    /// <param name="end"><c>source</c> or <c>target</c>.</param>
    public static string? ActivityAt(JObject connection, string end) => Text(connection[end] is JObject place ? place["activity"] : connection[end]);

    /// <summary>Leads that end to another activity.</summary>
    public static void Lead(JObject connection, string end, string activity)
    {
        if (connection[end] is JObject place) place["activity"] = activity;
        else connection[end] = activity;
    }

    private static JObject Mended(JObject connection)
    {
        var mended = (JObject)connection.DeepClone();
        foreach (var (end, port) in new[] { ("source", FlowKinds.Done), ("target", "In") })
        {
            var flat = mended[end + "Port"];
            mended.Remove(end + "Port");
            if (mended[end] is not JObject place) mended[end] = place = new() { ["activity"] = mended[end] };
            if (Text(place["port"]) is not { Length: > 0 }) place["port"] = Text(flat) is { Length: > 0 } told ? told : port;
        }

        return mended;
    }

    private static string? Text(JToken? token) => token is JValue value ? (string?)value : null;
}
