using Automation.Engine.Persistence.Cluster;
using Npgsql;

namespace Automation.Engine.Persistence.PostgreSql;

/// <summary>The table of members on PostgreSQL: an insert or update and the version go together or not at all.</summary>
internal sealed class PostgreSqlMembers(NpgsqlDataSource source) : IMemberStore
{
    private const string Columns = "m.address, m.name, m.host_name, m.status, m.proxy_port, m.started_at, m.alive_at, m.suspects, m.revision";
    private const string Raise = "UPDATE member_versions SET version = version + 1 WHERE id = 1 AND version = $1";

    public Task PrepareAsync(CancellationToken cancellationToken) =>
        RunAsync("INSERT INTO member_versions (id, version) VALUES (1, 0) ON CONFLICT DO NOTHING", [], cancellationToken);

    // One statement, so that version and rows are of one instant.
    public async Task<MemberList> ReadAsync(string? address, CancellationToken cancellationToken)
    {
        await using var batch = source.CreateBatch();
        const string Select = $"SELECT v.version, clock_timestamp(), {Columns} FROM member_versions AS v LEFT JOIN members AS m ON ";
        if (address is null) batch.Add(Select + "true WHERE v.id = 1");
        else batch.Add(Select + "m.address = $1 WHERE v.id = 1", address);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var (version, at, members) = (0, DateTimeOffset.MinValue, new List<MemberRow>());
        while (await reader.ReadAsync(cancellationToken))
        {
            (version, at) = (reader.GetInt32(0), reader.GetFieldValue<DateTimeOffset>(1));
            if (!reader.IsDBNull(2)) members.Add(Read(reader));
        }

        return new(version, at, members);
    }

    public Task<bool> InsertAsync(MemberRow member, int version, CancellationToken cancellationToken) => ChangeAsync(
        version,
        """
        INSERT INTO members (address, name, host_name, status, proxy_port, started_at, alive_at, suspects, revision)
        VALUES ($1, $2, $3, $4, $5, $6, clock_timestamp(), $7, 1) ON CONFLICT DO NOTHING
        """,
        [member.Address, member.Name, member.HostName, member.Status, member.ProxyPort, member.StartedAt.ToUniversalTime(), member.Suspects],
        cancellationToken);

    public Task<bool> UpdateAsync(MemberRow member, int version, CancellationToken cancellationToken) => ChangeAsync(
        version,
        """
        UPDATE members SET name = $2, host_name = $3, status = $4, proxy_port = $5, started_at = $6, suspects = $7, revision = revision + 1
        WHERE address = $1 AND revision = $8
        """,
        [member.Address, member.Name, member.HostName, member.Status, member.ProxyPort, member.StartedAt.ToUniversalTime(), member.Suspects, member.Revision],
        cancellationToken);

    public async Task<int?> TouchAsync(string address, CancellationToken cancellationToken)
    {
        await using var batch = source.CreateBatch();
        batch.Add("UPDATE members SET alive_at = clock_timestamp() WHERE address = $1 RETURNING status", address);
        return (int?)await batch.ExecuteScalarAsync(cancellationToken);
    }

    public Task<int> CleanAsync(int status, DateTimeOffset before, CancellationToken cancellationToken) =>
        RunAsync("DELETE FROM members WHERE status = $1 AND alive_at < $2", [status, before.ToUniversalTime()], cancellationToken);

    public Task ClearAsync(CancellationToken cancellationToken) => RunAsync("DELETE FROM members", [], cancellationToken);

    private async Task<bool> ChangeAsync(int version, string sql, object[] values, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await OneAsync(Raise, version) && await OneAsync(sql, values))
        {
            await transaction.CommitAsync(cancellationToken);
            return true;
        }

        await transaction.RollbackAsync(cancellationToken);
        return false;

        async Task<bool> OneAsync(string statement, params object[] parameters)
        {
            await using var batch = new NpgsqlBatch(connection, transaction);
            batch.Add(statement, parameters);
            return await batch.ExecuteNonQueryAsync(cancellationToken) == 1;
        }
    }

    private async Task<int> RunAsync(string sql, object[] values, CancellationToken cancellationToken)
    {
        await using var batch = source.CreateBatch();
        batch.Add(sql, values);
        return await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static MemberRow Read(NpgsqlDataReader row) => new()
    {
        Address = row.GetString(2),
        Name = row.GetString(3),
        HostName = row.GetString(4),
        Status = row.GetInt32(5),
        ProxyPort = row.GetInt32(6),
        StartedAt = row.GetFieldValue<DateTimeOffset>(7),
        AliveAt = row.GetFieldValue<DateTimeOffset>(8),
        Suspects = row.GetString(9),
        Revision = row.GetInt64(10),
    };
}
