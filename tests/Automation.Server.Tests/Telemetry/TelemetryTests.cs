using System.Diagnostics.Metrics;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using Automation.Engine.Expressions;
using Automation.Engine.Hosting.Telemetry;
using Automation.Engine.Persistence;
using Automation.Server.CommandLine;
using Automation.Server.Serve;
using Automation.Server.Tests.Crash;
using Automation.Server.Tests.Packaging;
using Automation.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Automation.Server.Tests.Telemetry;

/// <summary>A run is found by its id in traces, metrics and logs; secrets and payloads are in none; the page lists everything.</summary>
public sealed class TelemetryTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_IsFoundByItsId_InAllThree_WithoutWhatIsSecret()
    {
        using var folder = new TempDirectory();
        var ledger = new Ledger();
        await using var outside = await ledger.StartAsync();
        await using var collector = new Collector();
        await collector.StartAsync();
        var token = await CrashShop.SeedAsync(folder, null, outside.Urls.First(), Stop);
        var hooks = $"http://127.0.0.1:{TestPorts.Next()}";
        using var server = await ServerProcess.StartAsync(["--data", folder.Path, "--url", $"http://127.0.0.1:{TestPorts.Next()}", "--hook-url", hooks], new Dictionary<string, string>
        {
            ["Automation__Http__AllowedHosts__0"] = new Uri(outside.Urls.First()).Authority,
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "300",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "300",
            ["OTEL_BLRP_SCHEDULE_DELAY"] = "300",
            ["Logging__LogLevel__Automation.Mailbox"] = "Debug",
        }, Stop);
        using var client = new HttpClient { BaseAddress = new Uri(hooks) };
        Assert.True(await CrashShop.SendAsync(client, token, "77100001", 5, Stop));
        Assert.Empty(await ledger.MissingAsync(["77100001:5"], TimeSpan.FromSeconds(60)));

        var id = await RunAsync(folder.Path);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        await collector.HasAsync("traces", Encoding.UTF8.GetBytes("effect http"), limit.Token);
        foreach (var kind in new[] { "traces", "metrics", "logs" }) await collector.HasAsync(kind, id.ToByteArray(bigEndian: true), limit.Token);
        await collector.HasAsync("metrics", Encoding.UTF8.GetBytes("automation.hook.duration"), limit.Token);
        Assert.False(collector.HasAnywhere(token));
        Assert.False(collector.HasAnywhere("entity_type"));
        Assert.False(collector.HasAnywhere("77100001/5"));
    }

    [Fact]
    public void Page_ListsEveryInstrument()
    {
        RuntimeHelpers.RunClassConstructor(typeof(EngineMeters).TypeHandle);
        var names = new List<string>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, _) => { if (instrument.Meter.Name == EngineMeters.Name) names.Add(instrument.Name); } };
        listener.Start();
        Assert.True(names.Count >= 10);
        Assert.All(names, name => Assert.Contains($"`{name}`", RepositoryFolder.Read("docs/telemetry.md"), StringComparison.Ordinal));
    }

    [Fact]
    public void Page_ListsEveryLogLine_AndEachHasAnIdOfItsOwn()
    {
        Assembly[] assemblies = [typeof(EngineMeters).Assembly, typeof(Engine.Api.AutomationApi).Assembly, typeof(ScriptWorkerPool).Assembly, typeof(ServerHost).Assembly];
        var ids = assemblies.SelectMany(assembly => assembly.GetTypes()).SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>()).OfType<LoggerMessageAttribute>().Select(line => line.EventId.ToString(CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(ids.Distinct(), ids);
        var listed = RepositoryFolder.Read("docs/telemetry.md").Split("## Logs")[1].Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).SelectMany(line => line.Split('|')[1].Split(',', StringSplitOptions.TrimEntries)).ToHashSet();
        Assert.All(ids, id => Assert.Contains(id, listed));
    }

    private static async Task<Guid> RunAsync(string folder)
    {
        await using var app = ServerHost.Build(new ServeOptions { Data = folder, Url = "http://127.0.0.1:0", HookUrl = "http://127.0.0.1:0" });
        await using var context = await app.Services.GetRequiredService<IDbContextFactory<AutomationDbContext>>().CreateDbContextAsync(Stop);
        return (await context.Runs.AsNoTracking().SingleAsync(Stop)).Id;
    }
}
