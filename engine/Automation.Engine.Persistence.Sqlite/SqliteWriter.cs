using Microsoft.Data.Sqlite;

namespace Automation.Engine.Persistence.Sqlite;

/// <summary>The one connection that writes: whoever wants to waits for it, and has a transaction of its own.</summary>
internal sealed class SqliteWriter(string connectionString) : IDisposable
{
    private readonly SemaphoreSlim gate = new(1);
    private SqliteSession? session;

    public async Task<T> WriteAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            return Run(session ??= new SqliteSession(connectionString), work);
        }
        catch (SqliteException e) when (IsRefusal(e))
        {
            throw new RowRefusedException($"SQLite refuses a row: {e.Message}", e);
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose()
    {
        session?.Dispose();
        gate.Dispose();
    }

    private T Run<T>(SqliteSession writer, Func<SqliteSession, T> work)
    {
        try
        {
            writer.Execute("BEGIN IMMEDIATE");
            var result = work(writer);
            writer.Execute("COMMIT");
            return result;
        }
        catch
        {
            Abandon(writer);
            throw;
        }
    }

    // Some errors roll back by themselves; a connection that cannot roll back is replaced.
    private void Abandon(SqliteSession writer)
    {
        try
        {
            writer.Execute("ROLLBACK");
        }
        catch (SqliteException)
        {
            writer.Dispose();
            session = null;
        }
    }

    // 18 too big, 19 constraint, 20 mismatch.
    private static bool IsRefusal(SqliteException e) => e.SqliteErrorCode is 18 or 19 or 20;
}
