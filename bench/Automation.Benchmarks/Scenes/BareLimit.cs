using System.Diagnostics;
using Npgsql;

namespace Automation.Benchmarks.Scenes;

/// <summary>
/// What the machine's PostgreSQL can take at most: the very rows that the measured load has written, into tables of the same columns and
/// indexes, copied in transactions of 100 runs, by nothing but a loop.
/// </summary>
internal static class BareLimit
{
    private const int Batch = 100;

    /// <param name="tables">Table and the order of its rows.</param>
    /// <returns>Runs (or events) a second.</returns>
    public static async Task<double> MeasureAsync(string database, int units, params (string Table, string Order)[] tables)
    {
        await using var source = NpgsqlDataSource.Create(database + ";Maximum Pool Size=4");
        var batches = new List<List<(string Table, byte[] Rows)>>();
        await using (var connection = await source.OpenConnectionAsync())
        {
            foreach (var (table, _) in tables) await ExecuteAsync(connection, $"DROP TABLE IF EXISTS bare_{table}; CREATE TABLE bare_{table} (LIKE {table} INCLUDING ALL)");
            for (var from = 0; from < units; from += Batch)
            {
                var batch = new List<(string, byte[])>();
                foreach (var (table, order) in tables)
                {
                    var share = $"ceil((SELECT count(*) FROM {table})::numeric / {units})::int";
                    using var rows = new MemoryStream();
                    await using (var copy = await connection.BeginRawBinaryCopyAsync($"COPY (SELECT * FROM {table} ORDER BY {order} OFFSET {from} * {share} LIMIT {Batch} * {share}) TO STDOUT (FORMAT BINARY)")) await copy.CopyToAsync(rows);
                    batch.Add(($"bare_{table}", rows.ToArray()));
                }

                batches.Add(batch);
            }
        }

        var next = -1;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            await using var connection = await source.OpenConnectionAsync();
            for (var i = Interlocked.Increment(ref next); i < batches.Count; i = Interlocked.Increment(ref next))
            {
                await using var transaction = await connection.BeginTransactionAsync();
                foreach (var (table, rows) in batches[i])
                    await using (var copy = await connection.BeginRawBinaryCopyAsync($"COPY {table} FROM STDIN (FORMAT BINARY)")) await copy.WriteAsync(rows);
                await transaction.CommitAsync();
            }
        })));
        return units / watch.Elapsed.TotalSeconds;
    }

    /// <summary>What one durable write costs when nothing else is done: an insert of a small row and its commit, one after the other.</summary>
    /// <returns>Milliseconds, sorted.</returns>
    public static async Task<double[]> CommitsAsync(string database, int count)
    {
        await using var source = NpgsqlDataSource.Create(database + ";Maximum Pool Size=1");
        await using var connection = await source.OpenConnectionAsync();
        await ExecuteAsync(connection, "DROP TABLE IF EXISTS bare_commits; CREATE TABLE bare_commits (id bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())");
        var times = new double[count];
        for (var i = 0; i < count; i++)
        {
            var began = Stopwatch.GetTimestamp();
            await ExecuteAsync(connection, "INSERT INTO bare_commits DEFAULT VALUES");
            times[i] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        }

        Array.Sort(times);
        return times;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
