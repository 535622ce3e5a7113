using System.Globalization;
using System.Text;
using Automation.Simulators.Seed;
using Microsoft.Playwright;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Browser;

/// <summary>«Почему не сработало?» of a deal: each reason that an admin can meet, as it stands on the page.</summary>
public sealed class WhyPagesTests
{
    private const string Deal = "40215801";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Deal_EachReasonWhyNot_IsToldInWordsWithItsValues()
    {
        await using var browser = await TestBrowser.StartAsync(sandbox: true, studio: false, 1366, 768);
        await browser.SignInAsync();
        await PublishAsync(browser);
        var page = browser.Page;

        // First time in the stage.
        await MoveAsync(browser, SandboxIds.Meeting);
        await page.GotoAsync($"{browser.Admin}/deals/crm/{Deal}");
        await SaysAsync(page, "always", "fired", "сработал");
        await SaysAsync(page, "rich", "condition_false", "условие не выполнено", "бюджет > 1000000", "45 000");
        await SaysAsync(page, "unread", "condition_false", "условие не выполнено", "бюджет > 1000000");
        // What follows the first false part was not looked at.
        await Assertions.Expect(page.GetByTestId("why-unread")).Not.ToContainTextAsync("Казань");
        await SaysAsync(page, "never", "other_event", "нужное событие не приходило");
        await SaysAsync(page, "off", "disabled", "выключен");
        await SaysAsync(page, "invoice", "outside_span", "нужное событие не приходило: сделка не на его этапе");
        await SaysAsync(page, "hours", "outside_hours", "событие пришло вне его часов");
        await SaysAsync(page, "dateless", "date_missing", "поле с датой пустое");
        await SaysAsync(page, "later", "scheduled", "запланирован", "Ждёт до");
        await SaysAsync(page, "often", "fired", "сработал");

        // It leaves before the time comes.
        await MoveAsync(browser, SandboxIds.Invoice);
        await SaysAsync(page, "invoice", "fired", "сработал");
        await SaysAsync(page, "later", "outside_span", "сделка не на его этапе", "Его событие было раньше", "запланирован");
        await page.GetByTestId("why-later").GetByRole(AriaRole.Link, new() { Name = "Показать" }).ClickAsync();
        await SaysAsync(page, "later", "scheduled", "отменено", "сделка ушла с этапа до срока");

        // And comes back.
        await MoveAsync(browser, SandboxIds.Meeting);
        await page.GotoAsync($"{browser.Admin}/deals/crm/{Deal}");
        await SaysAsync(page, "once", "already_ever", "уже сработал для этой сделки");
        await SaysAsync(page, "often", "too_soon", "недавно уже сработал");
        await SaysAsync(page, "always", "fired", "сработал");

        // Another field of it changes, within the stage.
        await EditAsync(browser, 70_000);
        await SaysAsync(page, "field", "other_field", "нужное событие не приходило: изменилось другое поле");

        // A stage of its own, for a second time while it stands there.
        await MoveAsync(browser, SandboxIds.Qualification);
        await SaysAsync(page, "stay", "fired", "сработал");
        await MoveAsync(browser, SandboxIds.Invoice);
        await SaysAsync(page, "stay", "inside_span", "сделка перешла внутри его этапов");

        // The same in the other language.
        await page.Context.APIRequest.PutAsync($"{browser.Admin}/api/session/preferences", new() { DataObject = new { language = "en" }, Headers = new Dictionary<string, string> { ["X-Requested-With"] = "automation" } });
        await page.ReloadAsync();
        await SaysAsync(page, "stay", "inside_span", "the deal moved within its stages");
        await SaysAsync(page, "off", "disabled", "it is switched off");
        await SaysAsync(page, "never", "other_event", "never came");
    }

    private static async Task SaysAsync(IPage page, string trigger, string reason, params string[] texts)
    {
        var line = page.GetByTestId($"why-{trigger}");
        await Assertions.Expect(line).ToHaveAttributeAsync("data-reason", reason, new() { Timeout = 60_000 });
        foreach (var text in texts) await Assertions.Expect(line).ToContainTextAsync(text);
    }

