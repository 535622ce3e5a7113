using System.Collections.Concurrent;
using System.Globalization;
using Automation.Server.Tests.Browser;
using Automation.Server.Tests.Crash;
using Automation.Testing;
using Microsoft.Playwright;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Elsa;

/// <summary>The frame around Studio: language, colours, its key, the way to it and what stands there without it.</summary>
[Collection(KillLane.Name)]
public sealed class StudioFrameTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ru", "light", "Сценарии", "ru-RU", "rgb(255, 255, 255)", "rgb(36, 86, 201)")]
    [InlineData("en", "dark", "Workflows", "en-US", "rgb(26, 33, 43)", "rgb(143, 177, 255)")]
    public async Task Frame_IsInThePersonsLanguageAndTheme(string language, string theme, string word, string culture, string paper, string accent)
    {
        await using var browser = await TestBrowser.StartAsync(sandbox: false, studio: true, 1440, 900);
        var (page, studio) = (browser.Page, new StudioPage(browser.Page, browser.Admin));
        await PreferAsync(browser, language, theme);
        var id = await PublishedAsync(browser);

        await studio.OpenListAsync();
        Assert.Equal((language, theme), (await page.Locator("html").GetAttributeAsync("lang"), await page.Locator("html").GetAttributeAsync("data-theme")));
        await Assertions.Expect(page.Locator("header.frame [aria-current]")).ToHaveTextAsync(word);
        await Assertions.Expect(page.Locator("header.frame")).ToHaveCSSAsync("background-color", paper);
        Assert.Equal(culture, await page.EvaluateAsync<string>("() => localStorage.BlazorCulture"));
        await Assertions.Expect(page.Locator(".mud-table").First).ToHaveCSSAsync("background-color", paper);
        await studio.PictureAsync($"list-{language}-{theme}");

        await studio.OpenEditorAsync(id, "WriteLine1");
        Assert.Equal(accent, await page.EvaluateAsync<string>(
            """() => { const probe = document.body.appendChild(document.createElement('i')); probe.style.color = 'var(--mud-palette-primary)'; const color = getComputedStyle(probe).color; probe.remove(); return color; }"""));
        await page.GetByText("WriteLine1").Locator("visible=true").Last.ClickAsync();
        await studio.SeesAsync(language == "en" ? "Write Line" : "Записать строку");
        await studio.PictureAsync($"editor-{language}-{theme}");

        await studio.OpenRunAsync(await DispatchedAsync(browser, id), "WriteLine1");
        await studio.PictureAsync($"viewer-{language}-{theme}");
    }

    [Fact]
    public async Task Key_ThatRunsOut_IsRenewedAndTheElementGoesOn()
    {
        await using var browser = await TestBrowser.StartAsync(sandbox: false, studio: true, 1440, 900);
        var page = browser.Page;
        await browser.SignInAsync();
        await PublishedAsync(browser);
        var (keys, used) = (new ConcurrentQueue<string>(), new ConcurrentBag<string>());
        page.Request += (_, request) =>
        {
            if (request.Headers.TryGetValue("authorization", out var bearer)) used.Add(bearer);
        };
        // As one that ends in six minutes: the page renews it five before that.
        await page.RouteAsync("**/api/session/studio", async route =>
        {
            var granted = JObject.Parse(await (await route.FetchAsync()).TextAsync());
            keys.Enqueue((string)granted["key"]!);
            granted["expiresAt"] = DateTimeOffset.FromUnixTimeMilliseconds((long)await page.EvaluateAsync<double>("() => Date.now()")).AddMinutes(6).ToString("O", CultureInfo.InvariantCulture);
            await route.FulfillAsync(new() { ContentType = "application/json", Body = granted.ToString() });
        });
        await page.Clock.InstallAsync();

        await page.GotoAsync($"{browser.Admin}/studio/workflows/definitions");
        await Assertions.Expect(page.GetByText("Проба").Locator("visible=true").First).ToBeVisibleAsync(new() { Timeout = 120_000 });
        Assert.Single(keys);
        await page.RunAndWaitForRequestAsync(() => page.Clock.FastForwardAsync("01:05"), request => request.Headers.TryGetValue("authorization", out var bearer) && keys.Count == 2 && bearer == $"Bearer {keys.Last()}");

        Assert.Equal(2, keys.Distinct().Count());
        Assert.Contains($"Bearer {keys.First()}", used);
        await Assertions.Expect(page.GetByText("Проба").Locator("visible=true").First).ToBeVisibleAsync(new() { Timeout = 120_000 });
        await Assertions.Expect(page.Locator("#trouble")).ToBeEmptyAsync();
        await Assertions.Expect(page.Locator("#studio > *")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task RunPage_LeadsToTheViewer()
    {
        await using var browser = await TestBrowser.StartAsync(sandbox: false, studio: true, 1440, 900);
        await browser.SignInAsync();
        var run = await DispatchedAsync(browser, await PublishedAsync(browser));

        await browser.Page.GotoAsync($"{browser.Admin}/runs/{run}");
        await browser.Page.GetByRole(AriaRole.Link, new() { Name = "Открыть схему" }).ClickAsync();

        await browser.Page.WaitForURLAsync($"**/studio/workflows/instances/{run}/view");
        await new StudioPage(browser.Page, browser.Admin).SeesAsync("WriteLine1");
    }

    /// <summary>As a build without Node leaves it: the program that crashes are tried on lies without Studio's files.</summary>
    [Fact]
    public async Task Page_WithoutStudio_SaysHowToGetIt()
    {
        using var folder = new TempDirectory();
        var admin = $"http://127.0.0.1:{TestPorts.Next()}";
        using var server = await ServerProcess.StartAsync(["--data", folder.Path, "--url", admin, "--hook-url", $"http://127.0.0.1:{TestPorts.Next()}"], new Dictionary<string, string>(), Cancel, ServerProcess.KillHost);
        using var http = new HttpClient { BaseAddress = new(admin) };

        foreach (var path in new[] { "/studio", "/studio/workflows/definitions/x/edit", "/studio/workflows/instances/x/view" })
        {
            using var answer = await http.GetAsync(path, Cancel);
            var page = await answer.Content.ReadAsStringAsync(Cancel);
            Assert.True(answer.IsSuccessStatusCode, page);
            Assert.Contains("Studio не собрана", page, StringComparison.Ordinal);
            Assert.Contains("Studio was not built", page, StringComparison.Ordinal);
            Assert.Contains("Node 20", page, StringComparison.Ordinal);
            Assert.DoesNotContain("_framework", page, StringComparison.Ordinal);
            Assert.Contains("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        }

        foreach (var file in new[] { "/designer/designer.css", "/designer/colours.css", "/designer/theme.js" }) Assert.Equal((file, 200), (file, (int)(await http.GetAsync(file, Cancel)).StatusCode));
    }

    // Pages keep the theme in a cookie, too.
    private static async Task PreferAsync(TestBrowser browser, string language, string theme)
    {
        await browser.SignInAsync();
        var answer = await browser.Page.Context.APIRequest.PutAsync($"{browser.Admin}/api/session/preferences", new() { Headers = new Dictionary<string, string> { ["X-Requested-With"] = "automation" }, DataObject = new { language, theme } });
        Assert.Equal(204, answer.Status);
        await browser.Page.GotoAsync($"{browser.Admin}/funnels");
        await browser.Page.WaitForFunctionAsync("theme => document.documentElement.dataset.theme === theme && document.cookie.includes(theme)", theme);
    }

    private static async Task<string> PublishedAsync(TestBrowser browser)
    {
        var line = JObject.Parse("""{"id":"line","name":"WriteLine1","type":"Elsa.WriteLine","version":1,"text":{"expression":{"type":"Literal","value":"привет"}},"metadata":{"designer":{"position":{"x":120,"y":120}}}}""");
        return (string)(await PostAsync(browser, "workflow-definitions", new() { ["model"] = new JObject { ["name"] = "Проба", ["root"] = ElsaClient.Chart(line) }, ["publish"] = true }))["workflowDefinition"]!["definitionId"]!;
    }

    private static async Task<string> DispatchedAsync(TestBrowser browser, string id) => (string)(await PostAsync(browser, $"workflow-definitions/{id}/dispatch", []))["workflowInstanceId"]!;

    private static async Task<JObject> PostAsync(TestBrowser browser, string path, JObject body) => await ElsaClient.ReadAsync(await browser.Api.PostAsync($"/elsa/api/{path}", ElsaClient.Json(body), Cancel));
}
