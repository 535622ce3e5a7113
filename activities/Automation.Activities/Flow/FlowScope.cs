using Newtonsoft.Json.Linq;

namespace Automation.Activities.Flow;

/// <summary>
/// How often joins and the arrows into them were visited; part of the chart's state. Only activities with several ways in are counted:
/// with one way in, each visit decides alone.
/// </summary>
internal sealed class FlowScope(IDictionary<string, JToken> properties, FlowGraph graph)
{
    private const string Key = "flow";

    public void VisitActivity(string id)
    {
        if (graph.ForwardInbound(id).Length < 2) return;
        var join = Join(id);
        join["visits"] = Visits(id) + 1;
    }

    public void VisitConnection(FlowConnection connection, bool isFollowed)
    {
        if (graph.ForwardInbound(connection.Target).Length < 2) return;
        var join = Join(connection.Target);
        join[connection.Key] = new JArray(Visits(connection) + 1, isFollowed);
    }

    /// <summary>Every way in has been visited since the activity ran last.</summary>
    public bool IsComplete(string id)
    {
        var inbound = graph.ForwardInbound(id);
        return inbound.Length < 2 || inbound.Min(Visits) > Visits(id);
    }

    /// <summary>The arrow's visit belongs to a round that the activity has already run for.</summary>
    public bool IsLate(FlowConnection connection) =>
        graph.ForwardInbound(connection.Target).Length > 1 && Visits(connection) <= Visits(connection.Target);

    public bool IsFollowed(FlowConnection connection) => (bool?)Entry(connection)?[1] ?? false;

    private int Visits(string id) => (int?)Known(id)?["visits"] ?? 0;

    private int Visits(FlowConnection connection) => (int?)Entry(connection)?[0] ?? 0;

    private JArray? Entry(FlowConnection connection) => Known(connection.Target)?[connection.Key] as JArray;

    private JObject? Known(string id) => properties.TryGetValue(Key, out var joins) ? joins[id] as JObject : null;

    private JObject Join(string id)
    {
        if (!properties.ContainsKey(Key)) properties[Key] = new JObject();
        var joins = (JObject)properties[Key];
        if (joins[id] is not JObject) joins[id] = new JObject();
        return (JObject)joins[id]!;
    }
}
