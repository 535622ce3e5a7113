using System.Globalization;
using Automation.Engine.Persistence.Retention;
using Npgsql;

namespace Automation.Engine.Persistence.PostgreSql;

/// <summary>
/// The journal's partitions: one a month by the time in the ids, one of all that came before the first month, and one for what fits into
/// none, so that a row always finds a place. DDL waits two seconds for its locks at most: it is tried again at the next round.
/// </summary>
internal sealed class JournalMonths(NpgsqlDataSource source)
{
    private const string Other = "journal_other";
    private const string Before = "journal_before";
    private const string Patience = "SET LOCAL lock_timeout = '2s'; SET LOCAL enable_seqscan = on;";

    private const string Bounds = """
        SELECT c.relname, pg_get_expr(c.relpartbound, c.oid) FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'journal'::regclass AND c.relname <> 'journal_other'
        """;

    public async Task PrepareAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var there = (await ReadAsync(connection, cancellationToken)).ToList();
        var month = new DateTimeOffset(now.UtcDateTime.Year, now.UtcDateTime.Month, 1, 0, 0, 0, TimeSpan.Zero);
        for (var i = 0; i < 3; i++, month = month.AddMonths(1))
        {
            var (from, to) = (TimedId.First(month), TimedId.First(month.AddMonths(1)));
            if (there.Exists(part => Less(part.From, to) && Less(from, part.To))) continue;
            await AddAsync(connection, month, from, to, cancellationToken);
        }
    }

    /// <summary>What fell into the time of a new month while it was missing stays where it is: the month is then left out.</summary>
    private static async Task AddAsync(NpgsqlConnection connection, DateTimeOffset month, Guid from, Guid to, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, Patience, cancellationToken);
        await using (var held = new NpgsqlCommand($"SELECT 1 FROM {Other} WHERE id >= $1 AND id < $2 LIMIT 1", connection) { Parameters = { new() { Value = from }, new() { Value = to } } })
            if (await held.ExecuteScalarAsync(cancellationToken) is not null) return;
        var name = string.Create(CultureInfo.InvariantCulture, $"journal_{month:yyyy_MM}");
        // Attached, not made in place: writers go on meanwhile.
        await ExecuteAsync(connection, $"""
            CREATE TABLE {name} (LIKE journal INCLUDING DEFAULTS INCLUDING INDEXES);
            CREATE UNIQUE INDEX ux_{name}_run ON {name} (run_id, sequence) WHERE run_id IS NOT NULL;
            ALTER TABLE journal ATTACH PARTITION {name} FOR VALUES FROM ('{from}') TO ('{to}');
            """, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>The partitions that are no month.</summary>
    public async Task<IReadOnlyList<string>> OthersAsync(CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return (await ReadAsync(connection, cancellationToken)).Any(part => part.Name == Before) ? [Before, Other] : [Other];
    }

    /// <returns>Months dropped.</returns>
    public async Task<int> DropAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var (bound, dropped) = (TimedId.First(before), 0);
        foreach (var part in (await ReadAsync(connection, cancellationToken)).Where(part => !Less(bound, part.To)))
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await ExecuteAsync(connection, $"""
                {Patience}
                ALTER TABLE journal DETACH PARTITION {part.Name};
                INSERT INTO {Other} SELECT j.* FROM {part.Name} AS j WHERE EXISTS (SELECT 1 FROM runs AS r WHERE r.id = j.run_id AND r.status IN (0, 1, 3, 5));
                DROP TABLE {part.Name};
                """, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            dropped++;
        }

        return dropped;
    }

    private static async Task<IEnumerable<Part>> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Bounds, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var parts = new List<Part>();
        // FOR VALUES FROM (MINVALUE) TO ('0193…')
        while (await reader.ReadAsync(cancellationToken))
            if (reader.GetString(1).Split('(', ')') is [_, var from, _, var to, ..]) parts.Add(new(reader.GetString(0), Read(from), Read(to)));
        return parts;
    }

    private static Guid Read(string bound) => bound == "MINVALUE" ? Guid.Empty : Guid.Parse(bound.Trim('\''));

    private static bool Less(Guid one, Guid other) => one.CompareTo(other) < 0;

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 600 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private sealed record Part(string Name, Guid From, Guid To);
}
