using System.Net;
using Automation.Testing;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Life;

/// <summary>A server is emptied while it goes on answering.</summary>
public sealed class DrainTests : IAsyncLifetime
{
    private readonly TestServer server = new();

    public ValueTask InitializeAsync() => server.InitializeAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Drain_TakesNothingNew_AndSaysWhenItIsEmpty()
    {
        const string secret = "drain-secret-drain-secret";
        var (_, token) = await server.AddConnectionAsync("generic", "shop", webhookSecret: secret);
        Assert.Equal((200, "ready"), await GetAsync("/ready"));
        Assert.Equal(202, await HookAsync());

        Assert.Equal(401, (int)(await server.Client.PostAsync(new Uri("/api/drain", UriKind.Relative), null, TestServer.Cancel)).StatusCode);
        Assert.Equal("working", await StateAsync(HttpMethod.Get));
        Assert.NotEqual("working", await StateAsync(HttpMethod.Post));
        Assert.Equal((503, "not_ready"), await GetAsync("/ready"));
        Assert.Equal(503, await HookAsync());

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (await StateAsync(HttpMethod.Get) != "empty") await tick.WaitForNextTickAsync(limit.Token);

        // It still answers, and asked again it is still empty.
        Assert.Equal((200, "ok"), await GetAsync("/health"));
        Assert.Equal("empty", await StateAsync(HttpMethod.Post));
        using var change = new HttpRequestMessage(HttpMethod.Post, "/api/runs/0190f0f0-0000-7000-8000-000000000000/cancel") { Content = new StringContent("{}") };
        change.Headers.Authorization = new("Bearer", server.ApiKey);
        using var refused = await server.Client.SendAsync(change, TestServer.Cancel);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "draining"), (refused.StatusCode, (string?)JObject.Parse(await refused.Content.ReadAsStringAsync(TestServer.Cancel))["code"]));
        Assert.True(refused.Headers.Contains("Retry-After"));

        async Task<int> HookAsync()
        {
            using var request = SignedHook.Post($"/hooks/generic/{token}", secret, """{"entity_type":"deal","entity_id":"1"}""");
            using var answer = await server.Client.SendAsync(request, TestServer.Cancel);
            return (int)answer.StatusCode;
        }
    }

    private async Task<(int, string?)> GetAsync(string path)
    {
        using var answer = await server.Client.GetAsync(new Uri(path, UriKind.Relative), TestServer.Cancel);
        return ((int)answer.StatusCode, (string?)JObject.Parse(await answer.Content.ReadAsStringAsync(TestServer.Cancel))["status"]);
    }

    private async Task<string?> StateAsync(HttpMethod method)
    {
        using var request = new HttpRequestMessage(method, "/api/drain");
        request.Headers.Authorization = new("Bearer", server.ApiKey);
        using var answer = await server.Client.SendAsync(request, TestServer.Cancel);
        return (string?)JObject.Parse(await answer.Content.ReadAsStringAsync(TestServer.Cancel))["state"];
    }
}
