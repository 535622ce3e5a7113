using System.Collections.Immutable;
using System.Net;
using Orleans.Runtime;

namespace Automation.Simulation.Tests.World;

/// <summary>A node that believes itself alone: each of them then scans and sweeps, and what they do must bear it.</summary>
internal sealed class AloneMembership : IClusterMembershipService, ILocalSiloDetails
{
    private static readonly SiloAddress Address = SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 11_111), 1);

    public string Name => "alone";

    public string ClusterId => "simulation";

    public string DnsHostName => "localhost";

    public SiloAddress SiloAddress => Address;

    public SiloAddress GatewayAddress => Address;

    public ClusterMembershipSnapshot CurrentSnapshot { get; } =
        new(ImmutableDictionary<SiloAddress, ClusterMember>.Empty.Add(Address, new(Address, SiloStatus.Active, "alone")), new MembershipVersion(1));

    public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => AsyncEnumerable.Empty<ClusterMembershipSnapshot>();

    public ValueTask Refresh(MembershipVersion minimumVersion = default, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    public Task<bool> TryKill(SiloAddress siloAddress) => Task.FromResult(false);
}
