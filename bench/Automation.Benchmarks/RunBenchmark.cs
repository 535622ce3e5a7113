using System.Diagnostics;
using Automation.Benchmarks.Load;
using Automation.Benchmarks.Scenes;
using Automation.Engine.Funnels;
using Automation.Testing;

namespace Automation.Benchmarks;

/// <summary>The whole way: signed hook → inbox → condition → five activities → journal complete, in a server process of its own.</summary>
internal static class RunBenchmark
{
    private const int Warm = 40_000;

    /// <summary>What one run leaves behind, in the order of its writing.</summary>
    private static readonly (string, string)[] Tables = [("hooks", "id"), ("mailboxes", "entity_id"), ("events", "id"), ("runs", "id"), ("effects", "key"), ("journal", "id")];

    /// <summary>With an HTTP call: 64 connections, one connection, a steady 1,000/s, idle latency; then embedded on SQLite.</summary>
    /// <param name="shortly">The first of them only.</param>
    public static async Task RunAsync(bool shortly)
    {
        var report = new Report("run");
        if (PostgresServer.Shared is null)
        {
            report.Note("skipped", PostgresServer.WhyNot);
            report.End();
            return;
        }

        using (var scene = await Scene.BuildAsync(onPostgres: true, SampleFunnels.WithCall))
        using (var server = await scene.StartAsync())
        {
            var full = await MeasureAsync(report, "64 connections", scene, server, 64, 12_000, warm: Warm);
            report.Figure("per_s", full.PerSecond);
            report.Figure("cpu_s_per_1000", full.Cpu);
            report.Figure("p99_ms", full.AcceptP99);
            if (shortly)
            {
                report.End();
                return;
            }

            var one = await MeasureAsync(report, "1 connection", scene, server, 1, 1_500);
            report.Figure("one_per_s", one.PerSecond);
            var steady = await SteadyAsync(report, "steady 1,000/s", scene, server, 1_000, 15_000);
            report.Figure("steady_p99_ms", steady.At(0.99));
            var idle = await SteadyAsync(report, "idle, 10/s", scene, server, 10, 300);
            report.Figure("idle_p50_ms", idle.At(0.5));
            report.Figure("idle_p99_ms", idle.At(0.99));
            report.Figure("rss_mib", server.Rss);
            var limit = await BareLimit.MeasureAsync(scene.Database!, 10_000, Tables);
            report.Row("bare inserts of the same rows", ("per_s", limit));
            report.Figure("limit_ratio", full.PerSecond / limit);
            // A run's effect leaves after two of them in a row, its hook is answered after the first.
            var commits = await BareLimit.CommitsAsync(scene.Database!, 3_000);
            report.Row("bare commit of one row, one after the other", ("per_s", 3_000 / commits.Sum() * 1_000), ("p50_ms", commits.At(0.5)), ("p99_ms", commits.At(0.99)), ("max_ms", commits[^1]));
            report.Figure("bare_commit_p99_ms", commits.At(0.99));
            await server.StopAsync();
        }

        using (var scene = await Scene.BuildAsync(onPostgres: false, SampleFunnels.WithCall))
        using (var server = await scene.StartAsync())
        {
            var sqlite = await MeasureAsync(report, "64 connections, SQLite", scene, server, 64, 8_000, warm: Warm);
            report.Figure("sqlite_per_s", sqlite.PerSecond);
            await server.StopAsync();
        }

        report.Figure("accounts", Scene.Accounts);
        report.End();
    }

    public static Task PureAsync() => SimpleAsync("run-pure", SampleFunnels.Pure, calls: false);

    public static Task ScriptAsync() => SimpleAsync("script", SampleFunnels.WithScript, calls: true);

