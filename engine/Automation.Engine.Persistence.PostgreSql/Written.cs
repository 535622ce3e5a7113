using Npgsql;

namespace Automation.Engine.Persistence.PostgreSql;

/// <summary>A transaction up to its last statements.</summary>
/// <param name="Transaction">Its id, by which an unknown commit is looked up.</param>
/// <param name="Writes">What it still writes, sent together with COMMIT; null when there is nothing to keep.</param>
/// <param name="Witness">Tells whether anything of it stands.</param>
internal readonly record struct Written<T>(T Result, string? Transaction, NpgsqlBatch? Writes, Func<Witness> Witness);

/// <summary>A query of one boolean: true when a row that the transaction wrote is there.</summary>
internal readonly record struct Witness(string Sql, params object[] Values);
