using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Automation.Engine.Accounts;
using Automation.Engine.Effects;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Secrets;
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

namespace Automation.Server.Tests.Crash;

/// <summary>
/// kill -9 of the real process, again and again, under load: every acknowledged event has its effect, under one key, in its deal's order.
/// </summary>
public sealed class KillTests
{
    // Four deals take all of it: the loop guard would rightly stop at 20 runs of one trigger on one deal in 10 minutes.
    private const string Quotas = """{"quotas":{"RunsPerTrigger":100000}}""";
    private const string Secret = "crash-secret-crash-secret-crash";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Kill_UnderLoad_NothingLostNothingDoubledOrderKept(bool onPostgres) => KillAsync(onPostgres, 5);

    [Theory]
    [Trait("Lane", "Long")]
    [InlineData(false)]
    [InlineData(true)]
    public Task Kill_FiftyTimesUnderLoad_NothingLostNothingDoubledOrderKept(bool onPostgres) => KillAsync(onPostgres, 50);

    private static async Task KillAsync(bool onPostgres, int kills)
    {
        if (onPostgres && PostgresServer.Shared is null) Assert.Skip(PostgresServer.WhyNot);
        var stop = TestContext.Current.CancellationToken;
        using var folder = new TempDirectory();
        var database = onPostgres ? await PostgresServer.Shared!.CreateDatabaseAsync(stop) : null;
        var ledger = new Ledger();
        await using var outside = await ledger.StartAsync();
        var hooks = $"http://127.0.0.1:{ServerProcess.FreePort()}";
        var token = await SeedAsync(folder, database, outside.Urls.First(), stop);
        List<string> arguments = ["--data", folder.Path, "--url", $"http://127.0.0.1:{ServerProcess.FreePort()}", "--hook-url", hooks];
        if (database is not null) arguments.AddRange(["--postgres", database]);
        var environment = new Dictionary<string, string> { ["Automation__Http__AllowedHosts__0"] = new Uri(outside.Urls.First()).Authority, ["DOTNET_TieredPGO"] = "0" };

        var acknowledged = new ConcurrentDictionary<string, byte>();
        var sent = 0;
        using var client = new HttpClient { BaseAddress = new Uri(hooks), Timeout = TimeSpan.FromSeconds(5) };
        for (var kill = 0; kill < kills; kill++)
        {
            using var server = await ServerProcess.StartAsync(arguments, environment, stop);
            // What the last life left is finished first: cold, a life may die before its first step ends, and R10 rightly gives up what was begun at three deaths.
            await HoldsAsync(server, TimeSpan.FromSeconds(60));
            // Killed in the middle of its work: after a drawn number of acknowledgements, some events still on their way.
            var until = acknowledged.Count + 2 + kill % 7;
            var loads = Enumerable.Range(0, 4).Select(deal => Task.Run(async () =>
            {
                while (acknowledged.Count < until)
                {
                    var number = Interlocked.Increment(ref sent);
                    try
                    {
                        if (await SendAsync(client, token, $"{deal}", number, stop)) acknowledged[$"{deal}:{number}"] = 0;
                    }
                    catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !stop.IsCancellationRequested)
                    {
                        // Killed, or a connection left over from the life before.
                        if (server.IsDead) return;
                    }
                }
            }, stop)).ToList();
            await Task.WhenAll(loads);
            TestContext.Current.SendDiagnosticMessage("kill {0}: {1} acknowledged", kill + 1, acknowledged.Count);
            server.Kill();
        }

        using (var last = await ServerProcess.StartAsync(arguments, environment, stop)) await HoldsAsync(last, TimeSpan.FromSeconds(90));
        Assert.Empty(ledger.Doubled);
        Assert.Empty(ledger.OutOfOrder);
        Assert.True(acknowledged.Count > kills, $"only {acknowledged.Count} events were acknowledged");

