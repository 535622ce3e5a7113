using System.Net;
using System.Text;
using Automation.Engine.Accounts;
using Automation.Engine.Effects;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Api;

/// <summary>A connection goes when nothing needs it, whole; what has happened can still be read.</summary>
public sealed class ConnectionRemovalTests
{
    private static CancellationToken Cancel => TestServer.Cancel;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Remove_WhenNothingNeedsIt_TakesAllAlongAndLeavesWhatHappened(bool postgres)
    {
        await using var server = await OpenAsync(postgres);
        using var api = Api(server);
        var (crm, token) = await server.AddConnectionAsync("amocrm", "crm", crm: Crm.Directory, remoteAccount: "31700500", webhookSecret: "s");
        await OkAsync(await api.PostAsync("/api/funnels/import?publish=true", Json(Crm.Funnel("crm")), Cancel));
        await HookAsync(Wire.Lead(42));
        await HookAsync(Wire.Lead(42, status: "68120454", updated: 1785312060).Replace("[add]", "[update]", StringComparison.Ordinal));

        // The published funnel stands on it.
        var used = await (await api.DeleteAsync("/api/connections/crm", Cancel)).AssertProblemAsync(409, "connection_in_use");
        Assert.Equal("Подключение «crm» нужно воронкам: «Продажи». Удалите их или переведите на другое подключение.", (string?)used["title"]);
        Assert.Equal(("funnels/sales", "Продажи"), ((string?)used["errors"]![0]!["path"], (string?)used["errors"]![0]!["message"]));
        Assert.Contains("needed by funnels: «Продажи»", (string?)(await (await api.DeleteAsync($"/api/connections/{crm.Value}?lang=en", Cancel)).AssertProblemAsync(409, "connection_in_use"))["title"], StringComparison.Ordinal);

        // Without the funnel, but with work that has not ended.
        var run = (string)(await GetAsync("/api/runs?status=suspended"))["items"]!.Single()["id"]!;
        await OkAsync(await api.PostAsync($"/api/runs/{run}/cancel", Json("{}"), Cancel));
        await server.RunEndedAsync(Guid.Parse(run));
        await OkAsync(await api.PostAsync("/api/funnels/sales/unpublish", Json("{}"), Cancel));
        await OkAsync(await api.DeleteAsync("/api/funnels/sales", Cancel));
        var held = Effect(server, crm, Guid.Parse(run));
        await AddAsync(server, held);
        var busy = await (await api.DeleteAsync("/api/connections/crm", Cancel)).AssertProblemAsync(409, "connection_busy");
        Assert.Equal("По подключению «crm» ещё не закончено: запусков — 0, действий — 1. Дождитесь конца или отмените их.", (string?)busy["title"]);
        await using (var db = await server.DbAsync()) await db.Effects.ExecuteUpdateAsync(set => set.SetProperty(row => row.State, (int)EffectState.Failed), Cancel);
        await AddAsync(server, Known(server, crm), new ManagerRow { AccountId = server.Account.Value, ConnectionId = crm.Value, UserId = "9050111", Name = "Анна" }, Timer(server, crm), Link(server, crm));

        // The CRM cannot be asked: that is said, and keeps nothing.
        var removed = await OkAsync(await api.DeleteAsync("/api/connections/crm", Cancel));
        Assert.Equal(("crm", "left"), ((string?)removed["name"], (string?)removed["hooks"]));
        await using (var db = await server.DbAsync())
        {
            Assert.Empty(await db.Connections.ToListAsync(Cancel));
            Assert.Equal((0, 0, 0, 0), (await db.Secrets.CountAsync(Cancel), await db.Managers.CountAsync(Cancel), await db.Timers.CountAsync(Cancel), await db.Links.CountAsync(Cancel)));
            var deal = await db.Mailboxes.SingleAsync(row => row.EntityType == EntityTypes.Deal, Cancel);
            Assert.Equal(("42", false), (deal.EntityId, deal.Open));
        }

        await (await server.Client.PostAsync($"/hooks/amocrm/{token}", Wire.Form(Wire.Lead(43)), Cancel)).AssertProblemAsync(404, "not_found");
        await (await api.DeleteAsync("/api/connections/crm", Cancel)).AssertProblemAsync(404, "not_found");
        await (await api.PostAsync("/api/funnels/import", Json(Crm.Funnel("crm")), Cancel)).AssertProblemAsync(400, "connection_unknown");
        Assert.Equal("Deal 42", (string?)(await GetAsync("/api/deals"))["items"]!.Single()["name"]);
        var seen = await GetAsync($"/api/runs/{run}");
        Assert.Equal(("cancelled", null), ((string?)seen["run"]!["status"], (string?)seen["connection"]));
        string[] pages =
        [
            "/api/connections", "/api/journal", "/api/why?deal=42", "/api/deals?search=42", $"/api/runs/{run}/journal", $"/api/runs/{run}/steps", "/api/dead-letters", "/api/waiting", "/api/funnels", "/api/triggers",
            $"/api/deals/{crm.Value}/42", $"/api/journal?deal=42&connection={crm.Value}", $"/api/why?deal=42&connection={crm.Value}",
        ];
        foreach (var path in pages) await GetAsync(path);
        // As foreign ones: an id that never was is not there.
        await (await api.GetAsync($"/api/journal?deal=42&connection={Guid.Empty}", Cancel)).AssertProblemAsync(404, "not_found");
        Assert.NotEmpty((await GetAsync("/api/journal?deal=42"))["items"]!);
        Assert.NotEmpty((await GetAsync($"/api/runs/{run}/journal"))["items"]!);

        async Task HookAsync(string body) => await server.EventDoneAsync((Guid)(await (await server.Client.PostAsync($"/hooks/amocrm/{token}", Wire.Form(body), Cancel)).JsonAsync())["eventId"]!);
        async Task<JObject> GetAsync(string path) => await OkAsync(await api.GetAsync(path, Cancel));
    }

