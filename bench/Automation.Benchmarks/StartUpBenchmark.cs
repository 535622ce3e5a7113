using System.Diagnostics;
using Automation.Benchmarks.Load;
using Automation.Benchmarks.Scenes;

namespace Automation.Benchmarks;

/// <summary>From the start of the built server's process until it is healthy, and its first hook; on a store that exists, embedded.</summary>
internal static class StartUpBenchmark
{
    private const int Starts = 7;

    public static async Task RunAsync()
    {
        var report = new Report("start-up");
        using var scene = await Scene.BuildAsync(onPostgres: false, SampleFunnels.WithCall);
        var (ready, first, cpu) = (new List<double>(), new List<double>(), new List<double>());
        for (var start = 0; start < Starts; start++)
        {
            using var server = await scene.StartAsync(scene.NewOptions());
            ready.Add(server.Ready.TotalMilliseconds);
            cpu.Add(server.Cpu);
            using var line = await new HttpLoad(server.Hooks).ConnectAsync();
            var watch = Stopwatch.StartNew();
            await line.AskUntilTakenAsync(scene.Hooks(1, 1_000_000 + start)[0]);
            first.Add(watch.Elapsed.TotalMilliseconds);
            report.Row($"start {start + 1}", ("ready_ms", ready[^1]), ("first_hook_ms", first[^1]), ("cpu_s", cpu[^1]), ("rss_mib", server.Rss));
            await server.StopAsync();
        }

        report.Figure("ready_ms", Median(ready));
        report.Figure("first_hook_ms", Median(first));
        report.Figure("cpu_s", Median(cpu));
        report.Figure("starts", Starts);
        report.End();
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
