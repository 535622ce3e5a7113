using Automation.Benchmarks.Scenes;
using Automation.Testing;
using Npgsql;

namespace Automation.Benchmarks;

/// <summary>Resident memory of an idle server, and of one beside 1,000,000 waiting timers; what a timer takes on disk.</summary>
internal static class MemoryBenchmark
{
    private const int Timers = 1_000_000;

    public static async Task RunAsync()
    {
        var report = new Report("memory");
        if (PostgresServer.Shared is null) report.Note("skipped", PostgresServer.WhyNot);
        else
        {
            using var scene = await Scene.BuildAsync(onPostgres: true, SampleFunnels.WithCall);
            var idle = await SettledAsync(scene);
            await FillAsync(scene.Database!);
            var waiting = await SettledAsync(scene);
            var bytes = await scene.CountAsync("SELECT pg_total_relation_size('timers')") / (double)Timers;
            report.Row("idle", ("rss_mib", idle));
            report.Row($"beside {Timers:N0} waiting timers", ("rss_mib", waiting), ("bytes_each_on_disk", bytes));
            report.Figure("idle_rss_mib", idle);
            report.Figure("timers_rss_mib", waiting);
            report.Figure("bytes_per_timer", bytes);
        }

        report.End();
    }

    /// <summary>A minute after its start, scans and sweeps among it.</summary>
    private static async Task<double> SettledAsync(Scene scene)
    {
        using var server = await scene.StartAsync(scene.NewOptions());
        await Task.Delay(TimeSpan.FromSeconds(60));
        var rss = server.Rss;
        await server.StopAsync();
        return rss;
    }

    private static async Task FillAsync(string database)
    {
        await using var source = NpgsqlDataSource.Create(database + ";Command Timeout=600");
        await using var fill = source.CreateCommand($"""
            INSERT INTO timers (id, account_id, connection_id, entity_type, entity_id, kind, trigger_id, due_at)
            SELECT gen_random_uuid(), c.account_id, c.id, 'deal', n::text, 'date', 'order', now() + interval '1 day' + n * interval '1 second'
            FROM generate_series(1, {Timers}) AS n JOIN (SELECT account_id, id, row_number() OVER () - 1 AS i FROM connections) AS c ON c.i = n % {Scene.Accounts}
            """);
        await fill.ExecuteNonQueryAsync();
    }
}
