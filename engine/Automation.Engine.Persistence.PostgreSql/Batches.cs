using Npgsql;

namespace Automation.Engine.Persistence.PostgreSql;

/// <summary>Statements of a batch travel together: one round trip.</summary>
internal static class Batches
{
    /// <summary>Tells the id of the transaction, by which an unknown commit is looked up.</summary>
    public const string TransactionId = "SELECT pg_current_xact_id()::text";

    /// <summary>Adds a statement with values for <c>$1</c>, <c>$2</c> … Times must be UTC.</summary>
    public static void Add(this NpgsqlBatch batch, string sql, params ReadOnlySpan<object> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        batch.BatchCommands.Add(command);
    }
}
