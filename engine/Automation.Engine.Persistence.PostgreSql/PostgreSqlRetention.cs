using Automation.Engine.Persistence.Retention;
using Npgsql;

namespace Automation.Engine.Persistence.PostgreSql;

/// <summary>Deletes by chunks; the journal goes by months (<see cref="JournalMonths"/>).</summary>
internal sealed class PostgreSqlRetention(EngineDataSource engine) : IRetentionStore
{
    private readonly JournalMonths months = new(engine.Source);

    public Task<IReadOnlyList<string>> JournalTablesAsync(CancellationToken cancellationToken) => months.OthersAsync(cancellationToken);

    public Task PrepareAsync(DateTimeOffset now, CancellationToken cancellationToken) => months.PrepareAsync(now, cancellationToken);

    public Task<int> DropMonthsAsync(DateTimeOffset before, CancellationToken cancellationToken) => months.DropAsync(before, cancellationToken);

    public async Task<IReadOnlyList<Guid>> ReadAsync(RetentionSql query, CancellationToken cancellationToken)
    {
        await using var connection = await engine.Source.OpenConnectionAsync(cancellationToken);
        await using var command = Command(query, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var ids = new List<Guid>();
        while (await reader.ReadAsync(cancellationToken)) ids.Add(reader.GetGuid(0));
        return ids;
    }

    public async Task<IReadOnlyList<int>> DeleteAsync(IReadOnlyList<RetentionSql> deletes, CancellationToken cancellationToken)
    {
        await using var connection = await engine.Source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var rows = new List<int>();
        foreach (var delete in deletes)
        {
            await using var command = Command(delete, connection);
            rows.Add(await command.ExecuteNonQueryAsync(cancellationToken));
        }

        await transaction.CommitAsync(cancellationToken);
        return rows;
    }

    private static NpgsqlCommand Command(RetentionSql sql, NpgsqlConnection connection)
    {
        var command = new NpgsqlCommand(sql.Text, connection);
        for (var i = 0; i < sql.Values.Count; i++)
            command.Parameters.AddWithValue(FormattableString.Invariant($"p{i}"), sql.Values[i] is DateTimeOffset time ? time.ToUniversalTime() : sql.Values[i]);
        return command;
    }
}
