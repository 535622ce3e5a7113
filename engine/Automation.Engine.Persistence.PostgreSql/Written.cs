using Npgsql;

namespace Automation.Engine.Persistence.PostgreSql;

/// <summary>A transaction up to its last statements.</summary>
/// <param name="Transaction">Its id, by which an unknown commit is looked up.</param>
/// <param name="Writes">What it still writes, sent together with COMMIT; null when there is nothing to keep.</param>
internal readonly record struct Written<T>(T Result, string? Transaction, NpgsqlBatch? Writes);