    private static async Task SimpleAsync(string name, Func<string, FunnelDocument> funnel, bool calls)
    {
        var report = new Report(name);
        if (PostgresServer.Shared is null) report.Note("skipped", PostgresServer.WhyNot);
        else
        {
            using var scene = await Scene.BuildAsync(onPostgres: true, funnel);
            using var server = await scene.StartAsync();
            var full = await MeasureAsync(report, "64 connections", scene, server, 64, 12_000, Warm, calls);
            report.Figure("per_s", full.PerSecond);
            report.Figure("cpu_s_per_1000", full.Cpu);
            report.Figure("p99_ms", full.AcceptP99);
            var limit = await BareLimit.MeasureAsync(scene.Database!, 10_000, [.. Tables.Where(table => calls || table.Item1 != "effects")]);
            report.Row("bare inserts of the same rows", ("per_s", limit));
            report.Figure("limit_ratio", full.PerSecond / limit);
            await server.StopAsync();
        }

        report.Figure("accounts", Scene.Accounts);
        report.End();
    }

    private sealed record Measure(double PerSecond, double Cpu, double AcceptP99);

    private static async Task<Measure> MeasureAsync(Report report, string name, Scene scene, ServerChild server, int connections, int count, int warm = 0, bool calls = true)
    {
        var load = new HttpLoad(server.Hooks);
        var before = await scene.CountAsync("SELECT count(*) FROM runs");
        if (warm > 0)
        {
            scene.Sink.Expect(warm);
            await load.SendAsync(scene.Hooks(warm, (int)before), 64);
            await scene.FinishedAsync(before += warm);
        }

        var postmaster = scene.Database is { } database ? await ProcessMeter.PostmasterAsync(database) : 0;
        var requests = scene.Hooks(count, (int)before);
        scene.Sink.Expect(count);
        var refused = load.Refused;
        var (engine, postgres) = (server.Cpu, Postgres(postmaster));
        if (warm > 0) Console.Error.WriteLine("  warm; measuring …");
        var watch = Stopwatch.StartNew();
        var accepts = await load.SendAsync(requests, connections);
        var accepted = watch.Elapsed;
        while (calls && scene.Sink.Arrived < count && watch.Elapsed < TimeSpan.FromMinutes(3)) await Task.Delay(5);
        await scene.FinishedAsync(before + count);
        var elapsed = watch.Elapsed;
        (engine, postgres) = (server.Cpu - engine, Postgres(postmaster) - postgres);
        var cpu = (engine + postgres) / count * 1_000;
        report.Row(name, ("per_s", count / elapsed.TotalSeconds), ("accept_per_s", count / accepted.TotalSeconds), ("p50_ms", accepts.At(0.5)), ("p99_ms", accepts.At(0.99)),
            ("engine_s_per_1000", engine / count * 1_000), ("postgres_s_per_1000", postgres / count * 1_000), ("rss_mib", server.Rss), ("refused", load.Refused - refused), ("doubled", scene.Sink.Doubled));
        return new(count / elapsed.TotalSeconds, cpu, accepts.At(0.99));
    }

    /// <returns>Milliseconds from hook to effect, sorted.</returns>
    private static async Task<double[]> SteadyAsync(Report report, string name, Scene scene, ServerChild server, double perSecond, int count)
    {
        var before = await scene.CountAsync("SELECT count(*) FROM runs");
        var requests = scene.Hooks(count, (int)before);
        var sent = new long[count];
        scene.Sink.Expect(count);
        var load = new HttpLoad(server.Hooks);
        await load.SendSteadilyAsync(requests, 64, perSecond, (i, at) => sent[i] = at);
        var behind = count - scene.Sink.Arrived;
        await scene.FinishedAsync(before + count);
        var times = Enumerable.Range(0, count).Select(i => Stopwatch.GetElapsedTime(sent[i], scene.Sink.At(i)).TotalMilliseconds).Order().ToArray();
        report.Row($"{name}: hook to effect", ("p50_ms", times.At(0.5)), ("p99_ms", times.At(0.99)), ("max_ms", times[^1]), ("backlog_at_end", behind));
        return times;
    }

    private static double Postgres(int postmaster) => postmaster == 0 ? 0 : ProcessMeter.Cpu(postmaster);
}