    private static async Task MoveAsync(TestBrowser browser, long stage) =>
        await AskAsync(browser, "/move", new { pipeline_id = SandboxIds.SalesPipeline, status_id = stage });

    private static async Task EditAsync(TestBrowser browser, long price) => await AskAsync(browser, "", new { price });

    private static async Task AskAsync(TestBrowser browser, string what, object data)
    {
        var answer = await browser.Page.Context.APIRequest.PostAsync($"{browser.Sandbox}/sandbox/ui/deals/{Deal}{what}", new() { DataObject = data });
        Assert.True(answer.Ok, await answer.TextAsync());
    }

    private static async Task PublishAsync(TestBrowser browser)
    {
        // Neither today's day nor tomorrow's, wherever the account is.
        var day = TimeProvider.System.GetUtcNow().AddDays(3).ToString("ddd", CultureInfo.InvariantCulture).ToLowerInvariant();
        var (meeting, qualification, invoice) = (Ref(SandboxIds.Meeting), Ref(SandboxIds.Qualification), Ref(SandboxIds.Invoice));
        var document = new JObject
        {
            ["format"] = "automation.funnel/1",
            ["slug"] = "why",
            ["name"] = "Почему",
            ["connection"] = "crm",
            ["stages"] = new JArray(new[] { (qualification, "Квалификация"), (meeting, "Встреча"), (invoice, "Счёт") }.Select(one => new JObject { ["ref"] = one.Item1, ["name"] = one.Item2 })),
            ["triggers"] = new JArray(
                Trigger("always", Entered(meeting), """{"reentry":"every_time"}"""),
                Trigger("rich", Entered(meeting), """{"if":{"language":"NCalc","text":"deal.price > 1000000"}}"""),
                Trigger("unread", Entered(meeting), """{"if":{"language":"NCalc","text":"deal.price > 1000000 && [deal.Город] == 'Казань'"}}"""),
                Trigger("never", """{"event":"webhook","source":"site"}"""),
                Trigger("off", Entered(meeting), """{"enabled":false}"""),
                Trigger("invoice", Entered(invoice)),
                Trigger("hours", $$$"""{"event":"entered_stage","stages":["{{{meeting}}}"],"active":{"week":"{{{day}}} 09:00-18:00","outside":"skip"}}"""),
                Trigger("dateless", $$$"""{"event":"entered_stage","stages":["{{{meeting}}}"],"timing":{"kind":"date_field","field":"Дата визита"}}"""),
                Trigger("later", $$$"""{"event":"entered_stage","stages":["{{{meeting}}}"],"timing":{"kind":"after","delay":"2h"}}"""),
                Trigger("once", Entered(meeting), """{"reentry":"once_ever"}"""),
                Trigger("often", Entered(meeting), """{"reentry":"every_time","debounce":{"take":"first","within":"1d"}}"""),
                Trigger("field", $$"""{"event":"field_changed","field":"Город","stages":["{{meeting}}"]}"""),
                Trigger("stay", Entered(qualification, invoice))),
        };
        var answer = await browser.Api.PostAsync("/api/funnels/import?publish=true", new StringContent(document.ToString(), Encoding.UTF8, "application/json"), Cancel);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancel));
    }

    private static string Ref(long stage) => $"{SandboxIds.SalesPipeline}/{stage}";

    private static string Entered(params string[] stages) => $$"""{"event":"entered_stage","stages":[{{string.Join(",", stages.Select(stage => $"\"{stage}\""))}}]}""";

    private static JObject Trigger(string id, string when, string more = "{}")
    {
        var trigger = new JObject
        {
            ["id"] = id,
            ["name"] = id,
            ["when"] = JObject.Parse(when),
            ["then"] = JObject.Parse("""{"name":"t","variables":[],"root":{"id":"flow","type":"Elsa.Sequence","version":1,"activities":[]}}"""),
        };
        trigger.Merge(JObject.Parse(more));
        return trigger;
    }
}
