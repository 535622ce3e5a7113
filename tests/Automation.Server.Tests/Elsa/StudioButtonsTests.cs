using System.IO.Compression;
using Automation.Server.Tests.Crash;
using Microsoft.Playwright;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Elsa;

/// <summary>The buttons of the real Studio, pressed one after another.</summary>
[Collection(KillLane.Name)]
public sealed class StudioButtonsTests(StudioSession session) : IClassFixture<StudioSession>
{
    [Fact]
    public async Task DefinitionList_ItsButtons_Act()
    {
        var studio = await session.OpenAsync();
        var ids = new List<string> { await session.SaveAsync("Список: первый", Line(), publish: false), await session.SaveAsync("Список: второй", Line(), publish: false) };
        var user = await session.SaveAsync("Список: зовущий", Chart(Step("call", "Elsa.ExecuteWorkflow", 0, ("workflowDefinitionId", "Literal", ids[0]))), publish: false);
        var waiting = await session.SaveAsync("Список: ждущий", Waiting(), publish: true);
        var run = await session.DispatchAsync(waiting);

        // The other tests' definitions are in the list, too.
        await studio.OpenListAsync();
        await studio.SearchAsync("Список: второй");
        await studio.ListsAsync(2, "Список: второй");
        await studio.SearchAsync("Список:");
        await studio.ListsAsync(2, "Список: первый", "Список: второй", "Список: зовущий", "Список: ждущий");
        await studio.TickAsync("Список: первый", "Список: второй");
        await studio.BulkAsync("Publish", "Publish", "/publish/workflow-definitions/by-definition-ids");
        Assert.Equal([true, true], await PublishedAsync(ids));
        await studio.TickAsync("Список: первый", "Список: второй");
        await studio.BulkAsync("Unpublish", "Unpublish", "/retract/workflow-definitions/by-definition-ids");
        Assert.Equal([false, false], await PublishedAsync(ids));
        await studio.PictureAsync("buttons-definitions");

        await studio.TickAsync("Список: первый", "Список: второй");
        await studio.MenuAsync(session.Browser.Page.GetByRole(AriaRole.Button, new() { Name = "Bulk actions" }), "Export");
        var two = session.Browser.File("two.zip");
        await studio.DownloadAsync(two);
        Assert.Equal(["Список: второй", "Список: первый"], Names(two));
        await studio.RowAsync("Список: первый", "Export");
        var used = session.Browser.File("used.zip");
        await studio.DownloadAsync(used, withThoseThatUseIt: true);
        Assert.Equal(["Список: зовущий", "Список: первый"], Names(used));

        await studio.AnsweredAsync(() => studio.RowAsync("Список: второй", "Publish"), $"{ids[1]}/publish");
        Assert.Equal([false, true], await PublishedAsync(ids));
        await studio.AnsweredAsync(() => studio.RowAsync("Список: второй", "Unpublish"), $"{ids[1]}/retract");
        Assert.Equal([false, false], await PublishedAsync(ids));
        await studio.AnsweredAsync(() => studio.RowAsync("Список: второй", "Run"), $"{ids[1]}/execute");
        await studio.RowAsync("Список: ждущий", "Cancel");
        await studio.ConfirmAsync("Yes", "/cancel/workflow-instances");
        await studio.RowAsync("Список: второй", "Duplicate");
        await studio.NameAsync("Список: третий");
        await studio.ConfirmAsync("Ok", "/workflow-definitions");
        await studio.ListsAsync(2, "Список: первый", "Список: второй", "Список: зовущий", "Список: ждущий", "Список: третий");

        await studio.TickAsync("Список: первый", "Список: второй");
        await studio.BulkAsync("Delete", "Delete", "/delete/workflow-definitions/by-definition-id");
        await studio.ListsAsync(2, "Список: зовущий", "Список: ждущий", "Список: третий");
        await studio.UploadAsync(two, "/import");
        await studio.ListsAsync(2, "Список: первый", "Список: второй", "Список: зовущий", "Список: ждущий", "Список: третий");
        Assert.Equal("Список: первый", (string?)(await session.DefinitionAsync(ids[0]))["name"]);
        Assert.Equal("Список: зовущий", (string?)(await session.DefinitionAsync(user))["name"]);
        await studio.OpenRunsAsync(run);
        await studio.RowSaysAsync(run, "Cancelled");
        await session.CalmAsync();
    }

