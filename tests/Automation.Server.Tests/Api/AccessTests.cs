using System.Net;
using Automation.Engine.Api;
using Microsoft.Extensions.DependencyInjection;

namespace Automation.Server.Tests.Api;

public sealed class AccessTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Cancel => TestServer.Cancel;

    private ApiKeyService Keys => server.Services.GetRequiredService<ApiKeyService>();

    [Theory]
    [InlineData("/api/funnels")]
    [InlineData("/api/openapi.json")]
    [InlineData("/api/journal/live")]
    [InlineData("/API/runs")]
    [InlineData("/api/nothing-here")]
    public async Task Api_WithoutAKey_Is401(string path) =>
        await (await server.Client.GetAsync(path, Cancel)).AssertProblemAsync(401, "unauthenticated");

    [Theory]
    [InlineData("Authorization", "Bearer ")]
    [InlineData("X-Api-Key", "")]
    public async Task Api_WithTheKey_Answers(string header, string prefix)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/session");
        request.Headers.TryAddWithoutValidation(header, prefix + server.ApiKey);
        var response = await server.Client.SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("demo", (string?)(await response.JsonAsync())["account"]);
    }

    [Fact]
    public async Task Start_OneTimeToken_OpensOneSession()
    {
        var once = await Keys.CreateAsync(server.Account, "first", ApiKeyKinds.OneTime, TimeSpan.FromHours(1), Cancel);
        var opened = await server.Client.GetAsync($"/start/{once}", Cancel);
        Assert.Equal(HttpStatusCode.OK, opened.StatusCode);
        var cookie = Assert.Single(opened.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, "/api/session", cookie)).StatusCode);
        await (await server.Client.GetAsync($"/start/{once}", Cancel)).AssertProblemAsync(401, "unauthenticated");
    }

    [Fact]
    public async Task Session_ChangeWithoutTheHeader_IsRejected()
    {
        var once = await Keys.CreateAsync(server.Account, "csrf", ApiKeyKinds.OneTime, null, Cancel);
        var cookie = Assert.Single((await server.Client.GetAsync($"/start/{once}", Cancel)).Headers.GetValues("Set-Cookie"));
        await (await SendAsync(HttpMethod.Delete, "/api/session", cookie)).AssertProblemAsync(403, "csrf_rejected");
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(HttpMethod.Delete, "/api/session", cookie, "automation")).StatusCode);
        await (await SendAsync(HttpMethod.Get, "/api/session", cookie)).AssertProblemAsync(401, "unauthenticated");
    }

    [Fact]
    public async Task Session_OneTimeTokenAsKey_Is401()
    {
        var once = await Keys.CreateAsync(server.Account, "not a key", ApiKeyKinds.OneTime, null, Cancel);
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/session") { Headers = { { "X-Api-Key", once } } };
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.Client.SendAsync(request, Cancel)).StatusCode);
    }

    [Theory]
    [InlineData("GET", "/nothing", 404, "not_found")]
    [InlineData("DELETE", "/health", 405, "method_not_allowed")]
    [InlineData("GET", "/throw", 500, "internal")]
    public async Task Error_Anywhere_HasTheOneForm(string method, string path, int status, string code)
    {
        var body = await (await server.Client.SendAsync(new(new HttpMethod(method), path), Cancel)).AssertProblemAsync(status, code);
        Assert.DoesNotContain("/var/lib", body.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_IsPublicAndSaysOneWord()
    {
        var response = await server.Client.GetAsync("/health", Cancel);
        Assert.Equal("""{"status":"ok"}""", await response.Content.ReadAsStringAsync(Cancel));
        Assert.Contains("script-src 'self'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string setCookie, string? requestedWith = null)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Add("Cookie", setCookie.Split(';')[0]);
        if (requestedWith is not null) request.Headers.Add("X-Requested-With", requestedWith);
        return await server.Client.SendAsync(request, Cancel);
    }
}

public sealed class AttemptTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Key_SixthWrongInAMinute_Is429AndARightOneStillPasses()
    {
        for (var i = 0; i < 5; i++) await (await TryAsync($"key_wrong_wrong_wrong_{i}")).AssertProblemAsync(401, "unauthenticated");
        var sixth = await TryAsync("key_wrong_wrong_wrong_6");
        await sixth.AssertProblemAsync(429, "too_many_attempts");
        Assert.NotNull(sixth.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.OK, (await TryAsync(server.ApiKey)).StatusCode);
    }

    private Task<HttpResponseMessage> TryAsync(string key) =>
        server.Client.SendAsync(new(HttpMethod.Get, "/api/session") { Headers = { { "X-Api-Key", key } } }, TestServer.Cancel);
}
