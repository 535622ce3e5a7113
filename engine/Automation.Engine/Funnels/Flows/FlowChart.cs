using Newtonsoft.Json.Linq;

namespace Automation.Engine.Funnels.Flows;

/// <summary>An arrow of a flowchart document.</summary>
internal readonly record struct FlowArrow(string Source, string Port, string Target)
{
    public const string In = "In";

    /// <summary>Null for what is no arrow between two activities; older documents write the ports beside the ids.</summary>
    public static FlowArrow? Read(JToken token)
    {
        var (source, port) = EndOf(token as JObject, "source");
        var (target, _) = EndOf(token as JObject, "target");
        return source is null || target is null ? null : new(source, port ?? FlowKinds.Done, target);
    }

    public JObject ToJson() => new()
    {
        ["source"] = new JObject { ["activity"] = Source, ["port"] = Port },
        ["target"] = new JObject { ["activity"] = Target, ["port"] = In },
    };

    /// <summary>Null for what is no plain value.</summary>
    internal static string? Text(JToken? token) => token is JValue value ? (string?)value : null;

    private static (string? Activity, string? Port) EndOf(JObject? arrow, string name) => arrow?[name] is JObject end
        ? (Text(end["activity"]), Text(end["port"]))
        : (Text(arrow?[name]), Text(arrow?[name + "Port"]));
}

/// <summary>The flowchart of a workflow document, as far as a list can be made of it.</summary>
internal sealed class FlowChart
{
    private readonly Dictionary<string, List<FlowArrow>> outbound;

    private FlowChart(JObject root, IReadOnlyDictionary<string, JObject> activities, Dictionary<string, List<FlowArrow>> outbound, IReadOnlyList<string> order)
    {
        (Root, Activities, this.outbound, Order) = (root, activities, outbound, order);
        Depth = order.Select((id, at) => (id, at)).ToDictionary(one => one.id, one => one.at, StringComparer.Ordinal);
    }

    public JObject Root { get; }

    public IReadOnlyDictionary<string, JObject> Activities { get; }

    /// <summary>Ids, each behind everything that leads to it.</summary>
    public IReadOnlyList<string> Order { get; }

    public IReadOnlyDictionary<string, int> Depth { get; }

    public IReadOnlyList<FlowArrow> From(string id) => outbound.TryGetValue(id, out var arrows) ? arrows : [];

    /// <exception cref="FlowNotListedException">It is no chart of steps that follow one another.</exception>
    public static FlowChart Read(JObject document)
    {
        if (document["root"] is not JObject root || (string?)root["type"] != FlowKinds.Flowchart) throw new FlowNotListedException(FlowReasons.NoChart);
        var activities = new Dictionary<string, JObject>(StringComparer.Ordinal);
        foreach (var token in root["activities"] as JArray ?? [])
            if (token is not JObject activity || (string?)activity["id"] is not { Length: > 0 } id || !activities.TryAdd(id, activity)) throw new FlowNotListedException(FlowReasons.Broken);
        if (RunsByTokens(root, activities.Values)) throw new FlowNotListedException(FlowReasons.MergeModes);
        var outbound = new Dictionary<string, List<FlowArrow>>(StringComparer.Ordinal);
        foreach (var token in root["connections"] as JArray ?? [])
        {
            if (FlowArrow.Read(token) is not { } arrow || !activities.ContainsKey(arrow.Source) || !activities.ContainsKey(arrow.Target)) throw new FlowNotListedException(FlowReasons.Broken);
            if (!outbound.TryGetValue(arrow.Source, out var arrows)) outbound[arrow.Source] = arrows = [];
            if (arrows.Any(other => other.Port == arrow.Port)) throw new FlowNotListedException(FlowReasons.SeveralArrows);
            arrows.Add(arrow);
        }

        return new(root, activities, outbound, Sort([.. activities.Keys], outbound));
    }

    /// <summary>Where the chart begins; null for an empty one.</summary>
    /// <exception cref="FlowNotListedException">At a step that others lead to, or there are steps that it does not lead to.</exception>
    public string? First()
    {
        if (Activities.Count == 0) return null;
        var led = outbound.Values.SelectMany(arrows => arrows).Select(arrow => arrow.Target).ToHashSet(StringComparer.Ordinal);
        var free = Activities.Keys.Where(id => !led.Contains(id)).ToList();
        if (free is not [var first]) throw new FlowNotListedException(FlowReasons.Loose);
        var marked = ChartStart.Marked(Root, [.. Activities.Select(one => (one.Key, one.Value))]);
        return marked is null || marked == first ? first : throw new FlowNotListedException(FlowReasons.Loose);
    }

    /// <summary>Everything that a step leads to, itself among it.</summary>
    public HashSet<string> Reach(string from)
    {
        var reached = new HashSet<string>([from], StringComparer.Ordinal);
        var open = new Stack<string>([from]);
        while (open.TryPop(out var id))
            foreach (var arrow in From(id))
                if (reached.Add(arrow.Target)) open.Push(arrow.Target);
        return reached;
    }

    private static bool RunsByTokens(JObject root, IEnumerable<JObject> activities) =>
        root["customProperties"]?["Flowchart:ExecutionMode"] is not null || activities.Any(activity => activity.SelectToken("customProperties.mergeMode") is { } mode && mode.ToString() is not ("" or "None"));

    private static List<string> Sort(IReadOnlyList<string> ids, Dictionary<string, List<FlowArrow>> outbound)
    {
        var inbound = ids.ToDictionary(id => id, _ => 0, StringComparer.Ordinal);
        foreach (var arrow in outbound.Values.SelectMany(arrows => arrows)) inbound[arrow.Target]++;
        var (ready, sorted) = (new Queue<string>(ids.Where(id => inbound[id] == 0)), new List<string>());
        while (ready.TryDequeue(out var id))
        {
            sorted.Add(id);
            foreach (var arrow in outbound.GetValueOrDefault(id, []))
                if (--inbound[arrow.Target] == 0) ready.Enqueue(arrow.Target);
        }

        return sorted.Count == ids.Count ? sorted : throw new FlowNotListedException(FlowReasons.Loop);
    }
}
