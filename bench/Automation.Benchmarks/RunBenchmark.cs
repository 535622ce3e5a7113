using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Automation.Engine.Accounts;
using Automation.Engine.Effects;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Secrets;
using Automation.Engine.Persistence.Steps;
using Automation.Engine.Workflows;
using Automation.Server.CommandLine;
using Automation.Server.Serve;
using Automation.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Newtonsoft.Json.Linq;
using Npgsql;

namespace Automation.Benchmarks;

/// <summary>
/// The whole way on PostgreSQL: signed hook over HTTP → inbox → NCalc condition → five activities, one of them an HTTP call → journal.
/// 200 accounts, one deal per event. The limit beside it: the same number of rows inserted bare into the same PostgreSQL.
/// </summary>
internal static class RunBenchmark
{
    private const int Accounts = 200;
    private const int Warm = 8_000;
    private const int Measured = 12_000;
    private const int Parallel = 96;
    private const string Secret = "benchmark-secret-benchmark-secret";

    private sealed class Counter : StepObserver
    {
        public int Finished;
        public TaskCompletionSource Done = new();
        public int Target = int.MaxValue;

        public override void AfterCommit(StepCommit step, bool committed)
        {
            if (!committed) return;
            foreach (var run in step.NewRuns.Concat(step.ChangedRuns))
                if (run.FinishedAt is not null && Interlocked.Increment(ref Finished) == Target) Done.TrySetResult();
        }

        public Task WaitAsync(int target)
        {
            Done = new(TaskCreationOptions.RunContinuationsAsynchronously);
            Target = target;
            if (Volatile.Read(ref Finished) >= target) Done.TrySetResult();
            return Done.Task.WaitAsync(TimeSpan.FromMinutes(5));
        }
    }

