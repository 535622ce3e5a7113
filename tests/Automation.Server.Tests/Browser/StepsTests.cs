using Automation.Engine.Funnels.Flows;
using Microsoft.Playwright;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Browser;

/// <summary>What happens under <em>Then</em>, built by a person: added, written, dragged, taken back; in the draft it is the same workflow that Studio opens.</summary>
public sealed class StepsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Steps_AddedDraggedAndUndone_AreTheDraftsWorkflow()
    {
        await using var browser = await TestBrowser.StartAsync(sandbox: true, studio: false, 1366, 900);
        var page = browser.Page;
        await browser.SignInAsync();
        await page.GotoAsync($"{browser.Admin}/funnels/prodazhi?card=sms-meeting");

        await AddAsync(page, "add-step", "Elsa.FlowDecision");
        await AddAsync(page, "add-step", "Crm.CreateTask");
        var text = page.GetByTestId("in-step2-text");
        await Assertions.Expect(text).ToBeFocusedAsync();
        await text.PressSequentiallyAsync("Позвонить ");
        await page.GetByTestId("form-step2").GetByText("Имя контакта").First.ClickAsync();
        await Assertions.Expect(text).ToHaveValueAsync("Позвонить {{ contact.name }}");

        await DragAsync(page, "step2", page.GetByTestId("way-step1-True"));
        await Assertions.Expect(page.GetByTestId("way-step1-True").GetByTestId("step-step2")).ToBeVisibleAsync();
        await ExpectAsync(browser, "sms step1{True:step2}");
        await ExpectAsync(browser, "Позвонить {{ contact.name }}", "step2", "text");

        await page.GetByTestId("open-step2").PressAsync("Alt+ArrowLeft");
        await Assertions.Expect(page.GetByTestId("way-step1-True").GetByTestId("step-step2")).ToHaveCountAsync(0);
        await ExpectAsync(browser, "sms step1 step2");

        await page.Locator("h2, .toolbar-title").First.ClickAsync();
        await page.Keyboard.PressAsync("Control+z");
        await Assertions.Expect(page.GetByTestId("way-step1-True").GetByTestId("step-step2")).ToBeVisibleAsync();
        await ExpectAsync(browser, "sms step1{True:step2}");
    }

    private static async Task AddAsync(IPage page, string button, string type)
    {
        await page.GetByTestId(button).ClickAsync();
        await page.GetByTestId($"tile-{type}").ClickAsync();
    }

    private static async Task DragAsync(IPage page, string step, ILocator to)
    {
        var from = (await page.Locator($"[data-step='{step}'] > .step-head [data-grip]").BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(from.X + 5, from.Y + 8);
        await page.Mouse.DownAsync();
        var target = (await to.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(target.X + 40, target.Y + 34, new() { Steps = 6 });
        await page.Mouse.UpAsync();
    }

    // The draft is saved behind the screen: asked for until it is there.
    private static async Task ExpectAsync(TestBrowser browser, string shape)
    {
        var list = FlowList.Empty;
        for (var tries = 0; tries < 50 && Shape(list.Steps) != shape; tries++)
        {
            list = FlowListReader.Read(await ThenAsync(browser)).List!;
            await browser.Page.WaitForTimeoutAsync(100);
        }

        Assert.Equal(shape, Shape(list.Steps));
    }

    private static async Task ExpectAsync(TestBrowser browser, string value, string step, string input) =>
        Assert.Equal(value, (string?)FlowListReader.Read(await ThenAsync(browser)).List!.Find(step)!.Activity.SelectToken($"{input}.expression.value"));

    private static async Task<JObject> ThenAsync(TestBrowser browser)
    {
        var draft = JObject.Parse(await browser.Api.GetStringAsync("/api/funnels/prodazhi/draft", Cancel));
        return (JObject)draft.SelectToken("document.triggers[?(@.id == 'sms-meeting')].then")!;
    }

    private static string Shape(IReadOnlyList<FlowStep> steps) => string.Join(' ', steps.Select(step =>
        step.Id + (step.Ways.Any(way => way.Steps.Count > 0) ? "{" + string.Join(' ', step.Ways.Where(way => way.Steps.Count > 0).Select(way => $"{way.Port}:{Shape(way.Steps)}")) + "}" : "")));
}
