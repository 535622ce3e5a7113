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
    private const string Deal = "40215801";

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
        // It begins with what starts it: the card, in words.
        var start = page.Locator(".x6-node").Filter(new() { HasText = "SMS о встрече" });
        await Assertions.Expect(start).ToContainTextAsync("Сделка перешла на этап");
        await Assertions.Expect(page.Locator(".x6-edge")).ToHaveCountAsync(1);
        await Assertions.Expect(page.Locator("[data-copy=apply]")).ToBeDisabledAsync();
        await start.ClickAsync();
        await page.GetByRole(AriaRole.Tab, new() { Name = "Input", Exact = true }).ClickAsync();
        await studio.PictureAsync("start");
        await Assertions.Expect(page.Locator("[draggable=true]").Filter(new() { HasText = "Триггер воронки" })).ToHaveCountAsync(0);

        await studio.DropAsync("Записать строку", 330, 330);
        await Assertions.Expect(page.Locator("[data-copy=state]")).ToContainTextAsync("Есть изменения", new() { Timeout = Patience });
        Assert.DoesNotContain("Elsa.WriteLine", await DraftAsync(api, funnel, trigger), StringComparison.Ordinal);
        await studio.PictureAsync("copy");
        await page.Locator("[data-copy=apply]").ClickAsync();
        await Assertions.Expect(page.Locator("[data-copy=state]")).ToContainTextAsync("записан в черновик", new() { Timeout = Patience });
        Assert.Contains("Elsa.WriteLine", await DraftAsync(api, funnel, trigger), StringComparison.Ordinal);
        Assert.DoesNotContain("Crm.Trigger", await DraftAsync(api, funnel, trigger), StringComparison.Ordinal);

        await page.Locator("[data-copy=board]").ClickAsync();
        await page.WaitForURLAsync($"**/funnels/{funnel}?card={trigger}");
        await Assertions.Expect(page.GetByTestId("flow-panel")).ToBeVisibleAsync();
        await studio.PictureAsync("board-chosen");
        await RunAsync(browser, studio);
    }

    /// <summary>A run of the published version is drawn with the same beginning.</summary>
    private static async Task RunAsync(TestBrowser browser, StudioPage studio)
    {
        var page = browser.Page;
        await page.GotoAsync($"{browser.Admin}/journal");
        await Assertions.Expect(page.Locator(".live-state.on")).ToBeVisibleAsync();
        var moved = await page.Context.APIRequest.PostAsync($"{browser.Sandbox}/sandbox/ui/deals/{Deal}/move", new() { DataObject = new { pipeline_id = 8240010, status_id = 68120458 } });
        Assert.Equal(200, moved.Status);
        await Assertions.Expect(page.GetByTestId("journal").Locator($"[data-deal='{Deal}']").Filter(new() { HasText = "SMS о встрече" }).First).ToBeVisibleAsync(new() { Timeout = Patience });
        using var which = new StringContent("""{"definitionIds":["prodazhi.sms-meeting"]}""", System.Text.Encoding.UTF8, "application/json");
        var runs = JObject.Parse(await (await browser.Api.PostAsync("/elsa/api/workflow-instances", which, Cancel)).Content.ReadAsStringAsync(Cancel))["items"]!;

        var trouble = new System.Collections.Concurrent.ConcurrentBag<string>();
        page.PageError += (_, error) => trouble.Add(error);
        page.Console += (_, line) =>
        {
            if (line.Type == "error") trouble.Add(line.Text);
        };
        await studio.OpenRunAsync((string)runs[0]!["id"]!, "Отправить SMS");
        await Assertions.Expect(page.Locator(".x6-node").Filter(new() { HasText = "Сделка перешла на этап" })).ToHaveCountAsync(1);
        await Assertions.Expect(page.Locator(".x6-edge")).ToHaveCountAsync(1);
        await Assertions.Expect(page.Locator("#blazor-error-ui")).ToBeHiddenAsync();
        await studio.PictureAsync("run-of-a-trigger");
        Assert.True(trouble.IsEmpty, string.Join("\n", trouble));
    }

    private static async Task<string> DraftAsync(HttpClient api, string funnel, string trigger)
    {
        var document = JObject.Parse(await api.GetStringAsync($"/api/funnels/{funnel}/export?version=draft", Cancel));
        return document.SelectTokens("$..triggers[*]").Single(one => (string?)one["id"] == trigger).ToString();
    }
}
