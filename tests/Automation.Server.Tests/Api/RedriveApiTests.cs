using System.Net;
using System.Text;
using Automation.Engine.Effects;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Api;

public sealed class RedriveApiTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Cancel => TestServer.Cancel;

    [Fact]
    public async Task Redrive_DeadEvent_IsShownFirstThenDoneAndListed()
    {
        var (account, key) = await server.AddAccountAsync("redrive");
        var (connection, _) = await server.AddConnectionAsync("amocrm", "crm", account, Crm.Directory, "31700500");
        using var api = server.NewClient();
        api.DefaultRequestHeaders.Authorization = new("Bearer", key);
        var id = Guid.CreateVersion7(DateTimeOffset.UnixEpoch);
        await using (var db = await server.DbAsync())
        {
            db.Mailboxes.Add(new MailboxRow { AccountId = account.Value, ConnectionId = connection.Value, EntityType = "deal", EntityId = "7", LastNumber = 1, DoneNumber = 1 });
            db.Events.Add(new EventRow { Id = id, AccountId = account.Value, ConnectionId = connection.Value, EntityType = "deal", EntityId = "7", Number = 1, Kind = "webhook", DedupKey = "k", Payload = """{"Kind":"webhook","EntityType":"deal","EntityId":"7","DedupKey":"k"}""", Status = EventStatus.Dead, Tries = 3, ErrorCode = "poison_crash", AcceptedAt = DateTimeOffset.UnixEpoch });
            var effect = new EffectRow { Key = "dddd4444" + new string('0', 56), AccountId = account.Value, ConnectionId = connection.Value, EntityType = "deal", EntityId = "8", Kind = "nobody", Request = "{}", Summary = "SMS", ContextId = "", Callback = "", State = (int)EffectState.Failed, ErrorCode = "retries_exhausted", PlannedAt = DateTimeOffset.UnixEpoch };
            db.Effects.Add(effect);
            await db.SaveChangesAsync(Cancel);
        }

        var listed = (await OkAsync(await api.GetAsync("/api/dead-letters", Cancel)))["items"]!;
        Assert.Equal(["effect", "event"], listed.Select(letter => (string)letter["kind"]!).Order());
        Assert.Equal("poison_crash", (string?)Assert.Single((await OkAsync(await api.GetAsync("/api/dead-letters?code=poison_crash&deal=7", Cancel)))["items"]!)["code"]);
        var preview = await OkAsync(await PostAsync("""{"code":"poison_crash","dryRun":true}"""));
        Assert.Equal((1, id.ToString()), ((int)preview["total"]!, (string?)preview["items"]![0]!["id"]));
        Assert.Equal("dddd4444" + new string('0', 56), (string?)(await OkAsync(await PostAsync("""{"ids":["dddd4444…"],"dryRun":true}""")))["items"]![0]!["id"]);
        await (await PostAsync("{}")).AssertProblemAsync(400, "query_invalid");
        await (await PostAsync("""{"ids":["eeee5555"]}""")).AssertProblemAsync(404, "not_found");
        await (await PostAsync("""{"code":"other"}""")).AssertProblemAsync(404, "not_found");
        await (await PostAsync("""{"kind":"event","all":true,"from":"sms"}""")).AssertProblemAsync(400, "query_invalid");
        await (await PostAsync("""{"all":true,"input":{"a":1}}""")).AssertProblemAsync(400, "query_invalid");

        var answer = await PostAsync("""{"code":"poison_crash"}""");
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var redrive = await OkAsync(answer);
        await server.EventDoneAsync(id);
        Assert.Equal(1, (int)(await OkAsync(await api.GetAsync($"/api/redrives/{(string)redrive["id"]!}", Cancel)))["total"]!);
        Assert.Single((await OkAsync(await api.GetAsync("/api/redrives", Cancel)))["items"]!);
        var told = (await OkAsync(await api.GetAsync("/api/journal?deal=7", Cancel)))["items"]!.Single(row => (string?)row["kind"] == "operator");
        Assert.EndsWith(": повторно — событие", (string?)told["text"], StringComparison.Ordinal);

        Task<HttpResponseMessage> PostAsync(string body) => api.PostAsync("/api/dead-letters/redrive", new StringContent(body, Encoding.UTF8, "application/json"), Cancel);
    }

    [Fact]
    public async Task Settings_Changed_KeepTheRestAndRefuseWhatIsNone()
    {
        var (account, key) = await server.AddAccountAsync("settings", """{"quotas":{"RunsPerTrigger":7}}""");
        using var api = server.NewClient();
        api.DefaultRequestHeaders.Authorization = new("Bearer", key);
        Assert.Equal("continue", (string?)(await OkAsync(await api.GetAsync("/api/settings", Cancel)))["onDead"]);
        foreach (var wrong in new[] { "{}", """{"onDead":"stop"}""", """{"timeZone":"Moscow"}""", """{"language":"de"}""", """{"quotas":{"maxDepth":0}}""" })
            await (await PutAsync(wrong)).AssertProblemAsync(400, "payload_invalid");

        var changed = await OkAsync(await PutAsync("""{"onDead":"block","quotas":{"eventsPerSecond":250}}"""));
        Assert.Equal(("block", 250, 7, 10_000), ((string?)changed["onDead"], (int)changed["quotas"]!["eventsPerSecond"]!, (int)changed["quotas"]!["runsPerTrigger"]!, (int)changed["quotas"]!["effectsPerDay"]!));
        Assert.Equal(changed.ToString(), (await OkAsync(await api.GetAsync("/api/settings", Cancel))).ToString());
        Assert.True((await server.Services.GetRequiredService<AccountDirectory>().GetAsync(account, Cancel)).StandsStillOnDead);

        Task<HttpResponseMessage> PutAsync(string body) => api.PutAsync("/api/settings", new StringContent(body, Encoding.UTF8, "application/json"), Cancel);
    }

    [Fact]
    public async Task Unblock_DealThatStandsStill_GoesOnOnce()
    {
        var (account, key) = await server.AddAccountAsync("unblock");
        var (connection, _) = await server.AddConnectionAsync("amocrm", "crm", account, Crm.Directory, "31700501");
        using var api = server.NewClient();
        api.DefaultRequestHeaders.Authorization = new("Bearer", key);
        var (id, cause) = (Guid.CreateVersion7(DateTimeOffset.UnixEpoch), Guid.CreateVersion7(DateTimeOffset.UnixEpoch).ToString());
        await using (var db = await server.DbAsync())
        {
            var state = new MailboxState { Blocked = [new("run", cause, DateTimeOffset.UnixEpoch)] }.ToJson();
            db.Mailboxes.Add(new MailboxRow { AccountId = account.Value, ConnectionId = connection.Value, EntityType = "deal", EntityId = "7", LastNumber = 1, DoneNumber = 1, State = state });
            db.Events.Add(new EventRow { Id = id, AccountId = account.Value, ConnectionId = connection.Value, EntityType = "deal", EntityId = "7", Number = 1, Kind = "webhook", DedupKey = "k", Payload = """{"Kind":"webhook","EntityType":"deal","EntityId":"7","DedupKey":"k"}""", Status = EventStatus.Dead, ErrorCode = "deal_blocked", AcceptedAt = DateTimeOffset.UnixEpoch });
            await db.SaveChangesAsync(Cancel);
        }

        await (await PostAsync("{}")).AssertProblemAsync(400, "query_invalid");
        await (await PostAsync("""{"deal":"8"}""")).AssertProblemAsync(404, "not_found");
        Assert.Equal(cause, (string?)Assert.Single((await OkAsync(await PostAsync("""{"deal":"7"}""")))["causes"]!)["id"]);
        await server.EventDoneAsync(id);
        await (await PostAsync("""{"deal":"7"}""")).AssertProblemAsync(409, "not_blocked");
        var told = (await OkAsync(await api.GetAsync("/api/journal?deal=7", Cancel)))["items"]!.Single(row => (string?)row["kind"] == "operator");
        Assert.EndsWith(": сделка снова идёт дальше", (string?)told["text"], StringComparison.Ordinal);

        Task<HttpResponseMessage> PostAsync(string body) => api.PostAsync("/api/dead-letters/unblock", new StringContent(body, Encoding.UTF8, "application/json"), Cancel);
    }

    private static async Task<JObject> OkAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {text}");
        return JObject.Parse(text);
    }
}
