using System.Text;
using Automation.Engine.Api.Managers;
using Automation.Engine.Hosting.Projections;
using Automation.Engine.Persistence.Rows;
using Automation.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Api;

/// <summary>What the pages of running work ask for: numbers, journal, runs, deals, waiting and failed work, managers; on both stores.</summary>
public sealed class RunningTests
{
    private static CancellationToken Cancel => TestServer.Cancel;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Journal_Filters_GiveTheirRowsAndNoOthers(bool postgres)
    {
        await using var place = await Place.OpenAsync(postgres);
        await place.HookAsync(Wire.Lead(42));
        await place.HookAsync(Wire.Lead(43, price: 500));
        await place.HookAsync(Moved(42));

        Assert.Equal(["42"], await DealsAsync("trigger=moved&kind=event"));
        Assert.Equal(["42", "43"], await DealsAsync("trigger=big&kind=event"));
        Assert.Equal(["43"], await DealsAsync("trigger=small&kind=run"));
        Assert.Empty(await DealsAsync("failed=true"));
        Assert.Empty(await DealsAsync("until=2020-01-01T00:00:00Z"));
        Assert.Equal(["42", "43"], await DealsAsync("since=2020-01-01T00:00:00Z&funnel=sales"));
        Assert.Equal(["43"], await DealsAsync("deal=43&funnel=sales"));
        await (await place.Api.GetAsync("/api/journal?funnel=none", Cancel)).AssertProblemAsync(404, "not_found");
        // By cursor, a row at a time, it is the same journal.
        var whole = await RowsAsync("kind=event");
        var (one, cursor) = (new List<string>(), "");
        do
        {
            var page = await place.GetAsync($"/api/journal?kind=event&limit=1{cursor}");
            one.AddRange(page["items"]!.Select(row => (string)row["id"]!));
            cursor = (string?)page["next"] is { } next ? $"&cursor={next}" : "";
        }
        while (cursor.Length > 0);
        Assert.Equal(whole, one);

        async Task<List<string>> RowsAsync(string query) => [.. (await place.GetAsync($"/api/journal?{query}"))["items"]!.Select(row => (string)row["id"]!)];
        async Task<IEnumerable<string>> DealsAsync(string query) => (await place.GetAsync($"/api/journal?{query}"))["items"]!.Select(row => (string)row["deal"]!).Distinct().Order();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Waiting_RunNow_GoesOnAtOnceAndSaysWho(bool postgres)
    {
        await using var place = await Place.OpenAsync(postgres);
        await place.HookAsync(Wire.Lead(42));
        await place.HookAsync(Moved(42));
        var waiting = (await place.GetAsync("/api/waiting?funnel=sales&trigger=moved"))["items"]!.Single();
        Assert.Equal(("42", "Deal 42", "Переход", "sales"), ((string?)waiting["deal"], (string?)waiting["dealName"], (string?)waiting["trigger"], (string?)waiting["funnel"]));
        Assert.Empty((await place.GetAsync("/api/waiting?trigger=big"))["items"]!);
        Assert.Empty((await place.GetAsync("/api/waiting?for=event"))["items"]!);
        Assert.Single((await place.GetAsync("/api/deals/crm/42"))["waiting"]!);
        var run = (string)waiting["runId"]!;
        var before = await place.GetAsync($"/api/runs/{run}");
        Assert.Equal((true, "Переход"), ((bool)before["canHurry"]!, (string?)before["place"]!["trigger"]));
        Assert.Equal("waiting", (string?)(await place.GetAsync($"/api/runs/{run}/steps"))["steps"]!.Single()["status"]);

        await place.DoneAsync(await place.PostAsync($"/api/runs/{run}/now", "{}"));
        Assert.Equal("finished", (string?)(await place.GetAsync($"/api/runs/{run}"))["run"]!["status"]);
        var step = (await place.GetAsync($"/api/runs/{run}/steps"))["steps"]!.Single();
        Assert.Equal(("d", "done"), ((string?)step["activity"], (string?)step["status"]));
        Assert.Contains((await place.GetAsync("/api/journal?kind=operator"))["items"]!, row => ((string)row["text"]!).EndsWith("не ждать, выполнить сейчас", StringComparison.Ordinal));
        Assert.True((bool)(await place.PostAsync($"/api/runs/{run}/replay", "{}"))["equal"]!);
        await (await place.Api.PostAsync($"/api/runs/{run}/now", Json("{}"), Cancel)).AssertProblemAsync(409, "not_waiting");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Failed_Skipped_LeavesTheListAndIsNotDoneAgain(bool postgres)
    {
        await using var place = await Place.OpenAsync(postgres, Crm.Funnel("crm").Replace("\"Elsa.Finish\",\"version\":1", "\"Elsa.Fault\",\"version\":1,\"code\":{\"typeName\":\"String\",\"expression\":{\"type\":\"Literal\",\"value\":\"no_stock\"}},\"message\":{\"typeName\":\"String\",\"expression\":{\"type\":\"Literal\",\"value\":\"Нет на складе\"}}", StringComparison.Ordinal));
        await place.HookAsync(Wire.Lead(42));
        await place.HookAsync(Wire.Lead(43));
        var failed = (await place.GetAsync("/api/dead-letters?funnel=sales&stage=8240017/68120450"))["items"]!;
        Assert.Equal(2, failed.Count());
        Assert.Equal(("Нет на складе", "e", "Крупная сделка", "Deal 43"), ((string?)failed[0]!["message"], (string?)failed[0]!["activity"], (string?)failed[0]!["place"]!["trigger"], (string?)failed[0]!["place"]!["dealName"]));
        Assert.Empty((await place.GetAsync("/api/dead-letters?stage=8240017/142"))["items"]!);
        Assert.Equal(["42", "43"], (await place.GetAsync("/api/journal?failed=true"))["items"]!.Select(row => (string)row["deal"]!).Order());
        Assert.Equal(2, (int)(await place.GetAsync("/api/funnels/sales/numbers"))["stages"]![0]!["failuresToday"]!);

        var run = (string)failed[0]!["runId"]!;
        Assert.Equal(1, (int)(await place.PostAsync("/api/dead-letters/skip", $$"""{"kind":"run","ids":["{{run}}"]}"""))["total"]!);
        await place.QuietAsync();
        Assert.Equal("42", (string?)(await place.GetAsync("/api/dead-letters"))["items"]!.Single()["deal"]);
        Assert.Equal("cancelled", (string?)(await place.GetAsync($"/api/runs/{run}"))["run"]!["status"]);
        Assert.True((bool)(await place.PostAsync($"/api/runs/{run}/replay", "{}"))["equal"]!);
        Assert.Contains((await place.GetAsync("/api/journal?deal=43&kind=operator"))["items"]!, row => ((string)row["text"]!).Contains("разобрано, повторять не нужно", StringComparison.Ordinal));
        await (await place.Api.PostAsync("/api/dead-letters/skip", Json("{}"), Cancel)).AssertProblemAsync(400, "query_invalid");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Deals_AreFoundByNumberAndByName(bool postgres)
    {
        await using var place = await Place.OpenAsync(postgres);
        foreach (var (id, name) in new[] { (42, "Окна Иванова"), (420, "Двери"), (7, "ОКНА в офис") }) await place.HookAsync(Wire.Lead(id).Replace($"Deal+{id}", Uri.EscapeDataString(name), StringComparison.Ordinal));
        Assert.Equal(["42", "420"], await FoundAsync("42"));
        Assert.Equal(["42", "7"], await FoundAsync("окна"));
        Assert.Equal(["42"], await FoundAsync("иванов"));
        Assert.Empty(await FoundAsync("крыша"));
        Assert.Equal(["42", "420", "7"], await FoundAsync(""));
        var deal = await place.GetAsync("/api/deals/crm/42");
        Assert.Equal(("Окна Иванова", "Новая", 45000m), ((string?)deal["deal"]!["name"], (string?)deal["deal"]!["stage"], (decimal)deal["deal"]!["price"]!));
        await (await place.Api.GetAsync("/api/deals/crm/999", Cancel)).AssertProblemAsync(404, "not_found");

        async Task<IEnumerable<string>> FoundAsync(string text) => (await place.GetAsync($"/api/deals?search={Uri.EscapeDataString(text)}"))["items"]!.Select(one => (string)one["id"]!).Order(StringComparer.Ordinal);
    }

    [Fact]
    public async Task Why_TriggerOfAnotherEvent_TellsOfItsOwnLastOne()
    {
        await using var place = await Place.OpenAsync(postgres: false);
        await place.HookAsync(Wire.Lead(42));
        await place.HookAsync(Moved(42));
        var told = (await place.GetAsync("/api/why?deal=42"))["verdicts"]!.ToDictionary(one => (string)one["triggerId"]!);
        Assert.Equal("fired", (string?)told["moved"]["outcome"]);
        Assert.Equal("fired", (string?)told["big"]["earlier"]!["outcome"]);
        Assert.Contains("условие не выполнено", (string?)told["small"]["earlier"]!["text"], StringComparison.Ordinal);
        Assert.True((bool)told["hand"]["never"]!);
    }

    [Fact]
    public async Task Numbers_CountCardsAndStages()
    {
        await using var place = await Place.OpenAsync(postgres: false);
        await place.HookAsync(Wire.Lead(42));
        await place.HookAsync(Wire.Lead(43, price: 5000));
        await place.HookAsync(Moved(42));
        // The rows are younger than what is summed up yet: as if some time had passed.
        var numbers = ActivatorUtilities.CreateInstance<NumbersReader>(place.Server.Services, new LaterClock());
        await numbers.RunAsync(Cancel);
        var told = await place.GetAsync("/api/funnels/sales/numbers?days=1");
        Assert.Equal([("8240017/68120450", 1), ("8240017/68120454", 1)], told["stages"]!.Select(stage => ((string)stage["ref"]!, (int)stage["deals"]!)));
        var cards = told["cards"]!.ToDictionary(card => (string)card["trigger"]!, card => ((int)card["passed"]!, (int)card["fired"]!, (int)card["skipped"]!, (int)card["waiting"]!));
        Assert.Equal(((2, 1, 1, 0), (2, 0, 2, 0), (1, 1, 0, 1)), (cards["big"], cards["small"], cards["moved"]));
        Assert.NotNull(told["stages"]![0]!["medianSeconds"]);
        await (await place.Api.GetAsync("/api/funnels/sales/numbers?days=0", Cancel)).AssertProblemAsync(400, "query_invalid");
    }

    [Fact]
    public async Task Presence_OwnPage_OpensWithItsTokenAlone()
    {
        await using var place = await Place.OpenAsync(postgres: false);
        (await place.Api.PutAsync("/api/managers/9050111", Json("""{"name":"Анна"}"""), Cancel)).EnsureSuccessStatusCode();
        var first = await TokenAsync();
        var presence = place.Server.Services.GetRequiredService<PresenceService>();
        Assert.Equal(("Анна", null), (await presence.FindAsync(new DefaultHttpContext(), first) is { } found ? (found.Name, found.SeenAt) : default));
        Assert.NotNull((await presence.NoteAsync(new DefaultHttpContext(), first, here: true))!.SeenAt);
        Assert.NotNull((await place.GetAsync("/api/managers"))["items"]!.Single()["seenAt"]);
        Assert.Null((await presence.NoteAsync(new DefaultHttpContext(), first, here: false))!.SeenAt);
        var second = await TokenAsync();
        Assert.Null(await presence.FindAsync(new DefaultHttpContext(), first));
        Assert.NotNull(await presence.FindAsync(new DefaultHttpContext(), second));
        Assert.Null(await presence.FindAsync(new DefaultHttpContext(), "nobody"));

        async Task<string> TokenAsync() => ((string)(await place.PostAsync("/api/managers/9050111/here", "{}"))["path"]!)["/here/".Length..];
    }

    private static string Moved(long id) => Wire.Lead(id, status: "68120454", updated: 1785312060).Replace("[add]", "[update]", StringComparison.Ordinal);

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private sealed class LaterClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromMinutes(1);
    }

    /// <summary>A server of its own with a published funnel.</summary>
    private sealed class Place(TestServer server, string hook) : IAsyncDisposable
    {
        public TestServer Server => server;

        public HttpClient Api { get; } = server.NewClient();

        public static async Task<Place> OpenAsync(bool postgres, string? funnel = null)
        {
            if (postgres && PostgresServer.Shared is null) Assert.Skip(PostgresServer.WhyNot);
            var server = new TestServer { Postgres = postgres ? await PostgresServer.Shared!.CreateDatabaseAsync(Cancel) : null };
            await server.InitializeAsync();
            var (_, token) = await server.AddConnectionAsync("amocrm", "crm", crm: Crm.Directory, remoteAccount: "31700500");
            var place = new Place(server, $"/hooks/amocrm/{token}");
            place.Api.DefaultRequestHeaders.Authorization = new("Bearer", server.ApiKey);
            await place.PostAsync("/api/funnels/import?publish=true", funnel ?? Crm.Funnel("crm"));
            return place;
        }

        public async Task HookAsync(string body) => await server.EventDoneAsync((Guid)(await (await server.Client.PostAsync(hook, Wire.Form(body), Cancel)).JsonAsync())["eventId"]!);

        public Task DoneAsync(JObject asked) => server.EventDoneAsync((Guid)asked["eventId"]!);

        /// <summary>Every event that was accepted is done.</summary>
        public async Task QuietAsync()
        {
            List<Guid> waiting;
            await using (var db = await server.DbAsync()) waiting = await db.Events.Where(row => row.Status == EventStatus.Waiting).Select(row => row.Id).ToListAsync(Cancel);
            foreach (var id in waiting) await server.EventDoneAsync(id);
        }

        public async Task<JObject> GetAsync(string path) => await OkAsync(await Api.GetAsync(path, Cancel));

        public async Task<JObject> PostAsync(string path, string body) => await OkAsync(await Api.PostAsync(path, Json(body), Cancel));

        public async ValueTask DisposeAsync()
        {
            Api.Dispose();
            await server.DisposeAsync();
        }

        private static async Task<JObject> OkAsync(HttpResponseMessage response)
        {
            var text = await response.Content.ReadAsStringAsync(Cancel);
            Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {text}");
            return JObject.Parse(text);
        }
    }
}
