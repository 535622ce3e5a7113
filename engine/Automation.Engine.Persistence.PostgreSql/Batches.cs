using Npgsql;

namespace Automation.Engine.Persistence.PostgreSql;

/// <summary>Statements of a batch travel together: one round trip.</summary>
internal static class Batches
{
    /// <summary>Adds a statement with values for <c>$1</c>, <c>$2</c> … Times must be UTC.</summary>
    public static void Add(this NpgsqlBatch batch, string sql, params ReadOnlySpan<object> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        batch.BatchCommands.Add(command);
    }

    /// <summary>Runs the batch.</summary>
    /// <returns>The id of its transaction, by which an unknown commit is looked up.</returns>
    public static async Task<string> WriteAsync(this NpgsqlBatch batch, CancellationToken cancellationToken)
    {
        batch.Add("SELECT pg_current_xact_id()::text");
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        string? id = null;
        do
        {
            // Only the last statement's rows are one text column; a lock's rows are numbers and are passed over.
            while (await reader.ReadAsync(cancellationToken)) id = reader.GetFieldType(0) == typeof(string) ? reader.GetString(0) : id;
        }
        while (await reader.NextResultAsync(cancellationToken));
        return id!;
    }
}
