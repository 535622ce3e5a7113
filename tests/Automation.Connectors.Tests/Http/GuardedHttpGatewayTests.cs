using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Automation.Connectors.Http;
using Automation.Engine.Accounts;
using Automation.Engine.Ports;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Automation.Connectors.Tests.Http;

public sealed class GuardedHttpGatewayTests : IDisposable
{
    private static readonly AccountId Account = new(Guid.Parse("019a0000-0000-7000-8000-000000000001"));

    private readonly GuardedHttpGateway gateway = new(Options.Create(new GuardedHttpOptions()), TimeProvider.System);

    public void Dispose() => gateway.Dispose();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private Task<HttpAnswer> GetAsync(Uri url, params string[] allowed) =>
        gateway.SendAsync(new HttpCall(Account, "GET", url, AllowedHosts: allowed), Cancel);

    [Fact]
    public async Task Send_LoopbackPortAllowed_OnlyThatPortIsReached()
    {
        await using var allowed = await TestServer.StartAsync(context => context.Response.WriteAsync("hello"));
        await using var other = await TestServer.StartAsync(context => context.Response.WriteAsync("secret"));

        var answer = Assert.IsType<HttpAnswer.Received>(await GetAsync(allowed.Address, allowed.Authority));
        Assert.Equal("hello", Encoding.UTF8.GetString(answer.Body.Span));

        // The pool now holds a connection to that port; it must not serve a call without the allowance.
        foreach (var url in new[]
        {
            other.Address, new Uri("http://127.0.0.1/"), new Uri("http://localhost/"), new Uri($"http://localhost:{allowed.Address.Port}/"), new Uri("http://[::1]/"),
            new Uri("http://[::ffff:127.0.0.1]/"), new Uri("http://10.1.2.3/"), new Uri("http://169.254.169.254/latest/"), new Uri("http://2130706433/"),
        })
            Assert.Equal("destination_denied", Assert.IsType<HttpAnswer.Denied>(await GetAsync(url, allowed.Authority)).Code);
        Assert.Equal("destination_denied", Assert.IsType<HttpAnswer.Denied>(await GetAsync(allowed.Address)).Code);
        Assert.Equal("destination_denied", Assert.IsType<HttpAnswer.Denied>(await GetAsync(allowed.Address, "127.0.0.1")).Code);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.0.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("169.254.169.254")]
    [InlineData("100.64.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("0.0.0.0")]
    [InlineData("192.0.2.1")]
    [InlineData("198.18.0.1")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::127.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("::ffff:0:10.0.0.1")]
    [InlineData("64:ff9b::a00:1")]
    [InlineData("64:ff9b:1::1")]
    [InlineData("2002:a00:1::1")]
    [InlineData("2001:0:1::1")]
    [InlineData("fc00::1")]
    [InlineData("fe80::1%1")]
    [InlineData("ff02::1")]
    public void IsPublic_SpecialAddress_False(string address) => Assert.False(new AddressRules(TimeProvider.System).IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("172.32.0.1")]
    [InlineData("100.128.0.1")]
    [InlineData("2a00:1450:4010::1")]
    [InlineData("2001:4860:4860::8888")]
    public void IsPublic_PublicAddress_True(string address) => Assert.True(new AddressRules(TimeProvider.System).IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("ftp://example.com/", "url_denied")]
    [InlineData("file:///etc/passwd", "url_denied")]
    [InlineData("http://user:password@example.com/", "url_denied")]
    [InlineData("http://example.com:8080/", "destination_denied")]
    public async Task Send_AddressNotForUs_Denied(string url, string code) =>
        Assert.Equal(code, Assert.IsType<HttpAnswer.Denied>(await GetAsync(new Uri(url))).Code);

    [Theory]
    [InlineData("Host", "evil")]
    [InlineData("content-length", "1")]
    [InlineData("Transfer-Encoding", "chunked")]
    [InlineData("X-A", "a\r\nX-B: b")]
    [InlineData("X A", "a")]
    [InlineData("", "a")]
    public async Task Send_ForbiddenHeader_Denied(string name, string value)
    {
        var call = new HttpCall(Account, "GET", new Uri("http://example.com/"), new Dictionary<string, string> { [name] = value });
        Assert.Equal("header_denied", Assert.IsType<HttpAnswer.Denied>(await gateway.SendAsync(call, Cancel)).Code);
    }

    [Fact]
    public async Task Send_RedirectsWithinHost_FollowedUpToThree()
    {
        await using var server = await TestServer.StartAsync(context =>
        {
            var left = int.Parse(context.Request.Path.Value!.TrimStart('/'), CultureInfo.InvariantCulture);
            if (left > 0) context.Response.Redirect($"/{left - 1}");
            return context.Response.WriteAsync(context.Request.Headers.Authorization.ToString());
        });
        var headers = new Dictionary<string, string> { ["Authorization"] = "Bearer x" };

        var three = await gateway.SendAsync(new(Account, "GET", new Uri(server.Address, "3"), headers, AllowedHosts: [server.Authority]), Cancel);
        var four = await gateway.SendAsync(new(Account, "GET", new Uri(server.Address, "4"), headers, AllowedHosts: [server.Authority]), Cancel);

        Assert.Equal("Bearer x", Encoding.UTF8.GetString(Assert.IsType<HttpAnswer.Received>(three).Body.Span));
        Assert.Equal("redirect_denied", Assert.IsType<HttpAnswer.Denied>(four).Code);
    }

    [Fact]
    public async Task Send_RedirectToAnotherHost_DropsAuthorization()
    {
        await using var second = await TestServer.StartAsync(context => context.Response.WriteAsync($"[{context.Request.Headers.Authorization}][{context.Request.Headers["X-Own"]}]"));
        await using var first = await TestServer.StartAsync(context =>
        {
            context.Response.Redirect(second.Address.ToString());
            return Task.CompletedTask;
        });
        var headers = new Dictionary<string, string> { ["authorization"] = "Bearer x", ["X-Own"] = "kept" };

        var answer = await gateway.SendAsync(new(Account, "GET", first.Address, headers, AllowedHosts: [first.Authority, second.Authority]), Cancel);

        Assert.Equal("[][kept]", Encoding.UTF8.GetString(Assert.IsType<HttpAnswer.Received>(answer).Body.Span));
    }

    [Theory]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("http://example.com:22/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://127.0.0.1/")]
    public async Task Send_RedirectToRefusedPlace_RedirectDenied(string target)
    {
        await using var server = await TestServer.StartAsync(context =>
        {
            context.Response.StatusCode = 302;
            context.Response.Headers.Location = target;
            return Task.CompletedTask;
        });
        Assert.Equal("redirect_denied", Assert.IsType<HttpAnswer.Denied>(await GetAsync(server.Address, server.Authority)).Code);
    }

    [Theory]
    [InlineData(1024 * 1024, true)]
    [InlineData((1024 * 1024) + 1, false)]
    public async Task Send_CompressedAnswer_LimitHoldsAfterDecompression(int size, bool fits)
    {
        await using var server = await TestServer.StartAsync(async context =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            await using var zip = new GZipStream(context.Response.Body, CompressionLevel.Fastest);
            await zip.WriteAsync(new byte[size], context.RequestAborted);
        });
        var answer = await GetAsync(server.Address, server.Authority);
        if (fits) Assert.Equal(size, Assert.IsType<HttpAnswer.Received>(answer).Body.Length);
        else Assert.Equal("response_too_large", Assert.IsType<HttpAnswer.Denied>(answer).Code);
    }