    public static async Task RunAsync()
    {
        if (PostgresServer.Shared is not { } postgres)
        {
            Console.WriteLine($"run: skipped=\"{PostgresServer.WhyNot}\"");
            return;
        }

        var database = await postgres.CreateDatabaseAsync(CancellationToken.None);
        using var folder = new TempDirectory();
        await using var target = await StartTargetAsync();
        var counter = new Counter();
        var options = new ServeOptions { Data = folder.Path, Postgres = database + ";Maximum Pool Size=20", Url = $"http://127.0.0.1:{FreePort.Find()}", HookUrl = $"http://127.0.0.1:{FreePort.Find()}" };
        var targetUrl = target.Urls.First();
        Environment.SetEnvironmentVariable("Automation__Http__AllowedHosts__0", new Uri(targetUrl).Authority);
        Environment.SetEnvironmentVariable("Automation__Http__ParallelPerHost", "200");
        await using var app = ServerHost.Build(options, services => services.AddSingleton<StepObserver>(counter));
        await ServeCommand.StartAsync(app, options, CancellationToken.None);
        var tokens = await SeedAsync(app.Services, targetUrl);

        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Parallel }) { BaseAddress = new Uri(options.HookUrl) };
        await SendAsync(client, tokens, Warm, "warm");
        await counter.WaitAsync(Warm);

        var allocated = GC.GetTotalAllocatedBytes();
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var watch = Stopwatch.StartNew();
        var latencies = await SendAsync(client, tokens, Measured, "run");
        var accepted = watch.Elapsed;
        await counter.WaitAsync(Warm + Measured);
        var elapsed = watch.Elapsed;
        cpu = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        allocated = GC.GetTotalAllocatedBytes() - allocated;
        var bare = await BareInsertAsync(database, 3_000);
        await app.StopAsync();
        latencies.Sort();
        var rate = Measured / elapsed.TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"run: runs_per_s={rate:0} accept_per_s={Measured / accepted.TotalSeconds:0} accept_p50_ms={latencies[latencies.Count / 2]:0.0} accept_p99_ms={latencies[(int)(latencies.Count * 0.99)]:0.0} cpu_s_per_1000={cpu.TotalSeconds / Measured * 1000:0.00} kb_per_run={allocated / 1024 / Measured} accounts={Accounts} parallel={Parallel} bare_inserts_per_s={bare:0} ratio_to_bare={rate / bare:0.00}"));
    }

    private static async Task<WebApplication> StartTargetAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapPost("/", () => Results.Json(new { ok = true }));
        await app.StartAsync();
        return app;
    }

    private static async Task<IReadOnlyList<string>> SeedAsync(IServiceProvider services, string targetUrl)
    {
        var ids = services.GetRequiredService<IIdSource>();
        var clock = services.GetRequiredService<TimeProvider>();
        var funnels = services.GetRequiredService<FunnelService>();
        var secrets = services.GetRequiredService<SecretStore>();
        var tokens = new List<string>();
        for (var i = 0; i < Accounts; i++)
        {
            await using var context = await services.GetRequiredService<IDbContextFactory<AutomationDbContext>>().CreateDbContextAsync();
            var account = new AccountRow
            {
                Id = ids.NewId(),
                Slug = $"bench-{i}",
                Name = $"Bench {i}",
                TimeZone = "Europe/Moscow",
                Language = "ru",
                CreatedAt = clock.GetUtcNow(),
                Settings = """{"quotas":{"EventsPerSecond":100000,"EffectsPerDay":10000000}}""",
            };
            var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
            var connection = new ConnectionRow { Id = ids.NewId(), AccountId = account.Id, Kind = "generic", Name = "shop", HookTokenHash = SHA256.HashData(Encoding.UTF8.GetBytes(token)), CreatedAt = clock.GetUtcNow() };
            context.AddRange(account, connection);
            await context.SaveChangesAsync();
            await secrets.WriteAsync(new(account.Id), new(connection.Id), "webhook", Secret, CancellationToken.None);
            var funnel = await funnels.SaveDraftAsync(new(account.Id), Document(targetUrl), null, CancellationToken.None);
            await funnels.PublishAsync(new(account.Id), funnel.Id, null, null, CancellationToken.None);
            tokens.Add(token);
        }

        return tokens;
    }

    private static FunnelDocument Document(string targetUrl) => new()
    {
        Slug = "bench",
        Name = "Bench",
        Connection = "shop",
        Triggers =
        [
            new FunnelTrigger
            {
                Id = "order", Name = "Order", When = new When { Event = TriggerEvents.Webhook }, Reentry = Reentry.EveryTime,
                If = new Condition("NCalc", "[event.data.amount] > 100 and [event.data.city] = 'Казань'"),
                Then = Workflow(targetUrl),
            },
        ],
    };

    private static JObject Workflow(string targetUrl) => JObject.Parse($$"""
        { "name": "bench", "variables": [{ "id": "total", "name": "total", "typeName": "Object", "value": null }],
          "root": { "id": "flow", "type": "Elsa.Flowchart", "version": 1,
            "activities": [
              { "id": "a", "type": "Elsa.SetName", "version": 1, "value": { "typeName": "String", "expression": { "type": "Literal", "value": "order" } } },
              { "id": "b", "type": "Elsa.SetVariable", "version": 1, "variable": { "id": "total", "name": "total" }, "value": { "expression": { "type": "NCalc", "value": "[event.data.amount] * 2" } } },
              { "id": "c", "type": "Elsa.FlowDecision", "version": 1, "condition": { "typeName": "Boolean", "expression": { "type": "NCalc", "value": "total > 200" } } },
              { "id": "d", "type": "Elsa.FlowSendHttpRequest", "version": 1, "url": { "expression": { "type": "Literal", "value": "{{targetUrl}}/" } }, "method": { "expression": { "type": "Literal", "value": "POST" } }, "content": { "expression": { "type": "Literal", "value": "{}" } }, "contentType": { "expression": { "type": "Literal", "value": "application/json" } } },
              { "id": "e", "type": "Elsa.WriteLine", "version": 1, "text": { "typeName": "String", "expression": { "type": "Literal", "value": "done" } } } ],
            "connections": [
              { "source": { "activity": "a", "port": "Done" }, "target": { "activity": "b", "port": "In" } },
              { "source": { "activity": "b", "port": "Done" }, "target": { "activity": "c", "port": "In" } },
              { "source": { "activity": "c", "port": "True" }, "target": { "activity": "d", "port": "In" } },
              { "source": { "activity": "d", "port": "Done" }, "target": { "activity": "e", "port": "In" } } ] } }
        """);

    private static async Task<List<double>> SendAsync(HttpClient client, IReadOnlyList<string> tokens, int count, string prefix)
    {
        var latencies = new ConcurrentBag<double>();
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Parallel).Select(_ => Task.Run(async () =>
        {
            for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
            {
                var watch = Stopwatch.StartNew();
                using var request = SignedHook.Post($"/hooks/generic/{tokens[i % tokens.Count]}", Secret, $$"""{"entity_type":"deal","entity_id":"{{prefix}}-{{i}}","amount":{{500 + i}},"city":"Казань"}""", $"{prefix}-{i}");
                using var answer = await client.SendAsync(request);
                if ((int)answer.StatusCode != 202) throw new InvalidOperationException($"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
                latencies.Add(watch.Elapsed.TotalMilliseconds);
            }
        })));
        return [.. latencies];
    }

    /// <summary>The limit: as many rows as a run writes (event, hook, run, effect, 3 journal rows), one transaction a run, from 8 connections, nothing else.</summary>
    private static async Task<double> BareInsertAsync(string database, int count)
    {
        await using var source = NpgsqlDataSource.Create(database + ";Maximum Pool Size=8");
        await using (var create = source.CreateCommand("CREATE TABLE bare (id bigserial primary key, kind text, body text)")) await create.ExecuteNonQueryAsync();
        var next = -1;
        var text = new string('x', 400);
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            await using var connection = await source.OpenConnectionAsync();
            while (Interlocked.Increment(ref next) < count)
            {
                await using var batch = new NpgsqlBatch(connection);
                for (var row = 0; row < 7; row++)
                {
                    var command = new NpgsqlBatchCommand("INSERT INTO bare (kind, body) VALUES ($1, $2)");
                    command.Parameters.Add(new() { Value = "row" });
                    command.Parameters.Add(new() { Value = text });
                    batch.BatchCommands.Add(command);
                }

                await batch.ExecuteNonQueryAsync();
            }
        })));
        return count / watch.Elapsed.TotalSeconds;
    }
}
