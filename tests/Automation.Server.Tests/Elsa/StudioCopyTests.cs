using Automation.Server.Tests.Crash;
using Automation.Testing;
using Microsoft.Playwright;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Elsa;

/// <summary>An admin opens the workflow behind a trigger's card, changes it in the real Studio and brings it back to the board.</summary>
[Collection(KillLane.Name)]
public sealed class StudioCopyTests
{
    private const string Chromium = "/usr/bin/chromium";
    private const int Patience = 120_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Card_OpenedChangedAndApplied_IsInTheDraft()
    {
        if (!File.Exists(Chromium)) Assert.Skip("No Chromium: /usr/bin/chromium is not installed.");
        if (!Directory.Exists(Path.Combine(Path.GetDirectoryName(ServerProcess.Dll)!, "studio", "_framework"))) Assert.Skip("Elsa Studio was not built: there was no Node.");
        using var folder = new TempDirectory();
        var (admin, hooks, sandbox) = ($"http://127.0.0.1:{TestPorts.Next()}", $"http://127.0.0.1:{TestPorts.Next()}", $"http://127.0.0.1:{TestPorts.Next()}");
        using var server = await ServerProcess.StartAsync(["--sandbox", "--data", folder.Path, "--url", admin, "--hook-url", hooks, "--sandbox-url", sandbox], new Dictionary<string, string>(), Cancel);
        using var api = new HttpClient { BaseAddress = new Uri(admin) };
        api.DefaultRequestHeaders.Add("X-Api-Key", await File.ReadAllTextAsync(folder.File("cli.key"), Cancel));
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Chromium,
            Headless = true,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
        var page = await browser.NewPageAsync(new() { ViewportSize = new() { Width = 1500, Height = 950 } });
        page.SetDefaultTimeout(Patience);
        await page.Context.APIRequest.PostAsync($"{admin}/api/session", new() { Headers = api.DefaultRequestHeaders.ToDictionary(header => header.Key, header => header.Value.First()) });
        var studio = new StudioPage(page, admin);

        await page.GotoAsync(admin);
        var card = page.Locator("[data-testid^=trigger-]").Filter(new() { Has = page.Locator(".flow") }).First;
        var (funnel, trigger) = (await card.GetAttributeAsync("data-trigger"))!.Split('/') is [var of, var which] ? (of, which) : ("", "");
        await studio.PictureAsync("board");
        await card.Locator(".flow").ClickAsync();
        await page.Locator(".x6-cell").First.WaitForAsync();
        await Assertions.Expect(page.Locator("[data-copy=apply]")).ToBeDisabledAsync();

        await studio.DropAsync("Записать строку", 330, 330);
        await Assertions.Expect(page.Locator("[data-copy=state]")).ToContainTextAsync("Есть изменения", new() { Timeout = Patience });
        Assert.DoesNotContain("Elsa.WriteLine", await DraftAsync(api, funnel, trigger), StringComparison.Ordinal);
        await studio.PictureAsync("copy");
        await page.Locator("[data-copy=apply]").ClickAsync();
        await Assertions.Expect(page.Locator("[data-copy=state]")).ToContainTextAsync("записан в черновик", new() { Timeout = Patience });
        Assert.Contains("Elsa.WriteLine", await DraftAsync(api, funnel, trigger), StringComparison.Ordinal);

        await page.Locator("[data-copy=board]").ClickAsync();
        var chosen = page.Locator(".trigger.chosen");
        await chosen.WaitForAsync();
        Assert.Equal($"trigger-{trigger}", await chosen.GetAttributeAsync("data-testid"));
        await studio.PictureAsync("board-chosen");
    }

    private static async Task<string> DraftAsync(HttpClient api, string funnel, string trigger)
    {
        var document = JObject.Parse(await api.GetStringAsync($"/api/funnels/{funnel}/export?version=draft", Cancel));
        return document.SelectTokens("$..triggers[*]").Single(one => (string?)one["id"] == trigger).ToString();
    }
}
