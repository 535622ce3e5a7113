using System.Diagnostics;
using Automation.Benchmarks.Load;
using Automation.Benchmarks.Scenes;
using Automation.Testing;

namespace Automation.Benchmarks;

/// <summary>Durable accept: amoCRM form bodies of moved deals over HTTP, answered after the commit; the events are also processed meanwhile.</summary>
internal static class AcceptBenchmark
{
    private const int Warm = 20_000;

    public static async Task RunAsync()
    {
        var report = new Report("accept");
        if (PostgresServer.Shared is null) report.Note("skipped", PostgresServer.WhyNot);
        else
        {
            using var scene = await Scene.BuildAsync(onPostgres: true, null, "amocrm");
            using var server = await scene.StartAsync();
            await MeasureAsync(report, "warm-up", scene, server, 64, Warm, 0);
            var wide = await MeasureAsync(report, "64 connections", scene, server, 64, 40_000, Warm);
            report.Figure("per_s", wide.PerSecond);
            report.Figure("p50_ms", wide.Times.At(0.5));
            report.Figure("p99_ms", wide.Times.At(0.99));
            report.Figure("cpu_s_per_1000", wide.Cpu);
            var narrow = await MeasureAsync(report, "16 connections", scene, server, 16, 20_000, Warm + 40_000);
            report.Figure("p99_16_ms", narrow.Times.At(0.99));
            report.Figure("per_s_16", narrow.PerSecond);
            var limit = await BareLimit.MeasureAsync(scene.Database!, 20_000, ("hooks", "id"), ("mailboxes", "entity_id"), ("events", "id"));
            report.Row("bare inserts of the same rows", ("per_s", limit));
            report.Figure("limit_ratio", wide.PerSecond / limit);
            await server.StopAsync();
        }

        report.Figure("accounts", Scene.Accounts);
        report.End();
    }

    private static async Task<(double PerSecond, double Cpu, double[] Times)> MeasureAsync(Report report, string name, Scene scene, ServerChild server, int connections, int count, int first)
    {
        var requests = scene.AmoHooks(count, first);
        var postmaster = await ProcessMeter.PostmasterAsync(scene.Database!);
        var load = new HttpLoad(server.Hooks);
        var (engine, postgres) = (server.Cpu, ProcessMeter.Cpu(postmaster));
        var watch = Stopwatch.StartNew();
        var times = await load.SendAsync(requests, connections);
        var elapsed = watch.Elapsed.TotalSeconds;
        var waiting = await scene.CountAsync("SELECT count(*) FROM events WHERE status = 0");
        while (await scene.CountAsync("SELECT count(*) FROM events WHERE status = 0") > 0) await Task.Delay(50);
        (engine, postgres) = ((server.Cpu - engine) / count * 1_000, (ProcessMeter.Cpu(postmaster) - postgres) / count * 1_000);
        report.Row(name, ("per_s", count / elapsed), ("p50_ms", times.At(0.5)), ("p99_ms", times.At(0.99)), ("engine_s_per_1000", engine), ("postgres_s_per_1000", postgres),
            ("rss_mib", server.Rss), ("refused", load.Refused), ("waiting_at_end", waiting), ("all_processed_s", watch.Elapsed.TotalSeconds));
        return (count / elapsed, engine + postgres, times);
    }
}
