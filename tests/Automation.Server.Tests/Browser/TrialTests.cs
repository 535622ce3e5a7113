using System.Text;
using Microsoft.Playwright;

namespace Automation.Server.Tests.Browser;

/// <summary>An admin tries a draft before it holds: over the board, and on one deal.</summary>
public sealed class TrialTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Trial_OfAChangedCondition_IsDrawnOnTheBoard_AndADealIsSeenStepByStep()
    {
        await using var browser = await TestBrowser.StartAsync(sandbox: true, studio: false, 1366, 768);
        var page = browser.Page;
        await browser.DragDealAsync(page, "40215877", "68120458");
        await page.GotoAsync($"{browser.Sandbox}/sandbox/phone");
        await Assertions.Expect(page.GetByTestId("sms-list")).ToContainTextAsync("Ждём вас на встрече", new() { Timeout = 60_000 });
        var draft = (await browser.Api.GetStringAsync("/api/funnels/prodazhi/export?version=draft", Cancel)).Replace(">= 30000", ">= 900000", StringComparison.Ordinal);
        (await browser.Api.PostAsync("/api/funnels/import", new StringContent(draft, Encoding.UTF8, "application/json"), Cancel)).EnsureSuccessStatusCode();
        await browser.SignInAsync();

        await page.GotoAsync($"{browser.Admin}/funnels/prodazhi");
        await page.GetByTestId("mode-trial").ClickAsync();
        await page.GetByTestId("trial-start").ClickAsync();
        await Assertions.Expect(page.GetByTestId("trial-told")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await Assertions.Expect(page.GetByTestId("card-priority")).ToContainTextAsync("Проба: сработал: 0 (было 1)");
        await Assertions.Expect(page.GetByTestId("card-sms-meeting")).ToContainTextAsync("SMS: 1");
        await page.GetByTestId("card-priority").ClickAsync();
        var examples = page.GetByTestId("examples-published");
        await Assertions.Expect(examples).ToContainTextAsync("условие не выполнено");

        await examples.GetByRole(AriaRole.Button, new() { Name = "№ 40215877" }).ClickAsync();
        await Assertions.Expect(page.GetByTestId("tried-priority")).ToContainTextAsync("не сработает");
        await page.GetByTestId("try-trigger").SelectOptionAsync("sms-meeting");
        await Assertions.Expect(page.GetByTestId("tried-sms-meeting")).ToContainTextAsync("Отправил бы SMS на +7916***");

        // Who publishes sees it once more.
        await page.GotoAsync($"{browser.Admin}/funnels/prodazhi");
        await page.GetByTestId("publish").ClickAsync();
        await Assertions.Expect(page.GetByTestId("publish-trial")).ToContainTextAsync("сработал: 0 (было 1)");
        // It was a trial: the phone has what it had.
        await page.GotoAsync($"{browser.Sandbox}/sandbox/phone");
        await Assertions.Expect(page.GetByText("Ждём вас на встрече")).ToHaveCountAsync(1);
    }
}
