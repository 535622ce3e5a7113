using System.Text;
using Microsoft.Playwright;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Browser;

/// <summary>What runs, as an admin sees it: the journal moves, a run is hurried, a failure is mended, a manager says that he is here.</summary>
public sealed class RunningPagesTests
{
    private const string Deal = "40215801";
    private const string Meeting = "68120458";
    private const string Invoice = "68120462";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pages_OfRunningWork_ShowWhatHappensAndDoWhatIsAsked()
    {
        await using var browser = await TestBrowser.StartAsync(sandbox: true, studio: false, 1366, 768);
        await browser.SignInAsync();
        var page = browser.Page;
        await PublishFailingAsync(browser);

        await page.GotoAsync($"{browser.Admin}/journal");
        await Assertions.Expect(page.Locator(".live-state.on")).ToBeVisibleAsync();
        await MoveAsync(browser, Deal, Meeting);
        var journal = page.GetByTestId("journal");
        await Assertions.Expect(journal.Locator($"[data-deal='{Deal}']").Filter(new() { HasText = "SMS о встрече" }).First).ToBeVisibleAsync(new() { Timeout = 60_000 });

        // The row leads to the deal: why each trigger did, or did not.
        await journal.Locator($"[data-deal='{Deal}'] .deal-link").First.ClickAsync();
        await Assertions.Expect(page.GetByTestId("why-sms-meeting")).ToContainTextAsync("сработал");
        await Assertions.Expect(page.GetByTestId("why-booking-field")).ToContainTextAsync("нужное событие не приходило");

        await HurryAsync(browser);
        await MendAsync(browser);
        await StaffAsync(browser);
    }

