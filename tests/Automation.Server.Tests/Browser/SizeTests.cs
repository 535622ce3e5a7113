using Microsoft.Playwright;

namespace Automation.Server.Tests.Browser;

/// <summary>The board on a phone, one stage at a time; its panel as wide as its user likes it; and a click that comes early.</summary>
public sealed class SizeTests
{
    [Fact]
    public async Task Board_OnAPhone_ShowsOneStageAndLeadsToEach()
    {
        await using var browser = await TestBrowser.StartAsync(sandbox: true, studio: false, 390, 844);
        await browser.SignInAsync();
        var page = browser.Page;
        await page.GotoAsync($"{browser.Admin}/funnels/prodazhi");
        var names = page.GetByTestId("stage-nav").Locator("button");
        await Assertions.Expect(names.First).ToHaveAttributeAsync("aria-current", "true");
        await Assertions.Expect(page.GetByTestId("card-welcome")).ToBeInViewportAsync();
        var card = page.GetByTestId("card-sms-meeting");
        await Assertions.Expect(card).Not.ToBeInViewportAsync();
        // A row that only another stage needs leaves no gap.
        await Assertions.Expect(page.GetByTestId("card-priority")).ToBeHiddenAsync();

        await names.Filter(new() { HasText = "Встреча" }).ClickAsync();
        await Assertions.Expect(names.Filter(new() { HasText = "Встреча" })).ToHaveAttributeAsync("aria-current", "true");
        await Assertions.Expect(names.First).Not.ToHaveAttributeAsync("aria-current", "true");
        await Assertions.Expect(card).ToBeInViewportAsync();
        await Assertions.Expect(page.GetByTestId("card-priority")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByTestId("card-welcome")).Not.ToBeInViewportAsync();
        Assert.InRange((await page.Locator("[data-stage-head='2']").BoundingBoxAsync())!.Width, 370, 390);

        // Turned to a wide screen, nothing is folded away.
        await names.First.ClickAsync();
        await Assertions.Expect(page.GetByTestId("card-priority")).ToBeHiddenAsync();
        await page.SetViewportSizeAsync(1366, 768);
        await Assertions.Expect(page.GetByTestId("stage-nav")).ToBeHiddenAsync();
        await Assertions.Expect(page.GetByTestId("card-priority")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Panel_WidenedAtItsEdge_StaysSo()
    {
        await using var browser = await TestBrowser.StartAsync(sandbox: true, studio: false, 1366, 768);
        await browser.SignInAsync();
        var page = browser.Page;
        await page.GotoAsync($"{browser.Admin}/funnels/prodazhi?card=priority");
        var (panel, edge) = (page.GetByTestId("flow-panel"), page.GetByTestId("panel-edge"));
        await Assertions.Expect(panel).ToBeVisibleAsync();
        await edge.FocusAsync();
        await page.Keyboard.PressAsync("ArrowLeft");
        await page.Keyboard.PressAsync("ArrowLeft");
        Assert.Equal(520, (await panel.BoundingBoxAsync())!.Width, 1);

        var box = (await edge.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + 3, 400);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X - 97, 400, new() { Steps = 5 });
        await page.Mouse.UpAsync();
        Assert.Equal(620, (await panel.BoundingBoxAsync())!.Width, 1);
        await page.ReloadAsync();
        await Assertions.Expect(panel).ToBeVisibleAsync();
        Assert.Equal(620, (await panel.BoundingBoxAsync())!.Width, 1);

        // The whole width, and back.
        await edge.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        Assert.Equal(1306, (await panel.BoundingBoxAsync())!.Width, 1);
        await page.Keyboard.PressAsync("Enter");
        Assert.Equal(620, (await panel.BoundingBoxAsync())!.Width, 1);
    }

    [Fact]
    public async Task Card_ClickedBeforeTheBoardsScriptStands_IsOpened()
    {
        await using var browser = await TestBrowser.StartAsync(sandbox: true, studio: false, 1366, 768);
        await browser.SignInAsync();
        var page = browser.Page;
        var clicked = new TaskCompletionSource();
        await page.RouteAsync("**/designer/board.js", async route =>
        {
            await clicked.Task;
            await route.ContinueAsync();
        });
        await page.GotoAsync($"{browser.Admin}/funnels/prodazhi", new() { WaitUntil = WaitUntilState.Commit });
        await page.GetByTestId("card-priority").ClickAsync();
        clicked.SetResult();
        await Assertions.Expect(page.GetByTestId("panel-title")).ToHaveValueAsync("Высокий приоритет для крупных сделок");
    }

    [Fact]
    public async Task Key_PressedBeforeThePageListens_IsHeard()
    {
        await using var browser = await TestBrowser.StartAsync(sandbox: true, studio: false, 1366, 768);
        await browser.SignInAsync();
        var page = browser.Page;
        // Pressed within the very drawing of the page: the server cannot have asked for keys before.
        await page.AddInitScriptAsync("""
            new MutationObserver((_, watch) => {
              if (!document.querySelector("[data-page-keys]")) return;
              watch.disconnect();
              document.body.dispatchEvent(new KeyboardEvent("keydown", { code: "KeyK", key: "k", ctrlKey: true, bubbles: true, cancelable: true }));
            }).observe(document, { childList: true, subtree: true });
            """);
        await page.GotoAsync($"{browser.Admin}/funnels/prodazhi");
        await Assertions.Expect(page.Locator("#search-text")).ToBeVisibleAsync();
    }
}
