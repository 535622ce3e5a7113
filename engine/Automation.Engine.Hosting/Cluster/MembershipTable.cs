using Automation.Engine.Persistence.Cluster;
using Orleans.Runtime;

namespace Automation.Engine.Hosting.Cluster;

/// <summary>Orleans' table of silos on our own table. Signs of life carry the database's time and are told in this machine's.</summary>
/// <param name="machine">The clock that Orleans compares signs of life with.</param>
public sealed class MembershipTable(IMemberStore store, RuntimeGate gate, NodeLease lease, ILocalSiloDetails me, TimeProvider machine) : IMembershipTable
{
    /// <summary>Waits until the store is prepared: the table is part of its schema.</summary>
    public async Task InitializeMembershipTable(bool tryInitTableVersion)
    {
        await gate.PreparedAsync(CancellationToken.None);
        await store.PrepareAsync(CancellationToken.None);
    }

    public Task DeleteMembershipTableEntries(string clusterId) => store.ClearAsync(CancellationToken.None);

    public Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate) => store.CleanAsync((int)SiloStatus.Dead, beforeDate, CancellationToken.None);

    public async Task<MembershipTableData> ReadRow(SiloAddress key) => Read(await store.ReadAsync(key.ToParsableString(), CancellationToken.None));

    public async Task<MembershipTableData> ReadAll() => Read(await store.ReadAsync(null, CancellationToken.None));

    public Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion) =>
        ConfirmedAsync(entry, () => store.InsertAsync(MemberTexts.ToRow(entry, 0), MemberTexts.Number(tableVersion.VersionEtag), CancellationToken.None));

    public Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion) =>
        ConfirmedAsync(entry, () => store.UpdateAsync(MemberTexts.ToRow(entry, MemberTexts.Number(etag)), MemberTexts.Number(tableVersion.VersionEtag), CancellationToken.None));

    /// <summary>Renews the lease, or finds that the others have ended it.</summary>
    public async Task UpdateIAmAlive(MembershipEntry entry)
    {
        var asked = lease.Now();
        var status = await store.TouchAsync(entry.SiloAddress.ToParsableString(), CancellationToken.None);
        if (status is null or (int)SiloStatus.Dead) lease.Lose();
        else lease.Confirm(asked);
    }

    private async Task<bool> ConfirmedAsync(MembershipEntry entry, Func<Task<bool>> write)
    {
        var asked = lease.Now();
        var written = await write();
        if (written && entry.Status != SiloStatus.Dead && entry.SiloAddress.Equals(me.SiloAddress)) lease.Confirm(asked);
        return written;
    }

    private MembershipTableData Read(MemberList list)
    {
        var ahead = machine.GetUtcNow() - list.ReadAt;
        var version = new TableVersion(list.Version, MemberTexts.Tag(list.Version));
        return new([.. list.Members.Select(row => Tuple.Create(MemberTexts.ToEntry(row, ahead), MemberTexts.Tag(row.Revision)))], version);
    }
}
