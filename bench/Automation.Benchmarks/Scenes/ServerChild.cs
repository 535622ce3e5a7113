using System.Diagnostics;
using Automation.Benchmarks.Load;
using Automation.Server.CommandLine;
using Automation.Server.Serve;

namespace Automation.Benchmarks.Scenes;

/// <summary>The real executable as a process of its own, so that its processor time and memory are its alone.</summary>
internal sealed class ServerChild : IDisposable
{
    private readonly Process process;

    private ServerChild(Process process, Uri hooks, TimeSpan ready) => (this.process, Hooks, Ready) = (process, hooks, ready);

    public Uri Hooks { get; }

    /// <summary>From the start of the process until it says that it is healthy.</summary>
    public TimeSpan Ready { get; }

    public double Cpu => ProcessMeter.Cpu(process.Id);

    public double Rss => ProcessMeter.Rss(process.Id);

    public int Id => process.Id;

    public static async Task<ServerChild> StartAsync(ServeOptions options, string allowedHost)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, UseShellExecute = false };
        // The published build, as the container runs it; without one the build beside the benchmark.
        var server = Environment.GetEnvironmentVariable("AUTOMATION_BENCH_SERVER") is { Length: > 0 } published ? published : typeof(ServerHost).Assembly.Location;
        string[] arguments = [server, "serve", "--data", options.Data, "--url", options.Url, "--hook-url", options.HookUrl];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        if (options.Postgres is { } postgres)
        {
            start.ArgumentList.Add("--postgres");
            start.ArgumentList.Add(postgres);
        }

        start.Environment["Automation__Http__AllowedHosts__0"] = allowedHost;
        start.Environment["Automation__Http__ParallelPerHost"] = "200";
        var watch = Stopwatch.StartNew();
        var process = Process.Start(start)!;
        // What the server warns of belongs to what was measured.
        var log = TextWriter.Synchronized(new StreamWriter(Path.Combine(Report.Folder, "server.log"), append: true) { AutoFlush = true });
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is { } text) log.WriteLine(text);
            else log.Dispose();
        };
        process.BeginOutputReadLine();
        var load = new HttpLoad(new Uri(options.HookUrl));
        byte[] ask = [.. "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"u8];
        while (true)
        {
            try
            {
                using var line = await load.ConnectAsync();
                await line.AskAsync(ask);
                return new(process, new Uri(options.HookUrl), watch.Elapsed);
            }
            catch (Exception e) when (e is System.Net.Sockets.SocketException or InvalidOperationException or IOException && !process.HasExited && watch.Elapsed < TimeSpan.FromMinutes(2))
            {
                await Task.Delay(10);
            }
        }
    }

    /// <summary>SIGTERM, and waits for the end.</summary>
    public async Task StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(40));
    }

    public void Dispose()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        process.Dispose();
    }
}
