namespace Automation.Engine.Api.Elsa;

/// <summary>Badges of one node on the canvas.</summary>
internal sealed record NodeStats(string ActivityId, string ActivityNodeId, int StartedCount, int CompletedCount, int UncompletedCount, bool IsBlocked, bool IsFaulted)
{
    public IReadOnlyDictionary<string, string> Metadata { get; } = new Dictionary<string, string>();

    /// <param name="nodes">The nodes asked for; null or none for all that have run.</param>
    public static IReadOnlyList<NodeStats> Of(RunRecords records, IReadOnlyCollection<string>? nodes)
    {
        var byNode = records.Executions.ToLookup(execution => execution.NodeId, StringComparer.Ordinal);
        return [.. (nodes is { Count: > 0 } ? nodes : byNode.Select(group => group.Key)).Where(byNode.Contains).Select(node => Of(node, [.. byNode[node]]))];
    }

    private static NodeStats Of(string node, IReadOnlyCollection<ExecutionRecord> executions)
    {
        var completed = executions.Count(one => one.Status == "Completed");
        return new(node[(node.LastIndexOf(':') + 1)..], node, executions.Count, completed, executions.Count - completed, executions.Any(one => one.Waits), executions.Any(one => one.Status == "Faulted"));
    }
}

/// <summary>Badges of a run.</summary>
internal sealed record StatsView(IReadOnlyList<NodeStats> Stats);
