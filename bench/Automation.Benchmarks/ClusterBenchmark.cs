using System.Diagnostics;
using Automation.Benchmarks.Load;
using Automation.Benchmarks.Scenes;
using Automation.Testing;

namespace Automation.Benchmarks;

/// <summary>The load of <c>run</c> on one node and on two nodes over the same PostgreSQL, all on this machine: what belonging together costs.</summary>
internal static class ClusterBenchmark
{
    private const int Warm = 12_000;
    private const int Measured = 8_000;

    public static async Task RunAsync()
    {
        var report = new Report("cluster");
        if (PostgresServer.Shared is null) report.Note("skipped", PostgresServer.WhyNot);
        else
        {
            var one = await MeasureAsync(report, 1);
            var two = await MeasureAsync(report, 2);
            report.Figure("one_per_s", one.PerSecond);
            report.Figure("two_per_s", two.PerSecond);
            report.Figure("one_cpu_s_per_1000", one.Cpu);
            report.Figure("two_cpu_s_per_1000", two.Cpu);
            report.Figure("cpu_ratio", two.Cpu / one.Cpu);
        }

        report.End();
    }

    private static async Task<(double PerSecond, double Cpu)> MeasureAsync(Report report, int nodes)
    {
        using var scene = await Scene.BuildAsync(onPostgres: true, SampleFunnels.WithCall);
        var servers = new List<ServerChild>();
        try
        {
            for (var node = 0; node < nodes; node++) servers.Add(await scene.StartAsync(scene.NewOptions()));
            await SendAsync(scene, servers, Warm, 0);
            var postmaster = await ProcessMeter.PostmasterAsync(scene.Database!);
            var before = servers.Sum(server => server.Cpu) + ProcessMeter.Cpu(postmaster);
            var watch = Stopwatch.StartNew();
            await SendAsync(scene, servers, Measured, Warm);
            var (perSecond, cpu) = (Measured / watch.Elapsed.TotalSeconds, (servers.Sum(server => server.Cpu) + ProcessMeter.Cpu(postmaster) - before) / Measured * 1_000);
            report.Row($"{nodes} node(s), 64 connections", ("per_s", perSecond), ("cpu_s_per_1000", cpu), ("doubled", scene.Sink.Doubled));
            foreach (var server in servers) await server.StopAsync();
            return (perSecond, cpu);
        }
        finally
        {
            foreach (var server in servers) server.Dispose();
        }
    }

    /// <summary>Hooks to all nodes in turn; returns when every run is finished.</summary>
    private static async Task SendAsync(Scene scene, List<ServerChild> servers, int count, int first)
    {
        var requests = scene.Hooks(count, first);
        scene.Sink.Expect(count);
        await Task.WhenAll(servers.Select((server, node) =>
            new HttpLoad(server.Hooks).SendAsync([.. requests.Where((_, i) => i % servers.Count == node)], 64 / servers.Count)));
        while (scene.Sink.Arrived < count) await Task.Delay(5);
        await scene.FinishedAsync(first + count);
    }
}
