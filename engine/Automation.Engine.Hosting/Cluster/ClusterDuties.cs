using Orleans.Runtime;

namespace Automation.Engine.Hosting.Cluster;

/// <summary>
/// Which node does what one should do for all. By the list of members alone: during a change two may do it, or for a moment nobody, and
/// what they do must bear both.
/// </summary>
public sealed class ClusterDuties(IClusterMembershipService membership, ILocalSiloDetails me, NodeLease lease)
{
    /// <summary>Living nodes, this one among them; at least 1.</summary>
    public int Nodes => Math.Max(1, membership.CurrentSnapshot.Members.Values.Count(member => member.Status == SiloStatus.Active));

    /// <summary>True for the node that looks for due timers and for work left over: the one that has been there longest.</summary>
    public bool IsFirst => lease.IsHeld && Living() is [var first, ..] && first.Equals(me.SiloAddress);

    /// <summary>True for the one node that a thing falls to; things spread over the nodes.</summary>
    public bool IsMine(Guid thing)
    {
        if (!lease.IsHeld) return false;
        var living = Living();
        return living.Length > 0 && living[(uint)BitConverter.ToInt32(thing.ToByteArray(), 12) % living.Length].Equals(me.SiloAddress);
    }

    /// <summary>Tells each time that a member is gone: what it had begun has nobody.</summary>
    public async IAsyncEnumerable<int> LeavesAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var known = new HashSet<SiloAddress>();
        await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(cancellationToken))
        {
            var present = snapshot.Members.Values.Where(member => member.Status != SiloStatus.Dead).Select(member => member.SiloAddress).ToHashSet();
            var gone = known.Count(address => !present.Contains(address));
            known = present;
            if (gone > 0) yield return gone;
        }
    }

    private SiloAddress[] Living() =>
    [
        .. membership.CurrentSnapshot.Members.Values.Where(member => member.Status == SiloStatus.Active).Select(member => member.SiloAddress)
            .OrderBy(address => address.Generation).ThenBy(address => address.ToParsableString(), StringComparer.Ordinal),
    ];
}
