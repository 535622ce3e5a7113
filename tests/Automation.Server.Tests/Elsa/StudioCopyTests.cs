using Automation.Server.Tests.Browser;
using Automation.Server.Tests.Crash;
using Microsoft.Playwright;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Elsa;

/// <summary>An admin opens the workflow behind a trigger's card, changes it in the real Studio and brings it back to the board.</summary>
[Collection(KillLane.Name)]
public sealed class StudioCopyTests
{
    private const int Patience = 120_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Card_OpenedChangedAndApplied_IsInTheDraft()
    {
        await using var browser = await TestBrowser.StartAsync(sandbox: true, studio: true, 1500, 950);
        await browser.SignInAsync();
        var (page, api) = (browser.Page, browser.Api);
        var studio = new StudioPage(page, browser.Admin);

        var (funnel, trigger) = ("prodazhi", "sms-meeting");
        // The address of the server alone leads to the funnels.
        await page.GotoAsync(browser.Admin);
        await page.GetByTestId($"funnel-{funnel}").ClickAsync();
        await page.Locator($"[data-card='{trigger}']").ClickAsync();
        await studio.PictureAsync("board");
        await page.GetByTestId("diagram").ClickAsync();
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
        await page.WaitForURLAsync($"**/funnels/{funnel}?card={trigger}");
        await Assertions.Expect(page.GetByTestId("flow-panel")).ToBeVisibleAsync();
        await studio.PictureAsync("board-chosen");
    }

    private static async Task<string> DraftAsync(HttpClient api, string funnel, string trigger)
    {
        var document = JObject.Parse(await api.GetStringAsync($"/api/funnels/{funnel}/export?version=draft", Cancel));
        return document.SelectTokens("$..triggers[*]").Single(one => (string?)one["id"] == trigger).ToString();
    }
}
