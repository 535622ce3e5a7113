using System.Security.Cryptography;
using System.Text;
using Automation.Engine.Accounts;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Secrets;
using Automation.Server.CommandLine;
using Automation.Server.Serve;
using Automation.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Crash;

/// <summary>One account with a shop that sends signed hooks, and a funnel that calls outside for each.</summary>
internal static class CrashShop
{
    // Few deals take all of it, for an hour: the loop guard, the rate and the day's budget would rightly stop that.
    private const string Quotas = """{"quotas":{"RunsPerTrigger":100000,"EventsPerSecond":100000,"EffectsPerDay":100000000}}""";
    private const string Secret = "crash-secret-crash-secret-crash";

    public static async Task<bool> SendAsync(HttpClient client, string token, string deal, int number, CancellationToken stop)
    {
        using var request = SignedHook.Post($"/hooks/generic/{token}", Secret, $$"""{"entity_type":"deal","entity_id":"{{deal}}","number":{{number}}}""", $"id-{number}");
        using var answer = await client.SendAsync(request, stop);
        if ((int)answer.StatusCode is not (202 or 503)) Assert.Fail($"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(stop)}");
        // The sender is told when to try again (R1).
        if ((int)answer.StatusCode == 503) Assert.NotNull(answer.Headers.RetryAfter);
        return (int)answer.StatusCode == 202;
    }

    /// <summary>Account, connection and funnel, by the product's own services, before the first start.</summary>
    public static async Task<string> SeedAsync(TempDirectory folder, string? database, string outside, CancellationToken stop, FunnelDocument? document = null)
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
        var funnel = await funnels.SaveDraftAsync(new(account.Id), document ?? Document(outside), null, stop);
        await funnels.PublishAsync(new(account.Id), funnel.Id, null, null, stop);
        return token;
    }

    /// <param name="prefix">Stands before the deal in what the ledger is told.</param>
    public static FunnelDocument Document(string outside, string prefix = "") => new()
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
                        "url": { "expression": { "type": "Liquid", "value": "{{outside}}/{{prefix}}{{ "{{ event.data.entity_id }}/{{ event.data.number }}" }}" } },
                        "method": { "expression": { "type": "Literal", "value": "POST" } } } ] } }
                    """),
            },
        ],
    };

    /// <summary>What the store knows of lost events.</summary>
    public static async Task<string> TellAsync(string folder, string? database, string[] lost, CancellationToken stop)
    {
        await using var app = ServerHost.Build(new ServeOptions { Data = folder, Postgres = database, Url = "http://127.0.0.1:0", HookUrl = "http://127.0.0.1:0" });
        await using var context = await app.Services.GetRequiredService<IDbContextFactory<AutomationDbContext>>().CreateDbContextAsync(stop);
        var numbers = lost.Select(name => $"\"number\":{name.Split(':')[^1]}").ToList();
        var events = (await context.Events.AsNoTracking().ToListAsync(stop)).Where(row => numbers.Exists(number => row.Payload.Contains(number, StringComparison.Ordinal))).ToList();
        var runs = (await context.Runs.AsNoTracking().ToListAsync(stop)).Where(run => events.Exists(row => row.Id == run.EventId)).ToList();
        var effects = (await context.Effects.AsNoTracking().ToListAsync(stop)).Where(effect => runs.Exists(run => run.Id == effect.RunId)).ToList();
        return string.Join('\n', [
            .. events.Select(row => $"event {row.EntityId}/{row.Number} {row.Status} tries {row.Tries} {row.ErrorCode}"),
            .. runs.Select(run => $"run {run.EntityId} status {run.Status} {run.State}"),
            .. effects.Select(effect => $"effect state {effect.State} tries {effect.Tries} next {effect.NextTryAt:O} {effect.ErrorCode} {effect.ErrorMessage}")]);
    }
}
