using System.Net;

namespace Automation.Engine.Hosting.Cluster;

/// <summary>How a process takes part in a cluster of processes on one PostgreSQL.</summary>
public sealed record ClusterSettings
{
    /// <summary>Where the other nodes reach this one. Nothing from outside the cluster may reach it: nodes trust each other.</summary>
    public required IPEndPoint Address { get; init; }

    /// <summary>
    /// How long a silent node is waited for. Default 15 s. After it the others take over what it had begun, and it may begin nothing
    /// itself. Shorter ones find a dead node sooner and take a busy one for dead more easily. At least 1 s.
    /// </summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(15);
}