        async Task HoldsAsync(ServerProcess server, TimeSpan limit)
        {
            var missing = await ledger.MissingAsync(acknowledged.Keys.ToHashSet(StringComparer.Ordinal), limit);
            if (missing.Length > 0) Assert.Fail($"lost: {string.Join(", ", missing)}\n{await TellAsync(folder, database, missing, stop)}\n{server.Output}");
        }
    }

    /// <summary>What the store knows of lost events.</summary>
    private static async Task<string> TellAsync(TempDirectory folder, string? database, string[] lost, CancellationToken stop)
    {
        await using var app = ServerHost.Build(new ServeOptions { Data = folder.Path, Postgres = database, Url = "http://127.0.0.1:0", HookUrl = "http://127.0.0.1:0" });
        await using var context = await app.Services.GetRequiredService<IDbContextFactory<AutomationDbContext>>().CreateDbContextAsync(stop);
        var numbers = lost.Select(name => $"\"number\":{name.Split(':')[1]}").ToList();
        var events = (await context.Events.AsNoTracking().ToListAsync(stop)).Where(row => numbers.Exists(number => row.Payload.Contains(number, StringComparison.Ordinal))).ToList();
        var runs = (await context.Runs.AsNoTracking().ToListAsync(stop)).Where(run => events.Exists(row => row.Id == run.EventId)).ToList();
        var effects = (await context.Effects.AsNoTracking().ToListAsync(stop)).Where(effect => runs.Exists(run => run.Id == effect.RunId)).ToList();
        return string.Join('\n', [
            .. events.Select(row => $"event {row.EntityId}/{row.Number} {row.Status} tries {row.Tries} {row.ErrorCode}"),
            .. runs.Select(run => $"run {run.EntityId} status {run.Status} {run.State}"),
            .. effects.Select(effect => $"effect state {effect.State} tries {effect.Tries} next {effect.NextTryAt:O} {effect.ErrorCode} {effect.ErrorMessage}")]);
    }

    private static async Task<bool> SendAsync(HttpClient client, string token, string deal, int number, CancellationToken stop)
    {
        using var request = SignedHook.Post($"/hooks/generic/{token}", Secret, $$"""{"entity_type":"deal","entity_id":"{{deal}}","number":{{number}}}""", $"id-{number}");
        using var answer = await client.SendAsync(request, stop);
        if ((int)answer.StatusCode is not (202 or 503)) Assert.Fail($"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(stop)}");
        return (int)answer.StatusCode == 202;
    }

    /// <summary>Account, connection and funnel, by the product's own services, before the first start.</summary>
    private static async Task<string> SeedAsync(TempDirectory folder, string? database, string outside, CancellationToken stop)
    {
        await using var app = ServerHost.Build(new ServeOptions { Data = folder.Path, Postgres = database, Url = "http://127.0.0.1:0", HookUrl = "http://127.0.0.1:0" });
        await app.Services.GetRequiredService<IStoreSetup>().MigrateAsync(stop);
        var ids = app.Services.GetRequiredService<IIdSource>();
        var now = TimeProvider.System.GetUtcNow();
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        var account = new AccountRow { Id = ids.NewId(), Slug = "crash", Name = "Crash", TimeZone = "Europe/Moscow", Language = "ru", CreatedAt = now, Settings = Quotas };
        var connection = new ConnectionRow { Id = ids.NewId(), AccountId = account.Id, Kind = "generic", Name = "shop", HookTokenHash = SHA256.HashData(Encoding.UTF8.GetBytes(token)), CreatedAt = now };
        await using (var context = await app.Services.GetRequiredService<IDbContextFactory<AutomationDbContext>>().CreateDbContextAsync(stop))
        {
            context.AddRange(account, connection);
            await context.SaveChangesAsync(stop);
        }

        await app.Services.GetRequiredService<SecretStore>().WriteAsync(new(account.Id), new(connection.Id), "webhook", Secret, stop);
        var funnels = app.Services.GetRequiredService<FunnelService>();
        var funnel = await funnels.SaveDraftAsync(new(account.Id), Document(outside), null, stop);
        await funnels.PublishAsync(new(account.Id), funnel.Id, null, null, stop);
        return token;
    }

    private static FunnelDocument Document(string outside) => new()
    {
        Slug = "crash",
        Name = "Crash",
        Connection = "shop",
        Triggers =
        [
            new FunnelTrigger
            {
                Id = "call", Name = "Call", When = new When { Event = TriggerEvents.Webhook }, Reentry = Reentry.EveryTime, If = new("NCalc", "[event.data.number] > 0"),
                Then = JObject.Parse($$"""
                    { "root": { "id": "flow", "type": "Elsa.Flowchart", "version": 1, "connections": [], "activities": [
                      { "id": "call", "type": "Elsa.FlowSendHttpRequest", "version": 1,
                        "url": { "expression": { "type": "Liquid", "value": "{{outside}}/{{ "{{ event.data.entity_id }}/{{ event.data.number }}" }}" } },
                        "method": { "expression": { "type": "Literal", "value": "POST" } } } ] } }
                    """),
            },
        ],
    };

    /// <summary>The outside system: knows keys, and counts what is lost, doubled, out of order.</summary>
    private sealed class Ledger
    {
        private readonly Lock gate = new();
        private readonly Dictionary<string, string> keys = new(StringComparer.Ordinal);
        private readonly Dictionary<string, int> last = new(StringComparer.Ordinal);
        private volatile TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<string> Doubled { get; } = [];

        public List<string> OutOfOrder { get; } = [];

        public async Task<WebApplication> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Logging.ClearProviders();
            var app = builder.Build();
            app.MapPost("/{deal}/{number:int}", (string deal, int number, HttpRequest request) => Take(deal, number, request.Headers["Idempotency-Key"].ToString()));
            await app.StartAsync();
            return app;
        }

        public async Task<string[]> MissingAsync(HashSet<string> expected, TimeSpan limit)
        {
            using var timeout = new CancellationTokenSource(limit);
            while (true)
            {
                var next = changed.Task;
                string[] missing;
                lock (gate) missing = [.. expected.Except(keys.Keys)];
                if (missing.Length == 0) return [];
                try
                {
                    await next.WaitAsync(timeout.Token);
                }
                catch (OperationCanceledException)
                {
                    return missing;
                }
            }
        }

        private IResult Take(string deal, int number, string key)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{deal}:{number}");
            lock (gate)
            {
                if (keys.TryGetValue(name, out var known))
                {
                    if (known != key) Doubled.Add(name);
                }
                else
                {
                    if (last.TryGetValue(deal, out var before) && before > number) OutOfOrder.Add(name);
                    last[deal] = number;
                    keys[name] = key;
                }
            }

            Interlocked.Exchange(ref changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
            return Results.Ok();
        }
    }
}
