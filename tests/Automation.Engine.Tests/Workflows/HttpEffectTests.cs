using Automation.Activities.Http;
using Automation.Engine.Accounts;
using Automation.Engine.Effects;
using Automation.Engine.Ports;
using Microsoft.Extensions.Time.Testing;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Tests.Workflows;

public sealed class HttpEffectTests
{
    private static readonly JObject Request = JObject.Parse("""{"method":"POST","url":"https://example.org/","headers":{"X-A":"1"},"expected":[503],"body":"{}","contentType":"application/json"}""");

    [Theory]
    [InlineData(200, false)]
    [InlineData(404, false)]
    [InlineData(503, false)]
    [InlineData(408, true)]
    [InlineData(425, true)]
    [InlineData(429, true)]
    [InlineData(500, true)]
    public async Task Send_Status_IsAnAnswerOrTriedAgain(int status, bool again) => Assert.Equal(again, await SendAsync(new HttpAnswer.Received(status, Headers(), default, null)) is Retry);

    [Theory]
    [InlineData("120", 120)]
    [InlineData("Sun, 22 Nov 2026 09:01:00 GMT", 60)]
    [InlineData("whenever", null)]
    public async Task Send_RetryAfter_IsHonoured(string value, int? seconds)
    {
        var result = Assert.IsType<Retry>(await SendAsync(new HttpAnswer.Received(429, Headers(("retry-after", value)), default, null)));

        Assert.Equal(seconds, (int?)result.After?.TotalSeconds);
    }

    [Fact]
    public async Task Send_NoAnswer_TellsSentFromLost()
    {
        Assert.IsType<Retry>(await SendAsync(new HttpAnswer.NotSent("refused")));
        Assert.IsType<ResultUnknown>(await SendAsync(new HttpAnswer.Lost("reset")));
        Assert.Equal("destination_denied", Assert.IsType<Rejected>(await SendAsync(new HttpAnswer.Denied("destination_denied", "private"))).Code);
    }

    [Fact]
    public async Task Send_AnyRequest_CarriesTheKey()
    {
        var gateway = new Gateway(new HttpAnswer.Received(200, Headers(), "hi"u8.ToArray(), "text/plain"));
        var result = await SendAsync(gateway);

        Assert.Equal(("k1", "1"), (gateway.Last!.Headers!["Idempotency-Key"], gateway.Last.Headers["X-A"]));
        Assert.Equal("hi", (string?)Assert.IsType<Delivered>(result).Value["body"]);
    }

    private static Task<EffectResult> SendAsync(HttpAnswer answer) => SendAsync(new Gateway(answer));

    private static Task<EffectResult> SendAsync(Gateway gateway) =>
        new HttpEffectHandler(gateway, new NoSecrets(), new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 9, 0, 0, TimeSpan.Zero)))
            .SendAsync(new EffectCall(new AccountId(Guid.Empty), null, "k1", Request, default, 1), default);

    private static Dictionary<string, string> Headers(params (string Name, string Value)[] headers) => headers.ToDictionary(h => h.Name, h => h.Value);

    private sealed class Gateway(HttpAnswer answer) : IHttpGateway
    {
        public HttpCall? Last { get; private set; }

        public Task<HttpAnswer> SendAsync(HttpCall call, CancellationToken cancellationToken)
        {
            Last = call;
            return Task.FromResult(answer);
        }
    }

    private sealed class NoSecrets : ISecrets
    {
        public ValueTask<string?> ReadAsync(ConnectionId connection, string name, CancellationToken cancellationToken) => ValueTask.FromResult<string?>(null);
    }
}
