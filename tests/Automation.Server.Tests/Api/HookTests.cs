using System.Net;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Steps;
using Automation.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Automation.Server.Tests.Api;

public sealed class HookTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Secret = "a shared secret of some length";

    private static CancellationToken Cancel => TestServer.Cancel;

    private async Task<string> AmoAsync() => $"/hooks/amocrm/{(await server.AddConnectionAsync("amocrm", NewName(), remoteAccount: "31700500")).Token}";

    private async Task<string> GenericAsync() => $"/hooks/generic/{(await server.AddConnectionAsync("generic", NewName(), webhookSecret: Secret)).Token}";

    private static string NewName() => Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(6));

    [Fact]
    public async Task Hook_AmoForm_IsStoredAndProcessed()
    {
        var response = await server.Client.PostAsync(await AmoAsync(), Wire.Form(Wire.Lead(501)), Cancel);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var body = await response.JsonAsync();
        Assert.False((bool)body["duplicate"]!);
        var id = (Guid)body["eventId"]!;
        Assert.Equal(id, (Guid)body["events"]![0]!["eventId"]!);
        await server.EventDoneAsync(id);
        await using var db = await server.DbAsync();
        var row = await db.Events.SingleAsync(one => one.Id == id, Cancel);
        Assert.Equal(EventStatus.Done, row.Status);
        var hook = await db.Hooks.SingleAsync(one => one.Id == row.HookId, Cancel);
        Assert.Equal(Wire.Lead(501), System.Text.Encoding.UTF8.GetString(hook.Body));
    }

    [Fact]
    public async Task Hook_WhileTheServerLetsItsStoreGo_IsToldToComeAgain()
    {
        await using var stopping = new TestServer();
        await stopping.InitializeAsync();
        var address = $"/hooks/amocrm/{(await stopping.AddConnectionAsync("amocrm", NewName(), remoteAccount: "31700500")).Token}";
        await stopping.Services.GetRequiredService<GroupCommitter<AcceptItem, AcceptResult>>().DisposeAsync();
        await (await stopping.Client.PostAsync(address, Wire.Form(Wire.Lead(501)), Cancel)).AssertProblemAsync(503, "storage_unavailable");
    }

    [Fact]
    public async Task Hook_ThreeCopies_StoreOneEvent()
    {
        var address = await AmoAsync();
        var before = await server.CountStoredAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => server.Client.PostAsync(address, Wire.Form(Wire.Lead(502)), Cancel)));
        var bodies = new List<Newtonsoft.Json.Linq.JObject>();
        foreach (var answer in answers) bodies.Add(await answer.JsonAsync());
        Assert.Single(bodies.Select(body => (string)body["eventId"]!).Distinct());
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Accepted], answers.Select(answer => answer.StatusCode).Order());
        Assert.Equal(2, bodies.Count(body => (bool)body["duplicate"]!));
        var after = await server.CountStoredAsync();
        Assert.Equal((before.Hooks + 1, before.Events + 1), after);
    }

    [Theory]
    [InlineData("/hooks/amocrm/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("/hooks/amocrm/short")]
    [InlineData("/hooks/nobody/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task Hook_UnknownAddress_Is404AndStoresNothing(string address)
    {
        var before = await server.CountStoredAsync();
        await (await server.Client.PostAsync(address, Wire.Form(Wire.Lead(503)), Cancel)).AssertProblemAsync(404, "not_found");
        Assert.Equal(before, await server.CountStoredAsync());
    }

    [Fact]
    public async Task Hook_TokenOfAnotherSource_Is404()
    {
        var address = (await GenericAsync()).Replace("/generic/", "/amocrm/", StringComparison.Ordinal);
        await (await server.Client.PostAsync(address, Wire.Form(Wire.Lead(504)), Cancel)).AssertProblemAsync(404, "not_found");
    }

    [Theory]
    [InlineData("not a form at all")]
    [InlineData("")]
    [InlineData("leads[add][0][id]=1&leads[add][5000000][id]=2&account[id]=31700500")]
    public async Task Hook_AmoMalformed_Is202AndADeadLetter(string body)
    {
        var response = await server.Client.PostAsync(await AmoAsync(), Wire.Form(body), Cancel);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var id = (Guid)(await response.JsonAsync())["deadLetter"]!;
        await using var db = await server.DbAsync();
        var row = await db.Hooks.SingleAsync(one => one.Id == id, Cancel);
        Assert.Equal("payload_invalid", row.ErrorCode);
        Assert.Equal(body, System.Text.Encoding.UTF8.GetString(row.Body));
    }

    [Fact]
    public async Task Hook_AmoTooLarge_Is202AndKeepsTheFirst64KiB()
    {
        var response = await server.Client.PostAsync(await AmoAsync(), Wire.Form(new string('a', 4 * 1024 * 1024 + 1)), Cancel);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var id = (Guid)(await response.JsonAsync())["deadLetter"]!;
        await using var db = await server.DbAsync();
        Assert.Equal(64 * 1024, (await db.Hooks.SingleAsync(one => one.Id == id, Cancel)).Body.Length);
    }

    [Fact]
    public async Task Hook_GenericSigned_IsStoredOnceAndItsIdCannotBeReused()
    {
        var address = await GenericAsync();
        var first = await server.Client.SendAsync(SignedHook.Post(address, Secret, """{"entity_type":"deal","entity_id":"77"}""", "msg_1"), Cancel);
        Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        var copy = await server.Client.SendAsync(SignedHook.Post(address, Secret, """{"entity_type":"deal","entity_id":"77"}""", "msg_1"), Cancel);
        Assert.Equal(HttpStatusCode.OK, copy.StatusCode);
        Assert.True((bool)(await copy.JsonAsync())["duplicate"]!);
        var other = await server.Client.SendAsync(SignedHook.Post(address, Secret, """{"entity_type":"deal","entity_id":"77","x":1}""", "msg_1"), Cancel);
        await other.AssertProblemAsync(409, "id_reused");
    }

    [Fact]
    public async Task Hook_GenericRefused_TellsWhyAndStoresNothing()
    {
        var address = await GenericAsync();
        var before = await server.CountStoredAsync();
        var unsigned = new StringContent("{}", System.Text.Encoding.UTF8, "application/json");
        await (await server.Client.PostAsync(address, unsigned, Cancel)).AssertProblemAsync(401, "signature_missing");
        await (await server.Client.SendAsync(SignedHook.Post(address, Secret, "{}", signWith: "another secret"), Cancel)).AssertProblemAsync(401, "signature_invalid");
        await (await server.Client.SendAsync(SignedHook.Post(address, Secret, "{}", at: TimeProvider.System.GetUtcNow().AddMinutes(-6)), Cancel)).AssertProblemAsync(401, "timestamp_out_of_tolerance");
        var malformed = await (await server.Client.SendAsync(SignedHook.Post(address, Secret, """{"a":{"b":1,"b":2}}"""), Cancel)).AssertProblemAsync(400, "payload_invalid");
        Assert.Equal("a.b", (string?)malformed["errors"]![0]!["path"]);
        var xml = SignedHook.Post(address, Secret, "{}");
        xml.Content!.Headers.ContentType = new("text/xml");
        await (await server.Client.SendAsync(xml, Cancel)).AssertProblemAsync(415, "payload_invalid");
        await (await server.Client.SendAsync(SignedHook.Post(address, Secret, new string(' ', 1024 * 1024 + 1)), Cancel)).AssertProblemAsync(413, "payload_invalid");
        Assert.Equal(before, await server.CountStoredAsync());
    }

    [Fact]
    public async Task Hook_OtherMethod_Is405InTheErrorForm() =>
        await (await server.Client.PutAsync(await AmoAsync(), Wire.Form("a=1"), Cancel)).AssertProblemAsync(405, "method_not_allowed");

    [Theory]
    [InlineData("amocrm", 503)]
    [InlineData("generic", 429)]
    public async Task Hook_AboveTheAccountsRate_IsRefusedBeforeStoring(string kind, int status)
    {
        var (account, _) = await server.AddAccountAsync(NewName(), """{"quotas":{"EventsPerSecond":1}}""");
        var (_, token) = await server.AddConnectionAsync(kind, "only", account, webhookSecret: kind == "generic" ? Secret : null);
        var address = $"/hooks/{kind}/{token}";
        for (var i = 0; i < 3; i++) await server.Client.PostAsync(address, Wire.Form(Wire.Lead(600 + i)), Cancel);
        var before = await server.CountStoredAsync();
        var refused = await server.Client.PostAsync(address, Wire.Form(Wire.Lead(699)), Cancel);
        await refused.AssertProblemAsync(status, "rate_limited");
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal(before, await server.CountStoredAsync());
    }

    [Fact]
    public async Task Hook_BodyThatStops_Is408AndStoresNothing()
    {
        var address = await AmoAsync();
        var before = await server.CountStoredAsync();
        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync(server.Address.Host, server.Address.Port, Cancel);
        await socket.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes($"POST {address} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc"), Cancel);
        using var reader = new StreamReader(socket.GetStream());
        Assert.StartsWith("HTTP/1.1 408", await reader.ReadLineAsync(Cancel), StringComparison.Ordinal);
        Assert.Equal(before, await server.CountStoredAsync());
    }

    [Fact]
    public async Task Hook_ChunkedBody_IsReadWhole()
    {
        var request = new HttpRequestMessage(HttpMethod.Post, await AmoAsync()) { Content = Wire.Form(Wire.Lead(505) + "&x=" + new string('y', 300_000)) };
        request.Headers.TransferEncodingChunked = true;
        Assert.NotNull((await (await server.Client.SendAsync(request, Cancel)).JsonAsync())["eventId"]);
    }

    [Fact]
    public async Task Hook_Hint_IsAnsweredAtOnceAndNotStored()
    {
        var (_, token) = await server.AddConnectionAsync("klientiks", NewName());
        var before = await server.CountStoredAsync();
        var response = await server.Client.GetAsync($"/hooks/klientiks/{token}?appointment_id=5", Cancel);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Empty((await response.JsonAsync())["events"]!);
        Assert.Equal(before, await server.CountStoredAsync());
    }
}
