using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Automation.Engine.Accounts;
using Automation.Engine.Events;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Secrets;
using Automation.Engine.Persistence.Steps;
using Automation.Server.CommandLine;
using Automation.Server.Serve;
using Automation.Simulators;
using Automation.Simulators.Smsc;
using Automation.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Life;

/// <summary>
/// A shop whose every order calls three receivers that count: one that knows our key, an SMS gateway that can be asked, and one that is
/// neither. A second trigger waits before it calls, and a third one calls them one after the other.
/// </summary>
internal sealed class DoubleShop : IAsyncDisposable
{
    private const string Secret = "life-secret-life-secret-life-secret";
    private readonly SimulatorHost outside;
    private readonly string token;
    private volatile TaskCompletionSource gate = Opened();

    private DoubleShop(SimulatorHost outside, SmscSimulator sms, string token) => (this.outside, Sms, this.token) = (outside, sms, token);

    public SmscSimulator Sms { get; }

    /// <summary>Where a call went and of which order → the keys it came with, one for each time the receiver did something.</summary>
    public ConcurrentDictionary<string, ConcurrentQueue<string>> Done { get; } = new(StringComparer.Ordinal);

    public string Host => outside.Address.Authority;

    /// <summary>From now on the receivers do what they are told and answer later.</summary>
    public void Close() => gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Open() => gate.TrySetResult();

    public static async Task<DoubleShop> StartAsync(string folder, string? database, CancellationToken stop)
    {
        var sms = new SmscSimulator(new SmscOptions { Prefix = "/smsc", RepeatWindow = TimeSpan.Zero, Balance = 100_000 });
        DoubleShop? shop = null;
        var outside = await SimulatorHost.StartAsync([sms], app => app.MapPost("/{receiver}/{number}", (string receiver, string number, HttpRequest request) => shop!.TakeAsync(receiver, number, request)), stop);
        shop = new(outside, sms, await SeedAsync(folder, database, outside.Address, stop));
        return shop;
    }

    /// <summary>Sends an order until it is acknowledged, as a shop does.</summary>
    public async Task OrderAsync(HttpClient client, int number, CancellationToken stop)
    {
        while (!await TryOrderAsync(client, number, stop)) stop.ThrowIfCancellationRequested();
    }

    private async Task<bool> TryOrderAsync(HttpClient client, int number, CancellationToken stop)
    {
        using var request = SignedHook.Post($"/hooks/generic/{token}", Secret, $$"""{"entity_type":"deal","entity_id":"{{number % 5}}","number":{{number}}}""", $"order-{number}");
        using var answer = await client.SendAsync(request, stop);
        return answer.IsSuccessStatusCode;
    }

    /// <summary>Orders that are accepted and that nobody has begun: into the store, while no server runs.</summary>
    public static async Task StoreAsync(int orders, string folder, string? database, CancellationToken stop)
    {
        await using var app = Build(folder, database);
        await using var context = await app.Services.GetRequiredService<IDbContextFactory<AutomationDbContext>>().CreateDbContextAsync(stop);
        var shop = await context.Connections.SingleAsync(row => row.Name == "shop", stop);
        var ids = app.Services.GetRequiredService<IIdSource>();
        var now = TimeProvider.System.GetUtcNow();
        await app.Services.GetRequiredService<IEngineStore>().AcceptAsync(
            [new AcceptItem(new(shop.AccountId), new(shop.Id), now, null, [.. Enumerable.Range(1, orders).Select(number => new NewEvent(ids.NewId(), new CrmEvent
            {
                Kind = EventKinds.Webhook, EntityType = EntityTypes.Deal, EntityId = $"{number % 5}", DedupKey = $"order-{number}", SourceTime = now, Data = new JObject { ["number"] = number },
            }))])], stop);
    }

    /// <summary>Publishes the funnel once more, with another receiver behind the wait.</summary>
    public async Task PublishAsync(string later, string folder, string? database, CancellationToken stop)
    {
        await using var app = Build(folder, database);
        await using var context = await app.Services.GetRequiredService<IDbContextFactory<AutomationDbContext>>().CreateDbContextAsync(stop);
        await PublishAsync(app.Services, new((await context.Accounts.SingleAsync(row => row.Slug == "life", stop)).Id), Document(outside.Address, later), stop);
    }

    public ValueTask DisposeAsync() => outside.DisposeAsync();

