using System.Diagnostics;
using System.Globalization;
using Automation.Benchmarks.Load;
using Automation.Benchmarks.Scenes;
using Automation.Testing;
using Npgsql;

namespace Automation.Benchmarks;

/// <summary>
/// Waiting runs whose timers fall due: each fires once, resumes its run to its end, in due order per deal. 100,000 of them, ten a deal
/// (1,000,000 with <c>--large</c>), within one second while the server works; and a fifth as many that were overdue when it started,
/// which cost a commit more each (R10). As many again are not due.
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

            await using var source = NpgsqlDataSource.Create(scene.Database! + ";Command Timeout=1800");
            await MultiplyAsync(source, count + count / 5);
            await DueAsync(source, "c.n % 12 = 1", "now() - (c.n % 997) * interval '3 seconds'");
            using (var server = await scene.StartAsync())
            {
                var overdue = await FiredAsync(report, scene, server, "overdue at the start");
                report.Figure("overdue_per_s", overdue);
                await DueAsync(source, "c.n % 12 IN (0, 2, 4, 6, 8)", "clock_timestamp() + (c.n % 997) * interval '1 millisecond'");
                report.Figure("per_s", await FiredAsync(report, scene, server, "due while it works"));
                report.Figure("rss_mib", server.Rss);
                await server.StopAsync();
            }
        }

        report.End();
    }

    /// <summary>Waits until nothing is due any more.</summary>
    /// <returns>Timers a second.</returns>
    private static async Task<double> FiredAsync(Report report, Scene scene, ServerChild server, string name)
    {
        var count = await scene.CountAsync("SELECT count(*) FROM bench_due");
        var postmaster = await ProcessMeter.PostmasterAsync(scene.Database!);
        var (watch, cpu) = (Stopwatch.StartNew(), ProcessMeter.Cpu(postmaster) + server.Cpu);
        while (await scene.CountAsync("SELECT count(*) FROM timers WHERE due_at <= now() + interval '1 minute'") > 0)
        {
            if (watch.Elapsed > TimeSpan.FromMinutes(20)) throw new TimeoutException("The timers did not all fire.");
            await Task.Delay(200);
        }

        var elapsed = watch.Elapsed.TotalSeconds;
        cpu = (ProcessMeter.Cpu(postmaster) + server.Cpu - cpu) / count * 1_000;
        var lost = count - await scene.CountAsync("SELECT count(*) FROM bench_due AS d JOIN runs AS r ON r.id = d.run_id WHERE r.finished_at IS NOT NULL");
        // The journal has one more row of each run that went on; per deal they stand in the order in which they were due.
        var disordered = await scene.CountAsync("""
            SELECT count(*) FROM (
              SELECT t.due, lag(t.due) OVER (PARTITION BY j.account_id, j.entity_id ORDER BY j.id) AS earlier
              FROM journal AS j JOIN bench_due AS t ON t.run_id = j.run_id WHERE j.sequence = 2) AS fired WHERE due < earlier
            """);
        report.Row($"{count:N0} {name}", ("per_s", count / elapsed), ("cpu_s_per_1000", cpu), ("lost", lost), ("out_of_order", disordered), ("rss_mib", server.Rss));
        return lost + disordered == 0 ? count / elapsed : throw new InvalidOperationException($"{lost} timers lost, {disordered} out of order.");
    }

    /// <summary>Moves the timers of the chosen copies, and notes them.</summary>
    private static async Task DueAsync(NpgsqlDataSource source, string which, string due)
    {
        await using var command = source.CreateCommand($"""
            DROP TABLE IF EXISTS bench_due;
            CREATE TABLE bench_due (run_id uuid, due timestamptz);
            WITH moved AS (UPDATE timers AS t SET due_at = {due} FROM bench_copies AS c WHERE t.id = c.timer AND {which} RETURNING t.run_id, t.due_at)
            INSERT INTO bench_due SELECT run_id, due_at FROM moved
            """);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The waiting runs that the engine made, again and again under deals of their own: all due tomorrow.</summary>
    private static async Task MultiplyAsync(NpgsqlDataSource source, int count)
    {
        foreach (var sql in new[]
        {
            "CREATE TABLE bench_copies AS SELECT r.id AS old, r.account_id, r.entity_id AS entity, n, gen_random_uuid() AS id, gen_random_uuid() AS timer FROM runs AS r, generate_series(1, $1) AS n",
            $"INSERT INTO mailboxes ({{mailboxes}}, entity_id) SELECT {{m.mailboxes}}, m.entity_id || '-' || d FROM mailboxes AS m, generate_series(0, $1 / {PerDeal}) AS d",
            $"INSERT INTO runs ({{runs}}, id, entity_id, state) SELECT {{r.runs}}, c.id, c.entity || '-' || (c.n / {PerDeal}), replace(r.state, r.id::text, c.id::text) FROM bench_copies AS c JOIN runs AS r ON r.id = c.old",
            $"INSERT INTO timers ({{timers}}, id, entity_id, run_id, due_at) SELECT {{t.timers}}, c.timer, c.entity || '-' || (c.n / {PerDeal}), c.id, now() + interval '1 day' FROM bench_copies AS c JOIN timers AS t ON t.run_id = c.old",
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
