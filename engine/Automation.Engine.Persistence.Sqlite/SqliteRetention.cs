using Automation.Engine.Persistence.Retention;

namespace Automation.Engine.Persistence.Sqlite;

/// <summary>Deletes in turn with the one writer. The file keeps its size; what is freed is used again.</summary>
internal sealed class SqliteRetention(SqliteEngineStore store) : IRetentionStore
{
    public Task<IReadOnlyList<string>> JournalTablesAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>(["journal"]);

    public Task PrepareAsync(DateTimeOffset now, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<int> DropMonthsAsync(DateTimeOffset before, CancellationToken cancellationToken) => Task.FromResult(0);

    public Task<IReadOnlyList<Guid>> ReadAsync(RetentionSql query, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<Guid>>(
        store.Readers.Read(session => session.Query(query.Text, row => GuidBytesConverter.FromBytes(row.GetFieldValue<byte[]>(0)), [.. query.Values])));

    public Task<IReadOnlyList<int>> DeleteAsync(IReadOnlyList<RetentionSql> deletes, CancellationToken cancellationToken) =>
        store.Writer.WriteAsync<IReadOnlyList<int>>(session => [.. deletes.Select(delete => session.Execute(delete.Text, [.. delete.Values]))], cancellationToken);
}
