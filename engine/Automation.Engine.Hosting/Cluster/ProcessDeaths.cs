using Automation.Engine.Persistence.Cluster;
using Orleans.Runtime;

namespace Automation.Engine.Hosting.Cluster;

/// <summary>
/// How many processes may have died in a span. What was begun and left is counted as a death of its process (R10), but a mailbox that
/// moves about between living nodes leaves things too: before anything is given up, there must have been so many deaths at all.
/// </summary>
public interface IProcessDeaths
{
    /// <returns>Never fewer than there were.</returns>
    ValueTask<int> SinceAsync(DateTimeOffset since, CancellationToken cancellationToken);
}

/// <summary>Of a process that is alone: nobody but a dead one leaves anything.</summary>
internal sealed class UncountedDeaths : IProcessDeaths
{
    public ValueTask<int> SinceAsync(DateTimeOffset since, CancellationToken cancellationToken) => ValueTask.FromResult(int.MaxValue);
}

/// <summary>Of a cluster: the members that are gone. One that stopped in order counts too.</summary>
public sealed class MemberDeaths(IMemberStore store, NodeLease lease) : IProcessDeaths
{
    public async ValueTask<int> SinceAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        // Its last sign of life may be a while older than its end.
        var silence = lease.Length ?? TimeSpan.Zero;
        return (await store.ReadAsync(null, cancellationToken)).Members.Count(member => member.Status == (int)SiloStatus.Dead && member.AliveAt + silence >= since);
    }
}
