using System.Text;
using Automation.Engine.Api;
using Microsoft.Playwright;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Browser;

/// <summary>An admin's work on the board, in a real browser.</summary>
public sealed class DesignerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Funnel_BuiltFromNothing_IsPublishedAndSeenRunning()
    {
        await using var browser = await TestBrowser.StartAsync(sandbox: true, studio: false, 1366, 768);
        await browser.SignInAsync();
        var (page, done) = (browser.Page, 0);
        await page.GotoAsync($"{browser.Admin}/funnels");
        await Click("new-funnel");
        await Click("new-make");
        await Click("add-entering-3");
        await Click("tile-Crm.SendSms");
        await Click("add-line-root");
        await Type("cf-0", "Бюджет", "Enter");
        await Type("cv-0-0", "1000", "Enter");
        await Click("open-step1");
        await Type("in-step1-text", "Здравствуйте, {{ contact.name }}!");
        await Click("add-step");
        await Click("tile-Automation.Wait");
        await Click("add-step");
        await Click("tile-Crm.CreateTask");
        await Type("in-step3-text", "Перезвонить", "Tab");
        await Assertions.Expect(page.GetByTestId("saved")).ToHaveTextAsync("Сохранено");
        await Assertions.Expect(page.GetByTestId("problems")).ToHaveCountAsync(0);
        await Click("publish");
        await Click("publish-now");
        Assert.True(done <= 25, $"{done} clicks and keystroke groups");
        await Assertions.Expect(page.GetByText("Опубликована версия 1").First).ToBeVisibleAsync();

        var trigger = JObject.Parse(await browser.Api.GetStringAsync("/api/funnels/prodazhi-2/export", Cancel))["triggers"]![0]!;
        Assert.Equal("[deal.price] > 1000", (string?)trigger["if"]!["text"]);
        Assert.Equal(["Crm.SendSms", "Automation.Wait", "Crm.CreateTask"], trigger["then"]!["root"]!["activities"]!.Select(one => (string)one["type"]!));
        Assert.Equal("1wd", (string?)trigger["then"]!["root"]!["activities"]![1]!["duration"]!["expression"]!["value"]);

        await page.GetByTestId("panel-close").ClickAsync();
        await page.GetByTestId("mode-live").ClickAsync();
        await Assertions.Expect(page.GetByTestId("live-panel")).ToHaveAttributeAsync("aria-busy", "false");
        var crm = await browser.SecondAsync();
        await browser.DragDealAsync(crm, "40215877", "68120458");
        await Assertions.Expect(page.GetByTestId("live-panel")).ToContainTextAsync("40215877", new() { Timeout = 60_000 });
        await Assertions.Expect(page.GetByTestId("dot-40215877")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByTestId("card-send-sms").Locator(".fired")).ToContainTextAsync("1");
        await crm.GotoAsync($"{browser.Sandbox}/sandbox/phone");
        await Assertions.Expect(crm.GetByTestId("sms-list")).ToContainTextAsync("Здравствуйте, ", new() { Timeout = 60_000 });

        async Task Click(string what)
        {
            await page.GetByTestId(what).ClickAsync();
            done++;
        }

        async Task Type(string where, string text, string? key = null)
        {
            await page.GetByTestId(where).FillAsync(text);
            if (key is not null) await page.GetByTestId(where).PressAsync(key);
            done++;
        }
    }

    [Fact]
    public async Task FiftyChanges_UndoneReloadedRedone_GiveTheSameFile()
    {
        await using var browser = await TestBrowser.StartAsync(sandbox: true, studio: false, 1366, 768);
        await browser.SignInAsync();
        var page = browser.Page;
        await page.GotoAsync($"{browser.Admin}/funnels/prodazhi?card=priority");
        var title = page.GetByTestId("panel-title");
        await Assertions.Expect(title).ToHaveValueAsync("Высокий приоритет для крупных сделок");
        var before = await ExportAsync(browser);
        for (var i = 1; i <= 50; i++)
        {
            await title.FillAsync($"Приоритет {i}");
            await title.PressAsync("Enter");
            await Assertions.Expect(page.GetByTestId("card-priority")).ToContainTextAsync($"Приоритет {i}");
        }

        await SavedAsync(page);
        var after = await ExportAsync(browser);
        await page.GetByTestId("panel-close").ClickAsync();
        for (var i = 0; i < 50; i++) await page.Keyboard.PressAsync("Control+z");
        await Assertions.Expect(page.GetByTestId("undo")).ToBeDisabledAsync(new() { Timeout = 60_000 });
        await SavedAsync(page);
        Assert.Equal(before, await ExportAsync(browser));
        await page.ReloadAsync();
        await Assertions.Expect(page.GetByTestId("redo")).ToBeEnabledAsync();
        await Assertions.Expect(page.GetByTestId("redo")).ToHaveAttributeAsync("title", "Вернуть: Карточка переименована в «Приоритет 1»");
        await page.GetByTestId("card-priority").FocusAsync();
        for (var i = 0; i < 50; i++) await page.Keyboard.PressAsync("Control+Shift+z");
        await Assertions.Expect(page.GetByTestId("redo")).ToBeDisabledAsync(new() { Timeout = 60_000 });
        await SavedAsync(page);
        Assert.Equal(after, await ExportAsync(browser));
    }

    [Fact]
    public async Task TwoPeople_OnOneFunnel_SeeEachOtherAndLoseNothing()
    {
        await using var browser = await TestBrowser.StartAsync(sandbox: true, studio: false, 1366, 768);
        await browser.SignInAsync();
        var (anna, boris) = (browser.Page, await browser.OtherAsync("Борис", Roles.Editor));
        foreach (var (page, card) in new[] { (anna, "priority"), (boris, "sms-meeting") }) await page.GotoAsync($"{browser.Admin}/funnels/prodazhi?card={card}");
        await Assertions.Expect(anna.Locator(".chip.others")).ToContainTextAsync("Борис");
        await Task.WhenAll(RenameAsync(anna, "card-priority", "А"), RenameAsync(boris, "card-sms-meeting", "Б"));
        foreach (var page in new[] { anna, boris })
        {
            await Assertions.Expect(page.GetByTestId("card-priority")).ToContainTextAsync("А 8");
            await Assertions.Expect(page.GetByTestId("card-sms-meeting")).ToContainTextAsync("Б 8");
        }

        // The same card: the later one is told who was there first.
        await boris.GotoAsync($"{browser.Admin}/funnels/prodazhi?card=priority");
        await Assertions.Expect(boris.GetByTestId("panel-title")).ToHaveValueAsync("А 8");
        await boris.GetByTestId("panel-title").FillAsync("Борис");
        await boris.GetByTestId("panel-title").PressAsync("Enter");
        await Assertions.Expect(anna.GetByTestId("card-priority")).ToContainTextAsync("Борис");
        await anna.GetByTestId("undo").ClickAsync();
        await Assertions.Expect(anna.GetByText("потом изменили (Борис)")).ToBeVisibleAsync();

        static async Task RenameAsync(IPage page, string card, string name)
        {
            for (var i = 1; i <= 8; i++)
            {
                await page.GetByTestId("panel-title").FillAsync($"{name} {i}");
                await page.GetByTestId("panel-title").PressAsync("Enter");
                await Assertions.Expect(page.GetByTestId(card)).ToContainTextAsync($"{name} {i}");
            }
        }
    }

    [Fact]
    public async Task Keyboard_Alone_AddsMovesSwitchesAndPublishes()
    {
        await using var browser = await TestBrowser.StartAsync(sandbox: true, studio: false, 1366, 768);
        await browser.SignInAsync();
        var page = browser.Page;
        await page.GotoAsync($"{browser.Admin}/funnels/prodazhi");
        await Assertions.Expect(page.GetByTestId("board")).ToBeVisibleAsync();
        // Tab leads into the board, arrows lead through it.
        for (var i = 0; i < 60 && await FocusedAsync(page) is not "card-welcome"; i++) await page.Keyboard.PressAsync("Tab");
        Assert.Equal("card-welcome", await FocusedAsync(page));
        await page.Keyboard.PressAsync("ArrowRight");
        await page.Keyboard.PressAsync("ArrowRight");
        Assert.Equal("card-sms-meeting", await FocusedAsync(page));
        await page.Keyboard.PressAsync("Shift+ArrowRight");
        await Assertions.Expect(page.GetByTestId("undo")).ToHaveAttributeAsync("title", "Отменить: Карточка «SMS о встрече»: другие этапы");
        await page.Keyboard.PressAsync("n");
        await Assertions.Expect(page.GetByTestId("add-search")).ToBeVisibleAsync();
        await page.Keyboard.TypeAsync("примечание");
        await Assertions.Expect(page.GetByTestId("tile-Crm.AddNote")).ToBeVisibleAsync();
        for (var i = 0; i < 10 && await FocusedAsync(page) is not "tile-Crm.AddNote"; i++) await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByTestId("panel-title")).ToHaveValueAsync("Добавить примечание");
        for (var i = 0; i < 80 && await FocusedAsync(page) is not "open-step1"; i++) await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByTestId("in-step1-text")).ToBeVisibleAsync();
        for (var i = 0; i < 20 && await FocusedAsync(page) is not "in-step1-text"; i++) await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync("Позвонил");
        await page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(page.Locator(".panel-problem.error")).ToHaveCountAsync(0);
        await SavedAsync(page);
        // "Saved" may still be of the change before: publishing shows what is wrong at its opening.
        await Assertions.Expect(page.Locator("[data-testid=problems].error")).ToHaveCountAsync(0);
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("Control+Enter");
        await Assertions.Expect(page.GetByTestId("publish-now")).ToBeEnabledAsync();
        for (var i = 0; i < 30 && await FocusedAsync(page) is not "publish-now"; i++) await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByText("Опубликована версия 2").First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Version_PutBack_IsTheDraftAgain()
    {
        await using var browser = await TestBrowser.StartAsync(sandbox: true, studio: false, 1366, 768);
        await browser.SignInAsync();
        var published = JObject.Parse(await browser.Api.GetStringAsync("/api/funnels/prodazhi/export?version=1", Cancel));
        (await browser.Api.PostAsync("/api/funnels/import?publish=true", new StringContent(published.ToString().Replace("Высокий приоритет для крупных сделок", "Другое имя", StringComparison.Ordinal), Encoding.UTF8, "application/json"), Cancel)).EnsureSuccessStatusCode();
        var page = browser.Page;
        await page.GotoAsync($"{browser.Admin}/funnels/prodazhi");
        await page.GetByTestId("more").ClickAsync();
        await page.GetByTestId("command-history").ClickAsync();
        await page.GetByTestId("version-1").ClickAsync();
        await Assertions.Expect(page.Locator(".difference-lines")).ToContainTextAsync("раньше называлась «Высокий приоритет для крупных сделок»");
        await page.GetByTestId("restore").ClickAsync();
        await Assertions.Expect(page.GetByTestId("card-priority")).ToContainTextAsync("Высокий приоритет");
        await Assertions.Expect(page.GetByTestId("draft-changes")).ToBeVisibleAsync();
        Assert.True(JToken.DeepEquals(published, JObject.Parse(await ExportAsync(browser))));
    }

    private static Task SavedAsync(IPage page) => Assertions.Expect(page.GetByTestId("saved")).ToHaveTextAsync("Сохранено");

    private static Task<string?> FocusedAsync(IPage page) => page.EvaluateAsync<string?>("() => document.activeElement?.closest('[data-testid]')?.dataset.testid ?? null");

    private static Task<string> ExportAsync(TestBrowser browser) => browser.Api.GetStringAsync("/api/funnels/prodazhi/export?version=draft", Cancel);
}