    private static TaskCompletionSource Opened()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }

    /// <summary>A receiver that knows keys does the same thing once; the others do it each time.</summary>
    private async Task<IResult> TakeAsync(string receiver, string number, HttpRequest request)
    {
        var key = request.Headers["Idempotency-Key"].ToString();
        var done = Done.GetOrAdd($"{receiver}/{number}", _ => new());
        if (!receiver.StartsWith("keyed", StringComparison.Ordinal) || !done.Contains(key)) done.Enqueue(key);
        await gate.Task;
        return Results.Ok();
    }

    private static WebApplication Build(string folder, string? database) => ServerHost.Build(new ServeOptions { Data = folder, Postgres = database, Url = "http://127.0.0.1:0", HookUrl = "http://127.0.0.1:0" });

    private static async Task<string> SeedAsync(string folder, string? database, Uri outside, CancellationToken stop)
    {
        await using var app = Build(folder, database);
        await app.Services.GetRequiredService<IStoreSetup>().MigrateAsync(stop);
        var ids = app.Services.GetRequiredService<IIdSource>();
        var now = TimeProvider.System.GetUtcNow();
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        var account = new AccountRow { Id = ids.NewId(), Slug = "life", Name = "Life", TimeZone = "Europe/Moscow", Language = "ru", CreatedAt = now, Settings = """{"quotas":{"RunsPerTrigger":100000}}""" };
        var shop = new ConnectionRow { Id = ids.NewId(), AccountId = account.Id, Kind = "generic", Name = "shop", HookTokenHash = SHA256.HashData(Encoding.UTF8.GetBytes(token)), CreatedAt = now };
        var sms = new ConnectionRow { Id = ids.NewId(), AccountId = account.Id, Kind = "smsc", Name = "sms", BaseUrl = new Uri(outside, "smsc").ToString(), AllowedHosts = JsonConvert.SerializeObject(new[] { outside.Authority }), CreatedAt = now };
        await using (var context = await app.Services.GetRequiredService<IDbContextFactory<AutomationDbContext>>().CreateDbContextAsync(stop))
        {
            context.AddRange(account, shop, sms);
            await context.SaveChangesAsync(stop);
        }

        var secrets = app.Services.GetRequiredService<SecretStore>();
        await secrets.WriteAsync(new(account.Id), new(shop.Id), "webhook", Secret, stop);
        await secrets.WriteAsync(new(account.Id), new(sms.Id), "apikey", new SmscOptions().ApiKey, stop);
        await PublishAsync(app.Services, new(account.Id), Document(outside, "keyed-later"), stop);
        return token;
    }

    private static async Task PublishAsync(IServiceProvider services, AccountId account, FunnelDocument document, CancellationToken stop)
    {
        var funnels = services.GetRequiredService<FunnelService>();
        var funnel = await funnels.SaveDraftAsync(account, document, null, stop);
        await funnels.PublishAsync(account, funnel.Id, null, null, stop);
    }

    private static FunnelDocument Document(Uri outside, string later) => new()
    {
        Slug = "life",
        Name = "Life",
        Connection = "shop",
        Triggers =
        [
            Trigger("each", Call("Elsa.FlowSendHttpRequest", outside, "keyed")),
            Trigger("asked", Message("asked")),
            Trigger("held", Call("Crm.SendWebhook", outside, "held")),
            Trigger("later", Delay(), Call("Elsa.FlowSendHttpRequest", outside, later), Message("later"), Call("Crm.SendWebhook", outside, "held-later")),
        ],
    };

    private static FunnelTrigger Trigger(string id, params JObject[] activities) => new()
    {
        Id = id,
        Name = id,
        When = new When { Event = TriggerEvents.Webhook },
        Reentry = Reentry.EveryTime,
        Then = new JObject { ["root"] = new JObject { ["id"] = "all", ["type"] = "Elsa.Sequence", ["version"] = 1, ["activities"] = new JArray(activities) } },
    };

    private static JObject Message(string name) => Activity($"sms-{name}", "Crm.SendSms", ("text", "Liquid", $"{name} {{{{ event.data.number }}}}"), ("phone", "Literal", "+79161234567"));

    private static JObject Delay() => Activity("wait", "Elsa.Delay", ("timeSpan", "Literal", "00:00:02"));

    private static JObject Call(string type, Uri outside, string receiver) => Activity(
        $"call-{receiver}", type, ("url", "Liquid", $"{outside}{receiver}/{{{{ event.data.number }}}}"), type == "Crm.SendWebhook" ? ("body", "Literal", "{}") : ("method", "Literal", "POST"));

    private static JObject Activity(string id, string type, params (string Name, string Syntax, string Value)[] inputs)
    {
        var activity = new JObject { ["id"] = id, ["type"] = type, ["version"] = 1 };
        foreach (var (name, syntax, value) in inputs) activity[name] = new JObject { ["expression"] = new JObject { ["type"] = syntax, ["value"] = value } };
        return activity;
    }
}
