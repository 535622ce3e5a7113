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
        var ids = new List<string> { await session.SaveAsync("Первый", Line(), publish: false), await session.SaveAsync("Второй", Line(), publish: false) };
        var user = await session.SaveAsync("Зовущий", Chart(Step("call", "Elsa.ExecuteWorkflow", 0, ("workflowDefinitionId", "Literal", ids[0]))), publish: false);
        var waiting = await session.SaveAsync("Ждущий", Waiting(), publish: true);
        var run = await session.DispatchAsync(waiting);

        await studio.OpenListAsync();
        await studio.SearchAsync("Втор");
        await studio.ListsAsync(2, "Второй");
        await studio.SearchAsync("");
        await studio.ListsAsync(2, "Первый", "Второй", "Зовущий", "Ждущий");
        await studio.TickAsync("Первый", "Второй");
        await studio.BulkAsync("Publish", "Publish", "/publish/workflow-definitions/by-definition-ids");
        Assert.Equal([true, true], await PublishedAsync(ids));
        await studio.TickAsync("Первый", "Второй");
        await studio.BulkAsync("Unpublish", "Unpublish", "/retract/workflow-definitions/by-definition-ids");
        Assert.Equal([false, false], await PublishedAsync(ids));
        await studio.PictureAsync("buttons-definitions");

        await studio.TickAsync("Первый", "Второй");
        await studio.MenuAsync(session.Browser.Page.GetByRole(AriaRole.Button, new() { Name = "Bulk actions" }), "Export");
        var two = session.Browser.File("two.zip");
        await studio.DownloadAsync(two);
        Assert.Equal(["Второй", "Первый"], Names(two));
        await studio.RowAsync("Первый", "Export");
        var used = session.Browser.File("used.zip");
        await studio.DownloadAsync(used, withThoseThatUseIt: true);
        Assert.Equal(["Зовущий", "Первый"], Names(used));

        await studio.AnsweredAsync(() => studio.RowAsync("Второй", "Publish"), $"{ids[1]}/publish");
        Assert.Equal([false, true], await PublishedAsync(ids));
        await studio.AnsweredAsync(() => studio.RowAsync("Второй", "Unpublish"), $"{ids[1]}/retract");
        Assert.Equal([false, false], await PublishedAsync(ids));
        await studio.AnsweredAsync(() => studio.RowAsync("Второй", "Run"), $"{ids[1]}/execute");
        await studio.RowAsync("Ждущий", "Cancel");
        await studio.ConfirmAsync("Yes", "/cancel/workflow-instances");
        await studio.RowAsync("Второй", "Duplicate");
        await studio.NameAsync("Третий");
        await studio.ConfirmAsync("Ok", "/workflow-definitions");
        await studio.ListsAsync(2, "Первый", "Второй", "Зовущий", "Ждущий", "Третий");

        await studio.TickAsync("Первый", "Второй");
        await studio.BulkAsync("Delete", "Delete", "/delete/workflow-definitions/by-definition-id");
        await studio.ListsAsync(2, "Зовущий", "Ждущий", "Третий");
        await studio.UploadAsync(two, "/import");
        await studio.ListsAsync(2, "Первый", "Второй", "Зовущий", "Ждущий", "Третий");
        Assert.Equal("Первый", (string?)(await session.DefinitionAsync(ids[0]))["name"]);
        Assert.Equal("Зовущий", (string?)(await session.DefinitionAsync(user))["name"]);
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
