using Automation.Engine.Ports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Automation.Engine.Hosting.Cluster;

public static class ClusterSilo
{
    private const string Name = "automation";

    /// <summary>Orleans for one of several processes on one PostgreSQL. Call it after <c>AddAutomationRuntime</c>; the store must have an <c>IMemberStore</c>.</summary>
    public static void Configure(ISiloBuilder silo, ClusterSettings settings)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.Lease, TimeSpan.FromSeconds(1));
        silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (Name, Name));
        silo.Configure<EndpointOptions>(endpoint =>
        {
            (endpoint.AdvertisedIPAddress, endpoint.SiloPort) = (settings.Address.Address, settings.Address.Port);
            endpoint.SiloListeningEndpoint = settings.Address;
            endpoint.GatewayPort = 0; // no clients but ourselves
        });
        silo.Configure<ClusterMembershipOptions>(membership => Watch(membership, settings.Lease));
        HostingRegistration.ConfigureGrains(silo);
        silo.Services.Replace(ServiceDescriptor.Singleton(new NodeLease(TimeProvider.System, settings.Lease)));
        silo.Services.Replace(ServiceDescriptor.Singleton<IProcessDeaths, MemberDeaths>());
        silo.Services.AddSingleton<INodeCount, MemberCount>();
        silo.Services.AddKeyedSingleton(TimeProviderNames.Membership, TimeProvider.System);
        silo.Services.AddSingleton<IMembershipTable>(provider => ActivatorUtilities.CreateInstance<MembershipTable>(provider, TimeProvider.System));
        silo.Services.Replace(ServiceDescriptor.Singleton<IFatalErrorHandler, EvictionHandler>());
    }

    /// <summary>Three probes missed, a fifth of the lease apart, and a vote: well within the lease.</summary>
    private static void Watch(ClusterMembershipOptions membership, TimeSpan lease)
    {
        var fifth = lease / 5;
        (membership.ProbeTimeout, membership.MinProbeTimeout, membership.MaxProbeTimeout) = (fifth, fifth / 2, fifth);
        (membership.NumMissedProbesLimit, membership.NumVotesForDeathDeclaration) = (3, 2);
        (membership.IAmAliveTablePublishTimeout, membership.NumMissedTableIAmAliveLimit) = (fifth, 3);
        membership.TableRefreshTimeout = lease;
        membership.DeathVoteExpirationTimeout = lease * 4;
    }
}
