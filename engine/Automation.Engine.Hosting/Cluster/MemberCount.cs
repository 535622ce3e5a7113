using Automation.Engine.Ports;
using Orleans.Runtime;

namespace Automation.Engine.Hosting.Cluster;

/// <summary>The active members, as this node knows them.</summary>
internal sealed class MemberCount(ISiloStatusOracle members) : INodeCount
{
    public int Count => Math.Max(1, members.GetApproximateSiloStatuses(onlyActive: true).Count);
}
