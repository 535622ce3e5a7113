using Npgsql;

namespace Automation.Engine.Persistence.PostgreSql;

/// <summary>
/// Finds out whether a transaction whose COMMIT got no answer was committed (R4). PostgreSQL keeps the fate of every recent transaction
/// by its id; one that still hangs on the broken connection is ended first. The id alone proves no commit: a crash forgets ids of which
/// nothing had reached the disk, and gives them to others. So something that the transaction wrote must stand, too.
/// </summary>
internal sealed class CommitLookup(NpgsqlDataSource source, TimeProvider clock)
{
    private const int Tries = 40;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <returns>True when committed, false when it surely is not and never will be.</returns>
    /// <exception cref="CommitUnknownException">The database did not answer for 10 s.</exception>
    public async Task<bool> WasCommittedAsync(string transaction, Witness witness, Exception cause)
    {
        for (var i = 0; i < Tries; i++)
        {
            if (await AskAsync(transaction, witness) is { } committed) return committed;
            await Task.Delay(Pause, clock);
        }
        throw new CommitUnknownException($"Nobody knows whether transaction {transaction} was committed: the database does not answer.", cause);
    }

    private async Task<bool?> AskAsync(string transaction, Witness witness)
    {
        try
        {
            await using var command = source.CreateCommand("SELECT pg_xact_status($1::xid8)");
            command.Parameters.Add(new NpgsqlParameter { Value = transaction, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Unknown });
            switch (await command.ExecuteScalarAsync() as string)
            {
                case "committed": return await StandsAsync(witness);
                case "aborted": return false;
                default:
                    await EndAsync(transaction);
                    return null;
            }
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InvalidParameterValue)
        {
            return false; // An id of the future: this server never saw the commit.
        }
        catch (NpgsqlException)
        {
            return null;
        }
    }

    private async Task<bool> StandsAsync(Witness witness)
    {
        await using var batch = source.CreateBatch();
        batch.Add(witness.Sql, witness.Values);
        return await batch.ExecuteScalarAsync() is true;
    }

    private async Task EndAsync(string transaction)
    {
        await using var command = source.CreateCommand("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_xid = ($1::xid8)::xid");
        command.Parameters.Add(new NpgsqlParameter { Value = transaction, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Unknown });
        await command.ExecuteNonQueryAsync();
    }
}
