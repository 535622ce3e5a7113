using Automation.Engine.Workflows;

namespace Automation.Activities.Flow;

/// <summary>A chart as seen from one start: which arrows lead forward, which lead back into a loop.</summary>
internal sealed class FlowGraph
{
    private static readonly FlowConnection[] None = [];
    private readonly Dictionary<string, FlowConnection[]> _outbound;
    private readonly Dictionary<string, FlowConnection[]> _inbound;
    private readonly Dictionary<string, FlowConnection[]> _forwardInbound;
    private readonly HashSet<FlowConnection> _backward = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<FlowConnection> _invalid = new(ReferenceEqualityComparer.Instance);

    public FlowGraph(IEnumerable<IActivity> activities, IReadOnlyList<FlowConnection> connections, string start)
    {
        var ids = activities.Select(activity => activity.Id).ToHashSet(StringComparer.Ordinal);
        _outbound = connections.Where(c => ids.Contains(c.Source) && ids.Contains(c.Target))
            .GroupBy(c => c.Source, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);
        var reached = FindBackward(start);
        _inbound = reached.SelectMany(Outbound).GroupBy(c => c.Target, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);
        _forwardInbound = _inbound.Select(g => (g.Key, Forward: g.Value.Where(c => !_backward.Contains(c)).ToArray()))
            .Where(g => g.Forward.Length > 0).ToDictionary(g => g.Key, g => g.Forward, StringComparer.Ordinal);
        foreach (var connection in _backward.Where(c => IsReachableWithout(start, c.Source, c.Target))) _invalid.Add(connection);
    }

    public FlowConnection[] Outbound(string id) => _outbound.GetValueOrDefault(id, None);

    /// <summary>Arrows into the activity that can be walked from the start.</summary>
    public FlowConnection[] Inbound(string id) => _inbound.GetValueOrDefault(id, None);

    /// <summary>Arrows into the activity that can be walked from the start, without loops back.</summary>
    public FlowConnection[] ForwardInbound(string id) => _forwardInbound.GetValueOrDefault(id, None);

    public bool IsBackward(FlowConnection connection) => _backward.Contains(connection);

    /// <summary>True when its source can be reached around its target: then it is no loop.</summary>
    public bool IsInvalid(FlowConnection connection) => _invalid.Contains(connection);

    /// <summary>Activities from which a forward path leads to this one.</summary>
    public HashSet<string> Ancestors(string id)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>([id]);
        while (open.TryPop(out var next))
            foreach (var connection in ForwardInbound(next))
                if (found.Add(connection.Source)) open.Push(connection.Source);
        return found;
    }

    // Depth first; an arrow to an activity on the current path leads back.
    private List<string> FindBackward(string start)
    {
        var reached = new List<string> { start };
        var known = new HashSet<string>(reached, StringComparer.Ordinal);
        var path = new HashSet<string>(reached, StringComparer.Ordinal);
        var open = new Stack<(string Id, int Next)>([(start, 0)]);
        while (open.TryPop(out var at))
        {
            var outbound = Outbound(at.Id);
            if (at.Next == outbound.Length)
            {
                path.Remove(at.Id);
                continue;
            }
            open.Push((at.Id, at.Next + 1));
            var connection = outbound[at.Next];
            if (path.Contains(connection.Target)) _backward.Add(connection);
            else if (known.Add(connection.Target))
            {
                reached.Add(connection.Target);
                path.Add(connection.Target);
                open.Push((connection.Target, 0));
            }
        }
        return reached;
    }

    private bool IsReachableWithout(string start, string goal, string barred)
    {
        if (start == barred) return false;
        var known = new HashSet<string>([start, barred], StringComparer.Ordinal);
        var open = new Stack<string>([start]);
        while (open.TryPop(out var id))
        {
            if (id == goal) return true;
            foreach (var connection in Outbound(id))
                if (known.Add(connection.Target)) open.Push(connection.Target);
        }
        return false;
    }
}
