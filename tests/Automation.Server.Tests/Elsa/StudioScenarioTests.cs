using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Automation.Server.Tests.Browser;
using Automation.Server.Tests.Crash;
using Microsoft.Playwright;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Elsa;

/// <summary>An admin's way through the real Studio: draw, set, publish, run, look, go back, take out and in, delete.</summary>
[Collection(KillLane.Name)]
public sealed partial class StudioScenarioTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Workflow_FromEmptyCanvasToItsEnd()
    {
        await using var browser = await TestBrowser.StartAsync(sandbox: false, studio: true, 1500, 950);
        var (page, api) = (browser.Page, browser.Api);
        var (refused, asked) = (new ConcurrentBag<string>(), new ConcurrentDictionary<string, byte>(StringComparer.Ordinal));
        page.Response += (_, response) =>
        {
            var path = new Uri(response.Url).AbsolutePath;
            if (response.Status >= 400) refused.Add($"{response.Status} {response.Request.Method} {path}");
            if (path.StartsWith("/elsa/", StringComparison.Ordinal)) asked.TryAdd($"{response.Request.Method} {Ids().Replace(path["/elsa".Length..], "{id}")}", 0);
        };
        await browser.SignInAsync();
        var studio = new StudioPage(page, browser.Admin);

        // Draw.
        await studio.OpenListAsync();
        var id = await studio.CreateAsync("Заказ");
        await studio.DropAsync("Условие", 60, 60);
        await studio.DropAsync("Записать строку", 330, 60);
        await studio.DropAsync("Отправить SMS", 330, 260);
        await studio.DropAsync("Записать строку", 600, 60);
        await studio.ConnectAsync("FlowDecision1", "True", "WriteLine1");
        await studio.ConnectAsync("FlowDecision1", "False", "SendSms1");
        await studio.ConnectAsync("WriteLine1", "Done", "WriteLine2");
        Assert.Equal(3, (await DefinitionAsync(api, id)).SelectToken("root.connections")!.Count());

        // Set inputs in each language, and plainly.
        await studio.ExpressionAsync("FlowDecision1", "JavaScript", "getInput('sum') === undefined || 1 < 2");
        await studio.ExpressionAsync("WriteLine1", "Liquid", "Сумма {{ 2 | plus: 3 }}");
        await studio.ExpressionAsync("SendSms1", "NCalc", "'Привет'");
        await studio.LiteralAsync("WriteLine2", "Готово, {{ 2 }}");
        await studio.PictureAsync("drawn");
        var drawn = await DefinitionAsync(api, id);
        Assert.Equal(["JavaScript", "Liquid", "NCalc", "Literal"], new[] { "FlowDecision1", "WriteLine1", "SendSms1", "WriteLine2" }.Select(activity => Expression(drawn, activity)));

        // Publish, run, look.
        await studio.PublishAsync();
        Assert.True((bool)(await DefinitionAsync(api, id))["isPublished"]!);
        await studio.RunAsync();
        await studio.SeesAsync("Finished");
        await studio.JournalAsync(
            "FlowDecision1 Started", "FlowDecision1 Completed", "WriteLine1 Started", "WriteLine1 WriteLine", "WriteLine1 Completed", "WriteLine2 Started", "WriteLine2 WriteLine", "WriteLine2 Completed");
        await studio.DetailsAsync("WriteLine1", ("Name", "WriteLine1"), ("Text", "Сумма 5"));
        await studio.DetailsAsync("WriteLine2", ("Name", "WriteLine2"), ("Text", "Готово, {{ 2 }}"));
        await studio.DetailsAsync("FlowDecision1", ("Name", "FlowDecision1"), ("Condition", "True"));
        await studio.PictureAsync("finished");

        // A second version, and back to the first.
        await studio.OpenEditorAsync(id, "WriteLine1");
        await studio.ExpressionAsync("WriteLine1", "NCalc", "1 + 1");
        await studio.PublishAsync();
        Assert.Equal(2, (int)(await DefinitionAsync(api, id))["version"]!);
        await studio.RollBackAsync();
        var back = await DefinitionAsync(api, id);
        Assert.Equal((3, "Liquid"), ((int)back["version"]!, Expression(back, "WriteLine1")));

        // Out, away, and in again.
        await studio.OpenListAsync();
        var file = browser.File("workflow.json");
        Assert.Equal("workflow-definition-Zakaz.json", await studio.ExportAsync("Заказ", file), ignoreCase: true);
        Assert.Contains("elsaworkflows.io/schemas/workflow-definition", await File.ReadAllTextAsync(file, Cancel), StringComparison.Ordinal);
        await studio.DeleteAsync("Заказ");
        Assert.Empty((JArray)(await GetAsync(api, "workflow-definitions"))["items"]!);
        await studio.ImportAsync(file, "Заказ");
        Assert.Single((JArray)(await GetAsync(api, "workflow-definitions"))["items"]!);

        // A run that fails, and one that waits and is seen going on.
        var failing = await PublishedAsync(api, "Сбой", """[{"id":"bad","name":"Bad1","type":"Elsa.Fault","version":1,"message":{"expression":{"type":"Literal","value":"Нет товара"}},"metadata":{"designer":{"position":{"x":60,"y":60}}}}]""");
        await studio.OpenRunAsync(await DispatchAsync(api, failing), "Bad1");
        await studio.TabAsync("Incidents");
        await studio.SeesAsync("Нет товара");
        await studio.PictureAsync("incident");
        var waiting = await PublishedAsync(api, "Ждёт", """[{"id":"wait","name":"Wait1","type":"Elsa.Event","version":1,"eventName":{"expression":{"type":"Literal","value":"go"}},"metadata":{"designer":{"position":{"x":60,"y":60}}}}]""");
        await studio.OpenRunAsync(await DispatchAsync(api, waiting), "Wait1");
        await studio.SeesAsync("Suspended");
        await PostAsync(api, "events/go/trigger", new JObject { ["input"] = new JObject { ["sum"] = 7 } });
        await studio.SeesAsync("Finished");
        await studio.JournalAsync("Wait1 Started", "Wait1 Suspended", "Wait1 Resumed", "Wait1 Completed");
        await studio.DetailsAsync("Wait1", ("EventName", "go"), ("Result", """{"sum":7}"""));
        await studio.PictureAsync("live");

        Assert.True(refused.IsEmpty, string.Join("\n", refused));
        Assert.Contains("POST /hubs/workflow-instance/negotiate", asked.Keys);
        Assert.All(asked.Keys, request => Assert.True(StudioRequests.Knows(request), request));
        Assert.True(asked.Count >= 20, string.Join("\n", asked.Keys.Order(StringComparer.Ordinal)));
    }

    private static string? Expression(JObject definition, string name) =>
        (string?)definition.SelectToken("root.activities")!.Single(activity => (string?)activity["name"] == name).SelectTokens("*.expression.type").First();

    private static Task<JObject> DefinitionAsync(HttpClient api, string id) => GetAsync(api, $"workflow-definitions/by-definition-id/{id}");

    private static async Task<JObject> GetAsync(HttpClient api, string path) => JObject.Parse(await api.GetStringAsync($"/elsa/api/{path}", Cancel));

    private static async Task<string> PublishedAsync(HttpClient api, string name, string activities) => (string)(await PostAsync(api, "workflow-definitions", new JObject
    {
        ["model"] = new JObject { ["name"] = name, ["root"] = new JObject { ["id"] = "flow", ["type"] = "Elsa.Flowchart", ["version"] = 1, ["activities"] = JArray.Parse(activities), ["connections"] = new JArray() } },
        ["publish"] = true,
    }))["workflowDefinition"]!["definitionId"]!;

    private static async Task<string> DispatchAsync(HttpClient api, string id) => (string)(await PostAsync(api, $"workflow-definitions/{id}/dispatch", []))["workflowInstanceId"]!;

    private static async Task<JObject> PostAsync(HttpClient api, string path, JObject body)
    {
        using var content = new StringContent(body.ToString(), System.Text.Encoding.UTF8, "application/json");
        var answer = await api.PostAsync($"/elsa/api/{path}", content, Cancel);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JObject.Parse(text);
    }

    [GeneratedRegex("[0-9a-f]{32}(-[0-9]+)?|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")]
    private static partial Regex Ids();
}
