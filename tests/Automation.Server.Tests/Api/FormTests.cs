using System.Net;
using System.Text.RegularExpressions;
using Automation.Engine.Api;
using Automation.Server.CommandLine;
using Automation.Server.Serve;
using Automation.Testing;

namespace Automation.Server.Tests.Api;

/// <summary>The sign-in as a browser without scripts sends it.</summary>
public sealed partial class FormTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SignIn_AsAForm_TakesItsTokenAndLeadsToOurPagesAlone()
    {
        using var folder = new TempDirectory();
        var options = new ServeOptions { Data = folder.Path, Url = $"http://127.0.0.1:{TestPorts.Next()}", HookUrl = $"http://127.0.0.1:{TestPorts.Next()}" };
        await using var app = ServerHost.Build(options);
        try
        {
            var report = await ServeCommand.StartAsync(app, options, Cancel);
            using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new(options.Url) };
            await new People(browser, report.Key!).JoinAsync("anna@example.com", Roles.Editor);
            await browser.GetAsync("/sign-out", Cancel);
            Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(browser, "/sign-in", "forged")).StatusCode);

            var token = Token().Match(await browser.GetStringAsync("/sign-in", Cancel)).Groups[1].Value;
            var answer = await SendAsync(browser, "/sign-in?return=https%3A%2F%2Fevil.example", token);

            Assert.Equal((HttpStatusCode.Found, "/funnels"), (answer.StatusCode, answer.Headers.Location?.IsAbsoluteUri == true ? answer.Headers.Location.AbsolutePath : answer.Headers.Location?.ToString()));
            Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/session", Cancel)).StatusCode);
            // From another site the strict cookie does not come along: the page itself goes on to where it was asked from.
            using var outside = new HttpRequestMessage(HttpMethod.Get, "/sign-in?return=%2Fjournal") { Headers = { { "Sec-Fetch-Site", "cross-site" }, { "Cookie", "none=1" } } };
            using var stranger = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = new(options.Url) };
            Assert.Contains("url=/journal", await (await stranger.SendAsync(outside, Cancel)).Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        }
        finally
        {
            await app.StopAsync(CancellationToken.None);
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        }
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient browser, string path, string token) => browser.PostAsync(path, new FormUrlEncodedContent(new Dictionary<string, string>
    {
        ["__RequestVerificationToken"] = token,
        ["_handler"] = "sign-in",
        ["Person.Login"] = "anna@example.com",
        ["Person.Password"] = People.Password,
    }), Cancel);

    [GeneratedRegex("__RequestVerificationToken\" value=\"([^\"]+)")]
    private static partial Regex Token();
}