    [Fact]
    public async Task InstanceList_ItsButtons_Act()
    {
        var studio = await session.OpenAsync();
        var page = session.Browser.Page;
        var waits = await session.SaveAsync("Ожидание", Waiting(), publish: true);
        var runs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var number in Enumerable.Range(0, 5)) runs[$"call-{number}"] = await session.DispatchAsync(waits, $"call-{number}");
        runs["fail-0"] = await session.DispatchAsync(await session.SaveAsync("Сбойный", Chart(Step("bad", "Elsa.Fault", 0, ("message", "Literal", "Нет товара"))), publish: true), "fail-0");

        await studio.OpenRunsAsync("fail-0");
        await studio.AnsweredAsync(() => studio.MenuAsync(page.GetByRole(AriaRole.Button, new() { Name = "Actions", Exact = true }), "Refresh"), "\"searchTerm\":\"\"");
        await studio.RowSaysAsync("fail-0", "Faulted");
        await studio.TickAsync("call-0", "call-1");
        await studio.BulkAsync("Cancel", "Yes", "/bulk-actions/cancel/workflow-instances");
        await studio.RowAsync("call-2", "Cancel");
        await studio.ConfirmAsync("Yes", $"/cancel/workflow-instances/{runs["call-2"]}");
        foreach (var cancelled in new[] { "call-0", "call-1", "call-2" }) await studio.RowSaysAsync(cancelled, "Cancelled");
        await studio.RowAsync("call-2", "Delete");
        await studio.ConfirmAsync("Delete", $"/workflow-instances/{runs["call-2"]}");
        await studio.Row("call-2").WaitForAsync(new() { State = WaitForSelectorState.Detached });

        // The definitions of the other tests have runs, too.
        await studio.FilterAsync("Workflows", "Ожидание", waits);
        await studio.ListsAsync(2, "call-0", "call-1", "call-3", "call-4");
        await studio.FilterAsync("Status", "Running", "\"statuses\":[\"Running\"]");
        await studio.ListsAsync(2, "call-3", "call-4");
        await studio.SearchAsync("call-4");
        await studio.ListsAsync(2, "call-4");
        await studio.SearchAsync("");
        await studio.AnsweredAsync(() => studio.ChooseAsync("Has Incidents", "Yes"), "\"hasIncidents\":true");
        await studio.ListsAsync(2);
        await studio.AnsweredAsync(() => studio.ChooseAsync("Has Incidents", "No"), "\"hasIncidents\":false");
        await studio.ListsAsync(2, "call-3", "call-4");

        await studio.ClickAsync("Date Filters");
        await studio.ClickAsync("Add");
        await studio.ChooseAsync("Column", "Created");
        await studio.ChooseAsync("Operator", "Is Before");
        await page.Locator(".mud-popover-open .mud-picker input").First.ClickAsync();
        await page.Locator("button.mud-day.mud-current:visible").ClickAsync();
        await studio.AnsweredAsync(() => studio.ClickAsync("Apply"), "\"operator\":\"LessThan\"");
        await studio.ListsAsync(2);
        await studio.ClickAsync("Date Filters");
        await studio.ChooseAsync("Operator", "Is After");
        await studio.PictureAsync("buttons-dates");
        await studio.AnsweredAsync(() => studio.ClickAsync("Apply"), "\"operator\":\"GreaterThan\"");
        await studio.ListsAsync(2, "call-3", "call-4");

        await studio.TickAsync("call-3");
        await studio.MenuAsync(page.GetByRole(AriaRole.Button, new() { Name = "Bulk actions" }), "Cancel");
        await page.Locator(".mud-dialog input[type=checkbox]").CheckAsync();
        await studio.ConfirmAsync("Yes", "/alterations/submit");
        await studio.ListsAsync(2);

