using System.Collections.Concurrent;

namespace Automation.Engine.Persistence.Sqlite;

/// <summary>Connections that read, each with one snapshot at a time; the writer does not hold them up (WAL).</summary>
internal sealed class SqliteReaders(string connectionString) : IDisposable
{
    private readonly ConcurrentBag<SqliteSession> idle = [];

    public T Read<T>(Func<SqliteSession, T> work)
    {
        var session = idle.TryTake(out var free) ? free : new SqliteSession(connectionString);
        try
        {
            session.Execute("BEGIN");
            var result = work(session);
            session.Execute("COMMIT");
            idle.Add(session);
            return result;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        while (idle.TryTake(out var session)) session.Dispose();
    }
}
