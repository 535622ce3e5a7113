using Npgsql;

namespace Automation.Engine.Persistence.PostgreSql;

/// <summary>Runs a piece of work in a transaction. Repeats it only when it is sure that nothing was written.</summary>
internal sealed class PostgreSqlTransactions(NpgsqlDataSource source, TimeProvider clock)
{
    private const int Attempts = 4;
    private readonly CommitLookup lookup = new(source, clock);

    public async Task<T> RunAsync<T>(Func<NpgsqlTransaction, Task<Written<T>>> work, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await OnceAsync(work, cancellationToken);
            }
            catch (PostgresException e) when (IsRace(e) && attempt < Attempts)
            {
                // Another batch stored the same key first: read again and find it.
            }
            catch (PostgresException e) when (IsRefusal(e))
            {
                throw new RowRefusedException($"PostgreSQL refuses a row: {e.MessageText} ({e.SqlState} {e.ConstraintName})", e);
            }
            catch (NpgsqlException e) when (attempt < Attempts && MayPass(e))
            {
                // A deadlock's victim, or a connection that died: rolled back.
            }
        }
    }

    private async Task<T> OnceAsync<T>(Func<NpgsqlTransaction, Task<Written<T>>> work, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var written = await work(transaction);
        if (written.Writes is null) return written.Result; // Nothing to keep: rolled back.
        await using var writes = written.Writes;
        writes.Add("COMMIT");
        try
        {
            await writes.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (Exception e) when (!IsAnswer(e))
        {
            if (!await lookup.WasCommittedAsync(written.Transaction!, written.Witness(), e)) throw;
        }
        return written.Result;
    }

    // An error that the server tells came before COMMIT. One that ends the connection may hide an answer.
    private static bool IsAnswer(Exception e) => e is PostgresException { SqlState: not (PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow) };

    // Two batches stored the same first: the mailbox, its next number, or the event's key. Read again and find it.
    private static bool IsRace(PostgresException e) => e is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "ux_events_dedup" or "ux_events_number" or "PK_mailboxes" };

    // The session did nothing for too long within the transaction (this process was paused): the server has rolled it back.
    private const string IdleInTransaction = "25P03";

    // Data exceptions, integrity violations, limits.
    private static bool IsRefusal(PostgresException e) => e.SqlState[..2] is "22" or "23" or "54";

    private static bool MayPass(NpgsqlException e) => e.IsTransient || e.SqlState is
        IdleInTransaction or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown;
}
