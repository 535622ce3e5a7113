namespace Automation.Engine.Api.Elsa;

/// <summary>Badges of one node on the canvas.</summary>
internal sealed record NodeStats(string ActivityId, string ActivityNodeId, int StartedCount, int CompletedCount, int UncompletedCount, bool IsBlocked, bool IsFaulted)
{
    /// <summary>Elsa's name for a step that was tried again.</summary>
    public const string RetriedMark = "HasRetryAttempts";

    public IReadOnlyDictionary<string, bool> Metadata { get; private init; } = new Dictionary<string, bool>();

    /// <param name="retried">Numbers of the executions that were tried again.</param>
    /// <param name="nodes">The nodes asked for; null or none for all that have run.</param>
    public static IReadOnlyList<NodeStats> Of(RunRecords records, IReadOnlySet<string> retried, IReadOnlyCollection<string>? nodes)
    {
        var byNode = records.Executions.ToLookup(execution => execution.NodeId, StringComparer.Ordinal);
        return [.. (nodes is { Count: > 0 } ? nodes : byNode.Select(group => group.Key)).Where(byNode.Contains).Select(node => Of(node, [.. byNode[node]], retried))];
    }

    private static NodeStats Of(string node, IReadOnlyCollection<ExecutionRecord> executions, IReadOnlySet<string> retried)
    {
        var completed = executions.Count(one => one.Status == "Completed");
        return new(node[(node.LastIndexOf(':') + 1)..], node, executions.Count, completed, executions.Count - completed, executions.Any(one => one.Waits), executions.Any(one => one.Status == "Faulted"))
        {
            Metadata = executions.Any(one => one.IsIn(retried)) ? new Dictionary<string, bool> { [RetriedMark] = true } : [],
        };
    }
}

/// <summary>Badges of a run.</summary>
internal sealed record StatsView(IReadOnlyList<NodeStats> Stats);
