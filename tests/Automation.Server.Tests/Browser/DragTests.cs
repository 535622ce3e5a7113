using Microsoft.Playwright;

namespace Automation.Server.Tests.Browser;

/// <summary>The story of the product, as its user: a deal is dragged in the CRM, the SMS is on the phone.</summary>
public sealed class DragTests
{
    [Fact]
    public async Task Drag_DealToTheMeetingStage_SmsArrivesAndTheJournalTellsWhy()
    {
        await using var browser = await TestBrowser.StartAsync(sandbox: true, studio: false, 1280, 720);
        var (page, sandbox) = (browser.Page, browser.Sandbox);
        await page.GotoAsync($"{sandbox}/sandbox");
        await page.GetByTestId("deal-40215877").DragToAsync(page.GetByTestId("stage-8240010-68120458"));
        await Assertions.Expect(page.GetByTestId("stage-8240010-68120458").GetByTestId("deal-40215877")).ToBeVisibleAsync();

        await page.GotoAsync($"{sandbox}/sandbox/phone");
        await Assertions.Expect(page.GetByTestId("sms-list")).ToContainTextAsync("Ждём вас на встрече", new() { Timeout = 60_000 });

        var why = await browser.Api.GetStringAsync("/api/why?deal=40215877", TestContext.Current.CancellationToken);
        Assert.Contains("\"outcome\":\"fired\"", why, StringComparison.Ordinal);
    }
}
