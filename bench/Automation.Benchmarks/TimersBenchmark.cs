using System.Diagnostics;
using System.Globalization;
using Automation.Benchmarks.Load;
using Automation.Benchmarks.Scenes;
using Automation.Testing;
using Npgsql;

namespace Automation.Benchmarks;

/// <summary>
/// Waiting runs whose timers fall due while the server is down: each fires once, resumes its run to its end, in due order per deal.
/// 100,000 of them, ten a deal (1,000,000 with <c>--large</c>), beside as many that are not due.
/// </summary>
internal static class TimersBenchmark
{
    private const int PerDeal = 10;

    public static async Task RunAsync(bool large)
    {
        var report = new Report("timers");
        if (PostgresServer.Shared is null) report.Note("skipped", PostgresServer.WhyNot);
        else
        {
            var count = large ? 1_000_000 : 100_000;
            using var scene = await Scene.BuildAsync(onPostgres: true, _ => SampleFunnels.Waiting());
            using (var server = await scene.StartAsync())
            {
                await new HttpLoad(server.Hooks).SendAsync(scene.Hooks(Scene.Accounts), 8);
                while (await scene.CountAsync("SELECT count(*) FROM timers") < Scene.Accounts) await Task.Delay(50);
                await server.StopAsync();
            }

            await MultiplyAsync(scene.Database!, count);
            var finished = await scene.CountAsync("SELECT count(*) FROM runs WHERE finished_at IS NOT NULL");
            using (var server = await scene.StartAsync())
            {
                var postmaster = await ProcessMeter.PostmasterAsync(scene.Database!);
                var (watch, cpu) = (Stopwatch.StartNew(), ProcessMeter.Cpu(postmaster) + server.Cpu);
                while (await scene.CountAsync("SELECT count(*) FROM timers WHERE due_at <= now()") > 0)
                {
                    if (watch.Elapsed > TimeSpan.FromMinutes(20)) throw new TimeoutException("The timers did not all fire.");
                    await Task.Delay(200);
                }

                var elapsed = watch.Elapsed.TotalSeconds;
                cpu = (ProcessMeter.Cpu(postmaster) + server.Cpu - cpu) / count * 1_000;
                var ended = await scene.CountAsync("SELECT count(*) FROM runs WHERE finished_at IS NOT NULL") - finished;
                // The journal has one more row of each run that went on; per deal they stand in the order in which they were due.
                var disordered = await scene.CountAsync("""
                    SELECT count(*) FROM (
                      SELECT t.due, lag(t.due) OVER (PARTITION BY j.account_id, j.entity_id ORDER BY j.id) AS earlier
                      FROM journal AS j JOIN bench_due AS t ON t.run_id = j.run_id WHERE j.sequence = 2) AS fired WHERE due < earlier
                    """);
                report.Row($"{count:N0} due at the start", ("per_s", count / elapsed), ("cpu_s_per_1000", cpu), ("runs_ended", ended), ("out_of_order", disordered), ("rss_mib", server.Rss));
                report.Figure("per_s", count / elapsed);
                report.Figure("cpu_s_per_1000", cpu);
                report.Figure("lost", count - ended);
                report.Figure("out_of_order", disordered);
                report.Figure("rss_mib", server.Rss);
                await server.StopAsync();
            }
        }

        report.End();
    }

    /// <summary>The waiting runs that the engine made, again and again under deals of their own: half due in the last hour, half tomorrow.</summary>
    private static async Task MultiplyAsync(string database, int count)
    {
        await using var source = NpgsqlDataSource.Create(database + ";Command Timeout=1800");
        foreach (var sql in new[]
        {
            "CREATE TABLE bench_copies AS SELECT r.id AS old, r.account_id, r.entity_id AS entity, n, gen_random_uuid() AS id, gen_random_uuid() AS timer FROM runs AS r, generate_series(1, $1) AS n",
            $"INSERT INTO mailboxes ({{mailboxes}}, entity_id) SELECT {{m.mailboxes}}, m.entity_id || '-' || d FROM mailboxes AS m, generate_series(0, $1 / {PerDeal}) AS d",
            $"INSERT INTO runs ({{runs}}, id, entity_id, state) SELECT {{r.runs}}, c.id, c.entity || '-' || (c.n / {PerDeal}), replace(r.state, r.id::text, c.id::text) FROM bench_copies AS c JOIN runs AS r ON r.id = c.old",
            $"INSERT INTO timers ({{timers}}, id, entity_id, run_id, due_at) SELECT {{t.timers}}, c.timer, c.entity || '-' || (c.n / {PerDeal}), c.id, CASE WHEN c.n % 2 = 0 THEN now() - (c.n % 997) * interval '3 seconds' ELSE now() + interval '1 day' END FROM bench_copies AS c JOIN timers AS t ON t.run_id = c.old",
            "CREATE TABLE bench_due AS SELECT run_id, due_at AS due FROM timers WHERE due_at <= now()",
        })
        {
            await using var command = source.CreateCommand(await NamedAsync(source, sql));
            if (sql.Contains("$1", StringComparison.Ordinal)) command.Parameters.Add(new() { Value = count * 2 / Scene.Accounts });
            await command.ExecuteNonQueryAsync();
        }
    }

    /// <summary>Puts the columns of a table, but those that a copy has of its own, where <c>{table}</c> or <c>{alias.table}</c> stands.</summary>
    private static async Task<string> NamedAsync(NpgsqlDataSource source, string sql)
    {
        foreach (var (table, own) in new[] { ("mailboxes", "'entity_id'"), ("runs", "'id', 'entity_id', 'state'"), ("timers", "'id', 'entity_id', 'run_id', 'due_at'") })
        {
            await using var command = source.CreateCommand(string.Create(CultureInfo.InvariantCulture, $"SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = '{table}' AND column_name NOT IN ({own})"));
            var names = new List<string>();
            await using (var reader = await command.ExecuteReaderAsync())
                while (await reader.ReadAsync()) names.Add(reader.GetString(0));
            sql = sql.Replace($"{{{table}}}", string.Join(", ", names), StringComparison.Ordinal).Replace($"{{{table[0]}.{table}}}", string.Join(", ", names.Select(name => $"{table[0]}.{name}")), StringComparison.Ordinal);
        }

        return sql;
    }
}