    /// <summary>Another funnel's steps and sources need it: by name, or as the only one of its kind.</summary>
    [Theory]
    [InlineData("generic", "site", """{"event":"webhook","source":"site"}""", """{"id":"e","type":"Elsa.Finish","version":1}""", true)]
    [InlineData("generic", "site", """{"event":"manual"}""", """{"id":"e","type":"Crm.SendWebhook","version":1,"url":{"typeName":"String","expression":{"type":"Literal","value":"https://example.com"}},"signedBy":{"typeName":"String","expression":{"type":"Literal","value":"site"}}}""", true)]
    [InlineData("klientiks", "salon", """{"event":"manual"}""", """{"id":"e","type":"Crm.SyncBooking","version":1}""", true)]
    [InlineData("klientiks", "salon", """{"event":"manual"}""", """{"id":"e","type":"Elsa.Finish","version":1}""", false)]
    public async Task Remove_WhatAFunnelOnAnotherConnectionNeeds_IsRefused(string kind, string name, string when, string step, bool needed)
    {
        await using var server = await OpenAsync(postgres: false);
        using var api = Api(server);
        await server.AddConnectionAsync("amocrm", "crm", crm: Crm.Directory);
        await server.AddConnectionAsync(kind, name, webhookSecret: "s");
        var funnel = $$"""
            {"format":"automation.funnel/1","slug":"other","name":"Другая","connection":"crm","stages":[{"ref":"8240017/68120450","name":"Новая"}],
             "triggers":[{"id":"t","name":"Т","when":{{when}},"then":{"name":"t","variables":[],"root":{"id":"flow","type":"Elsa.Sequence","version":1,"activities":[{{step}}]} } }]}
            """;
        await server.Services.GetRequiredService<FunnelService>().SaveDraftAsync(server.Account, FunnelJson.Read(funnel), null, Cancel);
        await PinAsync(server);

        using var answer = await api.DeleteAsync($"/api/connections/{name}", Cancel);
        if (needed) Assert.Contains("«Другая»", (string?)(await answer.AssertProblemAsync(409, "connection_in_use"))["title"], StringComparison.Ordinal);
        else Assert.Equal("none", (string?)(await OkAsync(answer))["hooks"]);
    }

