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
            catch (PostgresException e) when (IsRace(e) && attempt == 1)
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
        try
        {
            await transaction.CommitAsync(CancellationToken.None);
        }
        catch (Exception e) when (written.Transaction is not null)
        {
            if (!await lookup.WasCommittedAsync(written.Transaction, e)) throw;
        }
        return written.Result;
    }

    private static bool IsRace(PostgresException e) => e is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "ux_events_dedup" };

    // Data exceptions, integrity violations, limits.
    private static bool IsRefusal(PostgresException e) => e.SqlState[..2] is "22" or "23" or "54";

    private static bool MayPass(NpgsqlException e) => e.IsTransient || e.SqlState is
        PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown;
}
