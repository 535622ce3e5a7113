using System.Net;
using System.Text;
using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Api;

public sealed class RestTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Cancel => TestServer.Cancel;

    [Fact]
    public async Task Import_Published_FiresAndSaysWhy()
    {
        var (api, hook) = await AccountAsync("why");
        var imported = await OkAsync(await api.PostAsync("/api/funnels/import?publish=true", Json(Crm.Funnel("crm")), Cancel));
        Assert.Equal(1, (int)imported["version"]!);
        var live = await api.SendAsync(new(HttpMethod.Get, "/api/journal/live"), HttpCompletionOption.ResponseHeadersRead, Cancel);
        using var stream = new StreamReader(await live.Content.ReadAsStreamAsync(Cancel));
        Assert.Equal(": open", await stream.ReadLineAsync(Cancel));

        var accepted = await OkAsync(await server.Client.PostAsync(hook, Wire.Form(Wire.Lead(42)), Cancel));
        await server.EventDoneAsync((Guid)accepted["eventId"]!);
        string? line;
        while ((line = await stream.ReadLineAsync(Cancel)) is not null && !line.StartsWith("data: ", StringComparison.Ordinal)) { }
        Assert.Contains("\"deal\":\"42\"", line, StringComparison.Ordinal);

        var why = await OkAsync(await api.GetAsync("/api/why?deal=42", Cancel));
        var triggers = why["verdicts"]!.ToDictionary(one => (string)one["triggerId"]!);
        Assert.Equal("fired", (string?)triggers["big"]["outcome"]);
        Assert.Equal("finished", (string?)triggers["big"]["runStatus"]);
        Assert.Equal("condition_false", (string?)triggers["small"]["reason"]);
        Assert.Equal("условие не выполнено", (string?)triggers["small"]["text"]);
        Assert.Contains(triggers["small"]["seen"]!, seen => (string?)seen["path"] == "deal.price" && (string?)seen["value"] == "45000");
        Assert.Equal("Новая", (string?)why["event"]!["to"]);
        Assert.Equal("its condition is not met", (string?)(await OkAsync(await api.GetAsync("/api/why?deal=42&lang=en&funnel=sales", Cancel)))["verdicts"]![1]!["text"]);
        await (await api.GetAsync("/api/why?deal=999", Cancel)).AssertProblemAsync(404, "not_found");

        var run = (await OkAsync(await api.GetAsync("/api/runs?deal=42&status=finished&trigger=big", Cancel)))["items"]!.Single();
        var id = (string)run["id"]!;
        Assert.True((bool)(await OkAsync(await api.PostAsync($"/api/runs/{id}/replay", null, Cancel)))["equal"]!);
        Assert.NotEmpty((await OkAsync(await api.GetAsync($"/api/runs/{id}/journal", Cancel)))["items"]!);
        Assert.Equal("finished", (string?)(await OkAsync(await api.GetAsync($"/api/runs/{id}", Cancel)))["run"]!["status"]);
        await (await api.PostAsync($"/api/runs/{id}/cancel", null, Cancel)).AssertProblemAsync(409, "run_ended");
    }

    [Fact]
    public async Task Decide_UnknownEffect_IsTakenByTheBeginningOfItsKey()
    {
        var (api, _) = await AccountAsync("decide");
        var (held, done) = ("aaaa1111" + new string('0', 56), "bbbb2222" + new string('0', 56));
        await using (var db = await server.DbAsync())
        {
            var account = await db.Accounts.SingleAsync(row => row.Slug == "decide", Cancel);
            foreach (var (key, state) in new[] { (held, 4), (done, 2) })
                db.Effects.Add(new EffectRow { Key = key, AccountId = account.Id, EntityType = "deal", EntityId = "decide", Kind = "sms", Request = "{}", Summary = "SMS", ContextId = "", Callback = "", State = state, PlannedAt = DateTimeOffset.UnixEpoch });
            await db.SaveChangesAsync(Cancel);
        }

        await (await DecideAsync("aaaa", "done")).AssertProblemAsync(404, "not_found");
        await (await DecideAsync("cccc3333", "done")).AssertProblemAsync(404, "not_found");
        await (await DecideAsync("aaaa1111", "perhaps")).AssertProblemAsync(400, "query_invalid");
        await (await DecideAsync("bbbb2222", "done")).AssertProblemAsync(409, "effect_decided");
        Assert.Equal(HttpStatusCode.Accepted, (await DecideAsync("aaaa1111", "done")).StatusCode);

        Task<HttpResponseMessage> DecideAsync(string key, string decision) =>
            api.PostAsync($"/api/effects/{key}/decide", Json($$"""{"as":"{{decision}}"}"""), Cancel);
    }

    [Fact]
    public async Task Why_AnUpdateThatChangedNothing_ShowsTheEventBefore()
    {
        var (api, hook) = await AccountAsync("quiet");
        await OkAsync(await api.PostAsync("/api/funnels/import?publish=true", Json(Crm.Funnel("crm")), Cancel));
        var first = (Guid)(await OkAsync(await server.Client.PostAsync(hook, Wire.Form(Wire.Lead(43)), Cancel)))["eventId"]!;
        var quiet = (Guid)(await OkAsync(await server.Client.PostAsync(hook, Wire.Form(Wire.Lead(43, updated: 1785312060).Replace("[add]", "[update]", StringComparison.Ordinal)), Cancel)))["eventId"]!;
        await server.EventDoneAsync(first);
        await server.EventDoneAsync(quiet);
        Assert.Equal(first, (Guid)(await OkAsync(await api.GetAsync("/api/why?deal=43", Cancel)))["event"]!["id"]!);
        Assert.Equal(quiet, (Guid)(await OkAsync(await api.GetAsync($"/api/why?deal=43&event={quiet}", Cancel)))["event"]!["id"]!);
    }

    [Fact]
    public async Task Journal_Pages_AreDisjointAndNewestFirst()
    {
        var (api, hook) = await AccountAsync("paging");
        await OkAsync(await api.PostAsync("/api/funnels/import?publish=true", Json(Crm.Funnel("crm")), Cancel));
        for (var i = 0; i < 3; i++) await server.EventDoneAsync((Guid)(await OkAsync(await server.Client.PostAsync(hook, Wire.Form(Wire.Lead(50 + i)), Cancel)))["eventId"]!);
        var seen = new List<string>();
        string? next = null;
        do
        {
            var page = await OkAsync(await api.GetAsync($"/api/journal?limit=2&cursor={next}", Cancel));
            seen.AddRange(page["items"]!.Select(item => (string)item["id"]!));
            next = (string?)page["next"];
        }
        while (next is not null);
        Assert.Equal(6, seen.Count);
        Assert.Equal(seen.OrderDescending(StringComparer.Ordinal), seen);
        await (await api.GetAsync("/api/journal?cursor=x", Cancel)).AssertProblemAsync(400, "query_invalid");
    }

    [Fact]
    public async Task Runs_Waiting_CanBeCancelled()
    {
        var (api, hook) = await AccountAsync("cancel");
        await OkAsync(await api.PostAsync("/api/funnels/import?publish=true", Json(Crm.Funnel("crm")), Cancel));
        await server.Client.PostAsync(hook, Wire.Form(Wire.Lead(60)), Cancel);
        var moved = (await OkAsync(await server.Client.PostAsync(hook, Wire.Form(Wire.Lead(60, status: "68120454", updated: 1785312060).Replace("[add]", "[update]", StringComparison.Ordinal)), Cancel)))["eventId"]!;
        await server.EventDoneAsync((Guid)moved);
        var run = (await OkAsync(await api.GetAsync("/api/runs?status=suspended", Cancel)))["items"]!.Single();
        Assert.Single((await OkAsync(await api.GetAsync("/api/timers?deal=60", Cancel)))["items"]!);
        Assert.NotEmpty((await OkAsync(await api.GetAsync($"/api/runs/{run["id"]}", Cancel)))["waits"]!);
        var ended = server.RunEndedAsync((Guid)run["id"]!);
        Assert.Equal(HttpStatusCode.Accepted, (await api.PostAsync($"/api/runs/{run["id"]}/cancel", null, Cancel)).StatusCode);
        await ended;
        Assert.Equal("cancelled", (string?)(await OkAsync(await api.GetAsync($"/api/runs/{run["id"]}", Cancel)))["run"]!["status"]);
    }

    [Fact]
    public async Task Draft_OldRevisionOrProblems_IsToldApart()
    {
        var (api, _) = await AccountAsync("draft");
        await OkAsync(await api.PostAsync("/api/funnels/import", Json(Crm.Funnel("crm")), Cancel));
        var put = new HttpRequestMessage(HttpMethod.Put, "/api/funnels/sales/draft") { Content = Json(Crm.Funnel("crm")), Headers = { { "If-Match", "\"1\"" } } };
        Assert.Equal(2, (int)(await OkAsync(await api.SendAsync(put, Cancel)))["revision"]!);
        var stale = new HttpRequestMessage(HttpMethod.Put, "/api/funnels/sales/draft") { Content = Json(Crm.Funnel("crm")), Headers = { { "If-Match", "\"1\"" } } };
        await (await api.SendAsync(stale, Cancel)).AssertProblemAsync(412, "draft_changed");
        var wrong = await (await api.PostAsync("/api/funnels/import?publish=true", Json(Crm.Funnel("crm", "other").Replace("[deal.price] < 1000", "[deal.price] <", StringComparison.Ordinal)), Cancel)).AssertProblemAsync(400, "expression_invalid");
        Assert.Equal("triggers[1].if.text", (string?)wrong["errors"]![0]!["path"]);
        await (await api.GetAsync("/api/funnels/other", Cancel)).AssertProblemAsync(404, "not_found");
        await (await api.PostAsync("/api/funnels/import", Json("{"), Cancel)).AssertProblemAsync(400, "definition_invalid");
        await (await api.PostAsync("/api/funnels/import", new StringContent("<a/>", Encoding.UTF8, "text/xml"), Cancel)).AssertProblemAsync(415, "media_type_unsupported");
    }

    [Fact]
    public async Task Funnel_VersionsExportRestore_GoRound()
    {
        var (api, _) = await AccountAsync("versions");
        await OkAsync(await api.PostAsync("/api/funnels/import?publish=true", Json(Crm.Funnel("crm")), Cancel));
        await OkAsync(await api.PostAsync("/api/funnels/sales/publish?note=again", null, Cancel));
        Assert.Equal([2, 1], (await OkAsync(await api.GetAsync("/api/funnels/sales/versions", Cancel)))["items"]!.Select(one => (int)one["version"]!));
        var exported = await OkAsync(await api.GetAsync("/api/funnels/sales/export?version=1", Cancel));
        Assert.NotNull(exported["triggers"]![0]!["then"]!["root"]);
        Assert.Equal(2, (int)(await OkAsync(await api.PostAsync("/api/funnels/sales/restore/1", null, Cancel)))["revision"]!);
        await (await api.PostAsync("/api/funnels/sales/restore/9", null, Cancel)).AssertProblemAsync(404, "not_found");
        var funnel = await OkAsync(await api.GetAsync("/api/funnels/sales?lang=ru", Cancel));
        Assert.Equal("сделка создана на этапе", (string?)funnel["triggers"]![0]!["when"]);
        Assert.Equal(["завершить процесс"], funnel["triggers"]![0]!["then"]!.Select(step => (string)step!));
        Assert.Equal(4, (await OkAsync(await api.GetAsync("/api/triggers", Cancel)))["items"]!.Count());
    }

    [Fact]
    public async Task Start_ByHandTwiceWithOneKey_StartsOnce()
    {
        var (api, _) = await AccountAsync("hand");
        await OkAsync(await api.PostAsync("/api/funnels/import?publish=true", Json(Crm.Funnel("crm")), Cancel));
        var answers = new List<HttpResponseMessage>();
        for (var i = 0; i < 2; i++)
            answers.Add(await api.SendAsync(new(HttpMethod.Post, "/api/funnels/sales/triggers/hand/start") { Content = Json("""{"entityId":"70","input":{"x":1}}"""), Headers = { { "Idempotency-Key", "k1" } } }, Cancel));
        Assert.Equal([HttpStatusCode.Accepted, HttpStatusCode.OK], answers.Select(answer => answer.StatusCode));
        await server.EventDoneAsync((Guid)(await answers[0].JsonAsync())["eventId"]!);
        Assert.Single((await OkAsync(await api.GetAsync("/api/runs?trigger=hand", Cancel)))["items"]!);
        await (await api.PostAsync("/api/funnels/sales/triggers/big/start", Json("""{"entityId":"70"}"""), Cancel)).AssertProblemAsync(400, "trigger_not_manual");
    }

    [Fact]
    public async Task Foreign_EveryId_AnswersLikeAnAbsentOne()
    {
        var (mine, hook) = await AccountAsync("owner");
        var (other, _) = await AccountAsync("stranger");
        var funnel = (string)(await OkAsync(await mine.PostAsync("/api/funnels/import?publish=true", Json(Crm.Funnel("crm")), Cancel)))["id"]!;
        var accepted = (Guid)(await OkAsync(await server.Client.PostAsync(hook, Wire.Form(Wire.Lead(80)), Cancel)))["eventId"]!;
        await server.EventDoneAsync(accepted);
        var run = (string)(await OkAsync(await mine.GetAsync("/api/runs", Cancel)))["items"]![0]!["id"]!;
        var connection = (string)(await OkAsync(await mine.GetAsync("/api/connections", Cancel)))["items"]![0]!["id"]!;
        foreach (var path in new[] { $"/api/funnels/{funnel}", "/api/funnels/sales", $"/api/funnels/{funnel}/versions", $"/api/funnels/{funnel}/export", $"/api/runs/{run}", $"/api/runs/{run}/journal", "/api/why?deal=80", $"/api/why?deal=80&event={accepted}", $"/api/connections/{connection}/directory", $"/api/managers?connection={connection}" })
            await (await other.GetAsync(path, Cancel)).AssertProblemAsync(404, "not_found");
        foreach (var path in new[] { $"/api/funnels/{funnel}/publish", $"/api/funnels/{funnel}/restore/1", $"/api/runs/{run}/replay", $"/api/runs/{run}/cancel" })
            await (await other.PostAsync(path, null, Cancel)).AssertProblemAsync(404, "not_found");
        foreach (var path in new[] { "/api/funnels", "/api/runs", "/api/journal", "/api/timers", "/api/effects", "/api/dead-letters", "/api/triggers" })
            Assert.Empty((await OkAsync(await other.GetAsync(path, Cancel)))["items"]!);
        Assert.Empty((await OkAsync(await other.GetAsync($"/api/journal?run={run}", Cancel)))["items"]!);
    }

    [Fact]
    public async Task DeadLetters_UnreadableHook_IsListed()
    {
        var (api, hook) = await AccountAsync("dead");
        await server.Client.PostAsync(hook, Wire.Form("nonsense"), Cancel);
        var letter = (await OkAsync(await api.GetAsync("/api/dead-letters", Cancel)))["items"]!.Single();
        Assert.Equal("hook", (string?)letter["kind"]);
        Assert.Equal("payload_invalid", (string?)letter["code"]);
        Assert.Empty((await OkAsync(await api.GetAsync("/api/effects?state=unknown", Cancel)))["items"]!);
        await (await api.GetAsync("/api/effects?state=odd", Cancel)).AssertProblemAsync(400, "query_invalid");
        await (await api.GetAsync("/api/runs?limit=abc", Cancel)).AssertProblemAsync(400, "query_invalid");
    }

    [Fact]
    public async Task Managers_TimesheetAndPresence_AreKept()
    {
        var (api, _) = await AccountAsync("staff");
        var set = await OkAsync(await api.PutAsync("/api/managers/9050111", Json("""{"name":"Анна","weight":1.5,"maxOpen":7,"timesheet":{"timeZone":"Europe/Moscow","weekly":[{"day":"monday","start":"09:00","end":"18:00"}]}}"""), Cancel));
        Assert.Equal("monday", (string?)set["timesheet"]!["weekly"]![0]!["day"]);
        Assert.NotNull((await OkAsync(await api.PostAsync("/api/managers/9050111/seen", null, Cancel)))["seenAt"]);
        Assert.Null((await OkAsync(await api.PostAsync("/api/managers/9050111/leave", null, Cancel)))["seenAt"]);
        await OkAsync(await api.PostAsync("/api/managers/9050111/leave", Json("""{"from":"2026-12-30","to":"2027-01-08","reason":"отпуск"}"""), Cancel));
        var listed = (await OkAsync(await api.GetAsync("/api/managers", Cancel)))["items"]!.Single();
        Assert.Equal("2026-12-30", (string?)listed["timesheet"]!["leave"]![0]!["from"]);
        Assert.Equal(7, (int?)listed["maxOpen"]);
        await (await api.PutAsync("/api/managers/9050111", Json("""{"timesheet":{"timeZone":"Mars/Base"}}"""), Cancel)).AssertProblemAsync(400, "payload_invalid");
        await (await api.PostAsync("/api/managers/nobody/seen", null, Cancel)).AssertProblemAsync(404, "not_found");
    }

    [Fact]
    public async Task Eval_Formula_GivesValueOrCode()
    {
        var (api, _) = await AccountAsync("eval");
        var right = await OkAsync(await api.PostAsync("/api/eval", Json("""{"language":"ncalc","text":"[deal.price] * 2","values":{"deal":{"price":21}}}"""), Cancel));
        Assert.Equal(42, (decimal)right["value"]!);
        var wrong = await OkAsync(await api.PostAsync("/api/eval", Json("""{"text":"1/0"}"""), Cancel));
        Assert.False((bool)wrong["ok"]!);
        Assert.Equal("expression_failed", (string?)wrong["error"]!["code"]);
        await (await api.PostAsync("/api/eval", Json("[1"), Cancel)).AssertProblemAsync(400, "payload_invalid");
    }

    [Fact]
    public async Task OpenApi_DescribesEveryRouteInASentence()
    {
        var (api, _) = await AccountAsync("docs");
        var document = await OkAsync(await api.GetAsync("/api/openapi.json", Cancel));
        var operations = ((JObject)document["paths"]!).Properties().SelectMany(path => ((JObject)path.Value).Properties().Where(method => method.Name is "get" or "post" or "put" or "delete")).ToList();
        Assert.True(operations.Count >= 28, $"{operations.Count}");
        Assert.All(operations, operation => Assert.False(string.IsNullOrEmpty((string?)operation.Value["summary"]), operation.Path));
        Assert.NotNull(document["components"]!["securitySchemes"]!["key"]);
    }

    private async Task<(HttpClient Api, string Hook)> AccountAsync(string slug)
    {
        var (account, key) = await server.AddAccountAsync(slug);
        var (_, token) = await server.AddConnectionAsync("amocrm", "crm", account, Crm.Directory, "31700500");
        var client = server.NewClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        return (client, $"/hooks/amocrm/{token}");
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private static async Task<JObject> OkAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {text}");
        using var reader = new Newtonsoft.Json.JsonTextReader(new StringReader(text)) { DateParseHandling = Newtonsoft.Json.DateParseHandling.None };
        return JObject.Load(reader);
    }
}