    /// <summary>A funnel that is put on it meanwhile comes before or after, never beside.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Remove_WhileAFunnelComes_OneOfTheTwoIsRefused(bool postgres)
    {
        await using var server = await OpenAsync(postgres);
        var (funnels, removal) = (server.Services.GetRequiredService<FunnelService>(), server.Services.GetRequiredService<ConnectionRemoval>());
        for (var i = 0; i < 8; i++)
        {
            var (crm, _) = await server.AddConnectionAsync("generic", $"crm{i}", crm: Crm.Directory);
            var document = FunnelJson.Read(Crm.Funnel($"crm{i}", $"sales{i}"));
            var saved = Task.Run(async () =>
            {
                try
                {
                    return await funnels.SaveDraftAsync(server.Account, document, null, Cancel);
                }
                catch (FunnelInvalidException e) when (e.Problems.Single().Code == "connection_unknown")
                {
                    return null;
                }
            }, Cancel);
            var removed = await removal.RemoveAsync(server.Account, crm, "test", Cancel);

            Assert.Equal(await saved is not null, removed is Removal.InUse);
            await using var db = await server.DbAsync();
            Assert.Equal(await saved is not null, await db.Connections.AnyAsync(row => row.Id == crm.Value, Cancel));
        }
    }

    private static async Task<TestServer> OpenAsync(bool postgres)
    {
        if (postgres && PostgresServer.Shared is null) Assert.Skip(PostgresServer.WhyNot);
        var server = new TestServer { Postgres = postgres ? await PostgresServer.Shared!.CreateDatabaseAsync(Cancel) : null };
        await server.InitializeAsync();
        return server;
    }

    private static HttpClient Api(TestServer server)
    {
        var api = server.NewClient();
        api.DefaultRequestHeaders.Authorization = new("Bearer", server.ApiKey);
        return api;
    }

    /// <summary>What publishing leaves, without its checks.</summary>
    private static async Task PinAsync(TestServer server)
    {
        await using var db = await server.DbAsync();
        var funnel = await db.Funnels.SingleAsync(Cancel);
        var document = FunnelJson.Read(funnel.Draft);
        var trigger = document.Triggers.Single();
        db.Definitions.Add(new() { VersionId = "v", DefinitionId = "other.t", AccountId = funnel.AccountId, Version = 1, Document = trigger.Then!.ToString(), IsLatest = true, IsPublished = true, FunnelId = funnel.Id });
        db.FunnelVersions.Add(new() { FunnelId = funnel.Id, AccountId = funnel.AccountId, Version = 1, Document = FunnelJson.Write(document with { Triggers = [trigger with { Then = null, DefinitionVersionId = "v" }] }, indented: false) });
        funnel.PublishedVersion = 1;
        await db.SaveChangesAsync(Cancel);
    }

    private static async Task AddAsync(TestServer server, params object[] rows)
    {
        await using var db = await server.DbAsync();
        db.AddRange(rows);
        await db.SaveChangesAsync(Cancel);
    }

    /// <summary>Of another connection's deal, through this one; nobody knows whether it was sent.</summary>
    private static EffectRow Effect(TestServer server, ConnectionId target, Guid run) => new() { Key = "k", AccountId = server.Account.Value, ConnectionId = Guid.CreateVersion7(), EntityType = EntityTypes.Deal, EntityId = "7", RunId = run, TargetConnectionId = target.Value, Kind = "crm", Request = "{}", Summary = "s", ContextId = "c", Callback = "c", State = (int)EffectState.Unknown };

    private static MailboxRow Known(TestServer server, ConnectionId crm) => new() { AccountId = server.Account.Value, ConnectionId = crm.Value, EntityType = EntityTypes.Deal, EntityId = "99" };

    private static TimerRow Timer(TestServer server, ConnectionId crm) => new() { Id = Guid.CreateVersion7(), AccountId = server.Account.Value, ConnectionId = crm.Value, EntityType = EntityTypes.Schedule, EntityId = "t", Kind = "schedule", TriggerId = "t", DueAt = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero) };

    private static LinkRow Link(TestServer server, ConnectionId crm) => new() { AccountId = server.Account.Value, Relation = "booking", FromConnectionId = Guid.CreateVersion7(), FromEntityType = EntityTypes.Deal, FromEntityId = "7", ToConnectionId = crm.Value, ToEntityType = EntityTypes.Deal, ToEntityId = "42" };

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private static async Task<JObject> OkAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {text}");
        return text.Length == 0 ? [] : JObject.Parse(text);
    }
}