    [Fact]
    public async Task Send_ConnectionRefused_NotSent()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var url = new Uri($"http://{listener.LocalEndpoint}/");
        listener.Stop();
        Assert.IsType<HttpAnswer.NotSent>(await GetAsync(url, url.Authority));
    }

    [Fact]
    public async Task Send_ConnectionCutAfterTheRequest_Lost()
    {
        await using var server = await TestServer.StartAsync(context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        var call = new HttpCall(Account, "POST", server.Address, Body: "x"u8.ToArray(), ContentType: "text/plain", AllowedHosts: [server.Authority]);
        Assert.IsType<HttpAnswer.Lost>(await gateway.SendAsync(call, Cancel));
    }

    [Fact]
    public async Task Send_NoAnswerInTime_Lost()
    {
        var clock = new FakeTimeProvider();
        using var timed = new GuardedHttpGateway(Options.Create(new GuardedHttpOptions()), clock);
        var arrived = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(async context =>
        {
            arrived.SetResult();
            var gone = new TaskCompletionSource();
            await using var left = context.RequestAborted.Register(gone.SetResult);
            await gone.Task;
        });
        var sending = timed.SendAsync(new(Account, "POST", server.Address, Body: "x"u8.ToArray(), AllowedHosts: [server.Authority]), Cancel);
        await arrived.Task.WaitAsync(Cancel);
        clock.Advance(TimeSpan.FromSeconds(11));
        Assert.IsType<HttpAnswer.Lost>(await sending);
    }

    [Fact]
    public async Task Send_ManyAtOnce_TenInParallelPerAccountAndHost()
    {
        var (now, most) = (0, 0);
        var full = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(async context =>
        {
            var seen = Interlocked.Increment(ref now);
            InterlockedMax(ref most, seen);
            if (seen == 10) full.TrySetResult();
            await go.Task;
            Interlocked.Decrement(ref now);
        });
        var calls = Enumerable.Range(0, 25).Select(_ => GetAsync(server.Address, server.Authority)).ToArray();
        await full.Task.WaitAsync(Cancel);
        go.SetResult();
        Assert.All(await Task.WhenAll(calls), answer => Assert.IsType<HttpAnswer.Received>(answer));
        Assert.Equal(10, most);
    }

    private static void InterlockedMax(ref int place, int value)
    {
        for (int seen; (seen = Volatile.Read(ref place)) < value && Interlocked.CompareExchange(ref place, value, seen) != seen;) { }
    }
}
