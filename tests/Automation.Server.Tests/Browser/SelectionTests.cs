using System.Text;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Browser;

/// <summary>Several cards at once, and cards that go into another funnel.</summary>
public sealed class SelectionTests
{
    private static readonly string[] Pair = ["card-sms-meeting", "card-welcome"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SeveralCards_SwitchedOff_AreOnAgainByOneUndo()
    {
        await using var browser = await TestBrowser.StartAsync(sandbox: true, studio: false, 1366, 768);
        await browser.SignInAsync();
        var page = browser.Page;
        await page.GotoAsync($"{browser.Admin}/funnels/prodazhi");
        await Assertions.Expect(page.GetByTestId("board")).ToBeVisibleAsync();
        var places = await PlacesAsync(page);
        foreach (var card in Pair) await page.GetByTestId(card).ClickAsync(new() { Modifiers = [KeyboardModifier.Shift] });
        await Assertions.Expect(page.GetByTestId("selection-count")).ToHaveTextAsync("Выделены 2 карточки");
        Assert.Equal(places, await PlacesAsync(page));
        Assert.Equal("", await page.EvaluateAsync<string>("() => getSelection().toString()"));
        await Assertions.Expect(page.GetByTestId("selection-on")).ToHaveAttributeAsync("aria-disabled", "true");

        await page.GetByTestId("selection-off").ClickAsync();
        await Assertions.Expect(page.Locator(".mud-dialog")).ToContainTextAsync("Выключить 2 карточки?");
        await page.Locator(".mud-dialog").GetByText("Выключить", new() { Exact = true }).ClickAsync();
        foreach (var card in Pair) await Assertions.Expect(page.GetByTestId(card).Locator(".badge.off")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByTestId("undo")).ToHaveAttributeAsync("title", "Отменить: Включены или выключены карточки: 2");
        await page.GetByTestId("undo").ClickAsync();
        foreach (var card in Pair) await Assertions.Expect(page.GetByTestId(card).Locator(".badge.off")).ToHaveCountAsync(0);

        foreach (var theme in new[] { "light", "dark" })
        {
            await page.EvaluateAsync("theme => document.documentElement.dataset.theme = theme", theme);
            var found = await page.GetByTestId("selection").RunAxe();
            Assert.DoesNotContain(found.Violations, one => one.Impact is "serious" or "critical");
            await PictureAsync(page, $"selection-{theme}-1366");
        }

        await page.SetViewportSizeAsync(390, 844);
        var bar = await page.GetByTestId("selection").BoundingBoxAsync();
        Assert.InRange(bar!.X, 0, 390 - bar.Width);
        Assert.InRange(bar.Height, 0, 60);
        await PictureAsync(page, "selection-dark-390");
        await page.GetByTestId("selection-clear").FocusAsync();
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.GetByTestId("selection")).ToHaveCountAsync(0);
        await Assertions.Expect(page.Locator("[data-card]:focus")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task SeveralCards_CopiedToAnotherFunnel_AreThereByOneChange()
    {
        await using var browser = await TestBrowser.StartAsync(sandbox: true, studio: false, 1366, 768);
        await browser.SignInAsync();
        await MakeOtherAsync(browser);
        var page = browser.Page;
        await page.GotoAsync($"{browser.Admin}/funnels/prodazhi");
        await page.GetByTestId("card-priority").FocusAsync();
        await page.Keyboard.PressAsync("Control+c");
        foreach (var card in Pair)
        {
            await page.GetByTestId(card).FocusAsync();
            await page.Keyboard.PressAsync("Control+Space");
        }

        await page.GetByTestId("selection-copy-to").ClickAsync();
        await page.GetByTestId("copy-to-vtoraya").ClickAsync();
        await Assertions.Expect(page.GetByTestId("copy-to-notes")).ToHaveTextAsync("1 карточка — на первом этапе: её этапов в этой воронке нет.");
        await PictureAsync(page, "copy-to-light-1366");
        await page.GetByTestId("copy-to-now").ClickAsync();
        await Assertions.Expect(page.GetByText("В черновик воронки «Вторая» скопировано: 2 карточки")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByTestId("selection")).ToHaveCountAsync(0);
        await PictureAsync(page, "copied-light-1366");
        await page.GetByRole(AriaRole.Button, new() { Name = "Открыть", Exact = true }).ClickAsync();

        var (known, stranger) = (page.GetByTestId("card-sms-meeting-vtoraya"), page.GetByTestId("card-welcome-vtoraya"));
        await Assertions.Expect(known).ToHaveAttributeAsync("data-from", "1");
        await Assertions.Expect(stranger).ToHaveAttributeAsync("data-from", "0");
        await Assertions.Expect(page).ToHaveURLAsync($"{browser.Admin}/funnels/vtoraya");
        await Assertions.Expect(page.GetByTestId("undo")).ToHaveAttributeAsync("title", "Отменить: Скопированы карточки: 2");
        await page.GetByTestId("undo").ClickAsync();
        await Assertions.Expect(page.Locator("[data-card]")).ToHaveCountAsync(0);

        // What was copied in the first funnel goes into this one too.
        await page.Keyboard.PressAsync("Control+v");
        await Assertions.Expect(page.GetByTestId("card-priority-vtoraya")).ToHaveAttributeAsync("data-from", "1");
        Assert.Equal(10, JObject.Parse(await browser.Api.GetStringAsync("/api/funnels/prodazhi/export?version=draft", Cancel))["triggers"]!.Count());
    }

    /// <summary>A funnel that has two of the first one's stages.</summary>
    private static async Task MakeOtherAsync(TestBrowser browser)
    {
        var document = JObject.Parse(await browser.Api.GetStringAsync("/api/funnels/prodazhi/export", Cancel));
        (document["slug"], document["name"], document["triggers"]) = ("vtoraya", "Вторая", new JArray());
        document["stages"] = new JArray(document["stages"]!.Skip(1).Take(2));
        (await browser.Api.PostAsync("/api/funnels/import", new StringContent(document.ToString(), Encoding.UTF8, "application/json"), Cancel)).EnsureSuccessStatusCode();
    }

    private static Task<string> PlacesAsync(IPage page) =>
        page.EvaluateAsync<string>("() => [...document.querySelectorAll('[data-card], .stage-head')].map(one => one.getBoundingClientRect()).map(box => `${box.x} ${box.y} ${box.width}`).join()");

    private static Task PictureAsync(IPage page, string name) =>
        Environment.GetEnvironmentVariable("AUTOMATION_SCREENSHOTS") is { } folder ? page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png") }) : Task.CompletedTask;
}