    /// <summary>The booking waits for its lesson of patience: it goes on when it is told to.</summary>
    private static async Task HurryAsync(TestBrowser browser)
    {
        var page = browser.Page;
        await page.GotoAsync($"{browser.Admin}/waiting?funnel=prodazhi&deal={Deal}");
        var waiting = page.GetByTestId("waiting").Locator("li").First;
        var run = (await waiting.GetAttributeAsync("data-testid"))!["waiting-".Length..];
        await page.GetByTestId($"now-{run}").ClickAsync();
        await Assertions.Expect(page.Locator(".mud-snackbar").First).ToContainTextAsync("Запуск идёт дальше");
        await page.GotoAsync($"{browser.Admin}/runs/{run}");
        await Assertions.Expect(page.GetByTestId("steps").Locator("li").First).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByTestId("journal")).ToContainTextAsync("ждёт", new() { Timeout = 60_000 });
    }

    private static async Task MendAsync(TestBrowser browser)
    {
        var page = browser.Page;
        await MoveAsync(browser, Deal, Invoice);
        await page.GotoAsync($"{browser.Admin}/failed");
        var failed = page.GetByTestId("failed").Locator("li").First;
        await Assertions.Expect(failed).ToContainTextAsync("Нет на складе", new() { Timeout = 60_000 });
        var run = (await failed.GetAttributeAsync("data-testid"))!["failed-".Length..];
        await page.GetByTestId($"edit-{run}").ClickAsync();
        await page.GetByTestId("edit-message").FillAsync("Привезут завтра");
        await page.GetByTestId("edit-retry").ClickAsync();
        await Assertions.Expect(page.Locator(".trouble-box")).ToContainTextAsync("Привезут завтра", new() { Timeout = 60_000 });
        await page.GetByTestId("run-skip").ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Разобрано, не повторять" }).ClickAsync();
        await Assertions.Expect(page.Locator(".page-head .state-mark")).ToContainTextAsync("отменено", new() { Timeout = 60_000 });
        await page.GotoAsync($"{browser.Admin}/failed");
        await Assertions.Expect(page.Locator(".nothing")).ToContainTextAsync("разбирать нечего");
    }

    private static async Task StaffAsync(TestBrowser browser)
    {
        var page = browser.Page;
        await page.GotoAsync($"{browser.Admin}/managers");
        var manager = (await page.GetByTestId("managers").Locator("li").First.GetAttributeAsync("data-testid"))!["manager-".Length..];
        await page.GetByTestId($"edit-{manager}").ClickAsync();
        await page.GetByTestId("max-open").FillAsync("9");
        await page.GetByTestId("works-Sunday").UncheckAsync();
        // A lunch break: two shifts on Monday. The one that is added stands in the way of the first until that one ends earlier.
        if (!await page.GetByTestId("works-Monday").IsCheckedAsync()) await page.GetByTestId("works-Monday").CheckAsync();
        await page.GetByTestId("start-Monday-1").FillAsync("09:00");
        await page.GetByTestId("end-Monday-1").FillAsync("18:00");
        await page.GetByTestId("add-shift-Monday").PressAsync("Enter");
        await Assertions.Expect(page.GetByTestId("add-shift-Monday")).ToBeFocusedAsync();
        await page.GetByTestId("start-Monday-2").FillAsync("14:00");
        await page.GetByTestId("end-Monday-2").FillAsync("18:00");
        await Assertions.Expect(page.GetByTestId("shift-problem")).ToHaveTextAsync("Смены пересекаются: понедельник 09:00–18:00 и понедельник 14:00–18:00.");
        await page.GetByTestId("save-manager").ClickAsync();
        await Assertions.Expect(page.Locator(".mud-snackbar").Last).ToContainTextAsync("пересекаются");
        await page.GetByTestId("end-Monday-1").FillAsync("13:00");
        await Assertions.Expect(page.GetByTestId("shift-problem")).ToBeEmptyAsync();
        await page.GetByTestId("save-manager").ClickAsync();
        await Assertions.Expect(page.GetByTestId($"manager-{manager}")).ToContainTextAsync("не больше 9 сразу");
        var set = JObject.Parse(await browser.Api.GetStringAsync("/api/managers", Cancel))["items"]!.Single(one => (string?)one["userId"] == manager);
        Assert.DoesNotContain(set["timesheet"]!["weekly"]!, shift => (string?)shift["day"] == "sunday");
        Assert.Equal(2, set["timesheet"]!["weekly"]!.Count(shift => (string?)shift["day"] == "monday"));

        await page.GetByTestId($"here-{manager}").ClickAsync();
        var link = await page.GetByTestId($"page-{manager}").InputValueAsync();
        // Nobody is signed in on the manager's phone.
        await page.Context.ClearCookiesAsync();
        await page.GotoAsync(link);
        await page.GetByTestId("here-yes").ClickAsync();
        await Assertions.Expect(page.Locator("[data-here=yes]")).ToContainTextAsync("Вы на месте");
        await page.GetByTestId("here-no").ClickAsync();
        await Assertions.Expect(page.Locator("[data-here=no]")).ToBeVisibleAsync();
        Assert.Equal(404, (await page.GotoAsync($"{browser.Admin}/here/{new string('x', 43)}"))!.Status);
    }

    private static async Task MoveAsync(TestBrowser browser, string deal, string stage)
    {
        var moved = await browser.Page.Context.APIRequest.PostAsync($"{browser.Sandbox}/sandbox/ui/deals/{deal}/move", new() { DataObject = new { pipeline_id = 8240010, status_id = long.Parse(stage, System.Globalization.CultureInfo.InvariantCulture) } });
        Assert.Equal(200, moved.Status);
    }

    private static async Task PublishFailingAsync(TestBrowser browser)
    {
        const string Funnel = """
            {"format":"automation.funnel/1","slug":"stock","name":"Склад","connection":"crm","stages":[{"ref":"8240010/68120462","name":"Счёт выставлен"}],
             "triggers":[{"id":"check","name":"Проверить склад","when":{"event":"entered_stage","stages":["8240010/68120462"]},
              "then":{"name":"t","variables":[],"root":{"id":"flow","type":"Elsa.Sequence","version":1,"activities":[{"id":"e","type":"Elsa.Fault","version":1,
               "message":{"typeName":"String","expression":{"type":"Literal","value":"Нет на складе"}}}]}}}]}
            """;
        (await browser.Api.PostAsync("/api/funnels/import?publish=true", new StringContent(Funnel, Encoding.UTF8, "application/json"), Cancel)).EnsureSuccessStatusCode();
    }
}