        await studio.OpenRunsAsync("call-3");
        foreach (var cancelled in new[] { "call-3", "call-4" }) await studio.RowSaysAsync(cancelled, "Cancelled");
        await studio.FilterAsync("Sub status", "Faulted", "\"subStatuses\":[\"Faulted\"]");
        await studio.ListsAsync(2, "fail-0");
        await studio.OpenRunsAsync("call-3");
        await studio.TickAsync("call-0", "call-1", "call-3", "call-4", "fail-0");
        await studio.BulkAsync("Delete", "Delete", "/delete/workflow-instances/by-id");
        await studio.Row("call-").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await session.CalmAsync();
    }

    [Fact]
    public async Task Editor_ItsChoices_AreStoredAndShownAgain()
    {
        var studio = await session.OpenAsync();
        var page = session.Browser.Page;
        var root = Chart(Step("http", "Elsa.FlowSendHttpRequest", 0, ("url", "Literal", "http://nowhere.invalid/")), Step("sms", "Crm.SendSms", 1, ("text", "Literal", "Привет")), Step("line", "Elsa.WriteLine", 2, ("text", "Liquid", "Итого {{ Sum }}")));
        var id = await session.SaveAsync("Настройки", root, publish: true, new() { ["variables"] = new JArray(new JObject { ["id"] = "sum", ["name"] = "Sum", ["typeName"] = "String", ["value"] = "0" }) });

        await studio.OpenEditorAsync(id, "http1");
        await studio.StepAsync("http1", "Common");
        await studio.SavesAsync(() => studio.ChooseAsync("Merge Mode", "Race"), model => Custom(model, "http")?["mergeMode"] is not null);
        await studio.TabAsync("Resilience");
        await studio.SavesAsync(() => studio.ChooseAsync("Resilience Strategy", "Не повторять"), model => Custom(model, "http")?["resilienceStrategy"] is not null);
        await studio.StepAsync("sms1", "Resilience");
        await studio.WriteAsync("JavaScript", "({ maxRetryAttempts: 2 })", model => (string?)Custom(model, "sms")?.SelectToken("resilienceStrategy.expression.value") == "({ maxRetryAttempts: 2 })");
        var stored = await session.DefinitionAsync(id);
        Assert.Equal(("Race", "Identifier", "none"), ((string?)Custom(stored, "http")!["mergeMode"], (string?)Custom(stored, "http")!.SelectToken("resilienceStrategy.mode"), (string?)Custom(stored, "http")!.SelectToken("resilienceStrategy.strategyId")));
        Assert.Equal(("Expression", "JavaScript"), ((string?)Custom(stored, "sms")!.SelectToken("resilienceStrategy.mode"), (string?)Custom(stored, "sms")!.SelectToken("resilienceStrategy.expression.type")));

        await studio.OpenEditorAsync(id, "http1");
        await studio.StepAsync("http1", "Common");
        await studio.ChosenAsync("Merge Mode", "Race");
        await studio.TabAsync("Resilience");
        await studio.ChosenAsync("Resilience Strategy", "Не повторять");
        await studio.PictureAsync("buttons-strategy");
        await studio.StepAsync("sms1", "Resilience");
        await studio.SeesAsync("maxRetryAttempts");

        // Variables, and a step's trial with the value that one has for trials.
        await studio.TabAsync("Variables");
        await studio.Row("Sum").Locator("button").First.ClickAsync();
        await page.Locator(".mud-dialog textarea").First.FillAsync("42");
        await page.Keyboard.PressAsync("Tab");
        await studio.SavesAsync(() => studio.PressAsync("Ok"), model => model["customProperties"]?["VariableTestValues"]?["sum"] is not null);
        await studio.StepAsync("line1", "Test");
        await studio.AnsweredAsync(() => studio.ClickAsync("Start"), "activityHandle");
        await studio.SeesAsync("Итого 42");
        await studio.ClickAsync("Add variable");
        await studio.NameAsync("City");
        await studio.SavesAsync(() => studio.PressAsync("Ok"), model => Names(model, "variables") is ["City", "Sum"]);
        await studio.MenuAsync(studio.Row("City").Locator(".mud-menu button"), "Edit");
        await studio.NameAsync("Town");
        await studio.SavesAsync(() => studio.PressAsync("Ok"), model => Names(model, "variables") is ["Sum", "Town"]);
        await studio.MenuAsync(studio.Row("Town").Locator(".mud-menu button"), "Delete");
        await studio.SavesAsync(() => studio.PressAsync("Delete"), model => Names(model, "variables") is ["Sum"]);

        await studio.TabAsync("Input/output");
        await studio.ClickAsync("Add input");
        await studio.NameAsync("phone");
        await studio.SavesAsync(() => studio.PressAsync("Ok"), model => Names(model, "inputs") is ["phone"]);
        await studio.ClickAsync("Add output");
        await studio.NameAsync("total");
        await studio.SavesAsync(() => studio.PressAsync("Ok"), model => Names(model, "outputs") is ["total"]);
        await page.GetByPlaceholder("Add outcomes").FillAsync("Да");
        await studio.SavesAsync(() => page.Keyboard.PressAsync("Enter"), model => (string?)model["outcomes"]?.FirstOrDefault() == "Да");
        await studio.PictureAsync("buttons-inputs");

        await studio.TabAsync("Properties");
        await studio.SavesAsync(() => studio.ChooseAsync("Activation strategy", "По одному"), model => (string?)model.SelectToken("options.activationStrategyType") is not null);
        await studio.SavesAsync(() => studio.ChooseAsync("Incident handling strategy", "Продолжать"), model => (string?)model.SelectToken("options.incidentStrategyType") is not null);
        await studio.SavesAsync(() => studio.ChooseAsync("Log Persistence Strategy", "Не записывать"), model => (string?)model.SelectToken("customProperties.logPersistenceConfig.default.strategyType") == "Exclude");
        await studio.SavesAsync(() => page.GetByText("Usable as activity").ClickAsync(), model => (bool?)model.SelectToken("options.usableAsActivity") == true);
        var options = (await session.DefinitionAsync(id))["options"]!;
        Assert.Equal(("Singleton", "ContinueWithIncidentsStrategy", true), ((string?)options["activationStrategyType"], (string?)options["incidentStrategyType"], (bool?)options["usableAsActivity"]));
        await studio.PictureAsync("buttons-settings");

        // Versions, files, copies.
        await studio.EditorMenuAsync("Export");
        Assert.EndsWith(".json", await studio.DownloadAsync(session.Browser.File("one.json")), StringComparison.Ordinal);
        await studio.TabAsync("Version history");
        await studio.MenuAsync(studio.Versions.Last.Locator(".mud-menu button"), "View");
        await studio.SeesAsync("Version 1");
        await studio.MenuAsync(studio.Versions.First.Locator(".mud-menu button"), "Delete");
        await page.RunAndWaitForResponseAsync(() => studio.PressAsync("OK"), response => response.Request.Method == "DELETE");
        Assert.Equal(1, (int)(await session.DefinitionAsync(id))["version"]!);
        await studio.OpenEditorAsync(id, "http1");
        await studio.UploadAsync(session.Browser.File("one.json"), "/import");
        Assert.Equal((2, "Race"), ((int)(await session.DefinitionAsync(id))["version"]!, (string?)Custom(await session.DefinitionAsync(id), "http")!["mergeMode"]));
        await session.CalmAsync();
    }

    [Fact]
    public async Task Viewer_ItsButtons_Act()
    {
        var studio = await session.OpenAsync();
        var page = session.Browser.Page;
        var root = Chart(Step("one", "Elsa.WriteLine", 0, ("text", "Literal", "раз")), Step("bad", "Elsa.Fault", 1, ("message", "Literal", "Нет товара")));
        ElsaClient.Connect(root, "one", "Done", "bad");
        var failing = await session.SaveAsync("Падающий", root, publish: true);
        var http = Step("http", "Elsa.FlowSendHttpRequest", 0, ("url", "Literal", "http://nowhere.invalid/"));
        http["customProperties"] = JObject.Parse("""{"resilienceStrategy":{"mode":"Expression","expression":{"type":"JavaScript","value":"({ maxRetryAttempts: 1, delay: '00:00:01' })"}}}""");
        var retried = await session.DispatchAsync(await session.SaveAsync("Упорный", Chart(http), publish: true));

        await studio.OpenRunAsync(await session.DispatchAsync(failing), "bad1");
        await studio.SeesAsync("Faulted");
        await studio.DetailsAsync("one1", ("Name", "one1"));
        await studio.AnsweredAsync(() => studio.TabAsync("Activity call stack"), "/call-stack");
        await studio.SeesAsync("Call stack (3)");
        await studio.PictureAsync("buttons-stack");
        await studio.TabAsync("Journal");
        await page.GetByTitle("Showing incidents").ClickAsync();
        await studio.JournalAsync("bad1 Faulted");
        await page.GetByTitle("Show accumulated time").ClickAsync();
        await page.Locator(".mud-timeline-item").First.ClickAsync();
        await studio.TabAsync("Event");
        await studio.SeesAsync("Нет товара");
        await page.GetByText(failing).First.ClickAsync();
        await page.WaitForURLAsync($"**/studio/workflows/definitions/{failing}/edit");

        await studio.OpenRunAsync(retried, "http1");
        await studio.SeesAsync("Finished");
        await studio.DetailsAsync("http1", ("Name", "http1"));
        await studio.TabAsync("Executions");
        await studio.AnsweredAsync(() => studio.Row("Yes").ClickAsync(), "/resilience/retries/");
        await studio.SeesAsync("Retry Attempts");
        await studio.SeesAsync("Result=");
        await studio.PictureAsync("buttons-retries");
        await session.CalmAsync();
    }

    /// <summary>Also: what Studio does not say of a refusal, its frame does.</summary>
    [Fact]
    public async Task InstanceList_TakesRunsThatItGaveOut()
    {
        var studio = await session.OpenAsync();
        var page = session.Browser.Page;
        var tale = await session.SaveAsync("Рассказ", Line(), publish: true);
        var ids = new List<string> { await session.DispatchAsync(tale, "tale-0"), await session.DispatchAsync(tale, "tale-1") };
        await studio.OpenRunsAsync("tale-1");
        foreach (var number in new[] { "tale-0", "tale-1" }) await studio.RowSaysAsync(number, "Finished");
        // Studio has no button for it.
        var answer = await session.Browser.Api.PostAsync("/elsa/api/bulk-actions/export/workflow-instances", ElsaClient.Json(new() { ["ids"] = new JArray(ids) }), TestContext.Current.CancellationToken);
        var file = session.Browser.File("runs.zip");
        await File.WriteAllBytesAsync(file, await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        await studio.TickAsync("tale-0", "tale-1");
        await studio.BulkAsync("Delete", "Delete", "/delete/workflow-instances/by-id");
        await studio.Row("tale-").WaitForAsync(new() { State = WaitForSelectorState.Detached });

        await studio.UploadAsync(file, "/bulk-actions/import/workflow-instances");
        await studio.SeesAsync("Successfully imported 2 instances");
        await studio.PictureAsync("buttons-import");
        await studio.OpenRunsAsync("tale-0");
        foreach (var number in new[] { "tale-0", "tale-1" }) await studio.RowSaysAsync(number, "Finished");
        await studio.OpenRunAsync(ids[0], "line1");
        await studio.JournalAsync("line1 Started", "line1 WriteLine", "line1 Completed");
        await studio.DetailsAsync("line1", ("Text", "привет"));
        await session.CalmAsync();

        await studio.OpenRunsAsync("tale-0");
        await studio.UploadAsync(file, "/bulk-actions/import/workflow-instances");
        await Assertions.Expect(page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "this run is here already" })).ToBeVisibleAsync();
        Assert.Contains("400 POST /elsa/api/bulk-actions/import/workflow-instances", session.TakeTrouble());
    }

    private static JToken? Custom(JObject model, string step) => model.SelectTokens("root.activities[*]").FirstOrDefault(one => (string?)one["id"] == step)?["customProperties"];

    private static string[] Names(JObject model, string of) => [.. model[of]!.Select(one => (string)one["name"]!).Order(StringComparer.Ordinal)];

    private async Task<IEnumerable<bool>> PublishedAsync(IEnumerable<string> ids)
    {
        var states = new List<bool>();
        foreach (var id in ids) states.Add((bool)(await session.DefinitionAsync(id))["isPublished"]!);
        return states;
    }

    private static List<string> Names(string zip)
    {
        using var archive = ZipFile.OpenRead(zip);
        return [.. archive.Entries.Select(Name).Order(StringComparer.Ordinal)];

        static string Name(ZipArchiveEntry entry)
        {
            using var reader = new StreamReader(entry.Open());
            return (string)ElsaClient.Parse(reader.ReadToEnd())["name"]!;
        }
    }

    private static JObject Line() => Chart(Step("line", "Elsa.WriteLine", 0, ("text", "Literal", "привет")));

    private static JObject Waiting() => Chart(Step("wait", "Elsa.Event", 0, ("eventName", "Literal", "never")));

    private static JObject Chart(params JObject[] steps) => ElsaClient.Chart(steps);

    private static JObject Step(string id, string type, int column, params (string Name, string Expression, JToken Value)[] inputs)
    {
        var step = ElsaClient.Activity(id, type, inputs);
        step["metadata"] = new JObject { ["designer"] = new JObject { ["position"] = new JObject { ["x"] = 60 + (column * 260), ["y"] = 60 } } };
        return step;
    }
}
