using System.Collections.Concurrent;
using System.Text;
using Automation.Server.Tests.Browser;
using Automation.Server.Tests.Crash;
using Microsoft.Playwright;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Elsa;

/// <summary>The real Elsa Studio in a real browser against the real server.</summary>
[Collection(KillLane.Name)]
public sealed class StudioTests
{
    private const string Flow = """{ "id": "flow", "type": "Elsa.Flowchart", "version": 1, "activities": [ { "id": "line", "name": "WriteLine1", "type": "Elsa.WriteLine", "version": 1, "text": { "typeName": "String", "expression": { "type": "Literal", "value": "привет" } }, "metadata": { "designer": { "position": { "x": 120, "y": 120 } } } }, { "id": "fax", "name": "Fax1", "type": "Acme.Fax", "version": 2, "metadata": { "designer": { "position": { "x": 420, "y": 120 } } } } ], "connections": [] }""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Elements_OpenWhatTheServerHas_AndAskForNothingElse()
    {
        await using var browser = await TestBrowser.StartAsync(sandbox: false, studio: true, 1440, 900);
        var (page, api, admin) = (browser.Page, browser.Api, browser.Admin);
        var definition = (string)(await PostAsync(api, "workflow-definitions", new JObject { ["model"] = new JObject { ["name"] = "Проба пера", ["root"] = JObject.Parse(Flow) }, ["publish"] = true }))["workflowDefinition"]!["definitionId"]!;
        var instance = (string)(await PostAsync(api, $"workflow-definitions/{definition}/dispatch", []))["workflowInstanceId"]!;

        var (refused, trouble) = (new ConcurrentBag<string>(), new ConcurrentBag<string>());
        page.Response += (_, response) =>
        {
            if (response.Status >= 400) refused.Add($"{response.Status} {response.Request.Method} {new Uri(response.Url).PathAndQuery}");
        };
        page.PageError += (_, error) => trouble.Add(error);
        page.Console += (_, line) =>
        {
            if (line.Type == "error") trouble.Add(line.Text);
        };
        await browser.SignInAsync();

        await page.GotoAsync($"{admin}/studio/workflows/definitions");
        await SeenAsync(page, "Проба пера", "definitions", refused, trouble);

        await page.GotoAsync($"{admin}/studio/workflows/definitions/{definition}/edit");
        await SeenAsync(page, "Записать строку", "editor", refused, trouble);
        await Assertions.Expect(page.Locator("#blazor-error-ui")).ToBeHiddenAsync();

        await page.GotoAsync($"{admin}/studio/workflows/instances");
        await SeenAsync(page, "Проба пера", "instances", refused, trouble);

        await page.GotoAsync($"{admin}/studio/workflows/instances/{instance}/view");
        await SeenAsync(page, "Записать строку", "viewer", refused, trouble);
        await page.GetByText("WriteLine1").Locator("visible=true").Last.ClickAsync();
        await SeenAsync(page, "Workflow1:flow:line", "execution", refused, trouble);
        await Assertions.Expect(page.Locator("#blazor-error-ui")).ToBeHiddenAsync();

        Assert.True(refused.IsEmpty, string.Join("\n", refused));
        Assert.True(trouble.IsEmpty, string.Join("\n", trouble));
    }

    [Fact]
    public async Task Editor_OlderFormsAndComposites_AreDrawnWithoutErrors()
    {
        await using var browser = await TestBrowser.StartAsync(sandbox: false, studio: true, 1440, 900);
        var (page, admin) = (browser.Page, browser.Admin);
        await browser.SignInAsync();
        var trouble = new ConcurrentBag<string>();
        page.PageError += (_, error) => trouble.Add(error);
        page.Console += (_, line) =>
        {
            if (line.Type == "error") trouble.Add(line.Text);
        };

        // Of three arrows one leads to nowhere.
        await OpenAsync("50-older-forms", "older", "Записать строку", 3, 2);
        await OpenAsync("49-workflow-as-activity", "composite", "Greet", 3, 2);
        Assert.True(trouble.IsEmpty, string.Join("\n", trouble));

        async Task OpenAsync(string golden, string picture, string text, int steps, int arrows)
        {
            var document = JObject.Parse(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Elsa", "Golden", $"{golden}.json"), Cancel));
            foreach (var needed in document["needs"] ?? new JArray())
            {
                await PostAsync(browser.Api, "workflow-definitions/import", (JObject)needed);
                await PostAsync(browser.Api, $"workflow-definitions/{needed["definitionId"]}/publish", []);
            }

            await PostAsync(browser.Api, "workflow-definitions/import", (JObject)document["definition"]!);
            await page.GotoAsync($"{admin}/studio/workflows/definitions/golden/edit");
            await SeenAsync(page, text, picture, trouble);
            await Assertions.Expect(page.Locator(".x6-node")).ToHaveCountAsync(steps);
            await Assertions.Expect(page.Locator(".x6-edge")).ToHaveCountAsync(arrows);
            await Assertions.Expect(page.Locator("#blazor-error-ui")).ToBeHiddenAsync();
            await PictureAsync(page, picture);
        }
    }

    /// <summary>Waits for the text; the picture is kept where <c>AUTOMATION_PICTURES</c> says.</summary>
    private static async Task SeenAsync(IPage page, string text, string picture, params IReadOnlyCollection<string>[] told)
    {
        try
        {
            await Assertions.Expect(page.GetByText(text).Locator("visible=true").First).ToBeVisibleAsync(new() { Timeout = 120_000 });
        }
        catch (PlaywrightException e)
        {
            await PictureAsync(page, picture);
            Assert.Fail($"{picture}: {e.Message.Split('\n')[0]}\n{string.Join('\n', told.SelectMany(lines => lines))}");
        }

        await PictureAsync(page, picture);
    }

    private static async Task PictureAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("AUTOMATION_PICTURES") is { Length: > 0 } folder) await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"studio-{name}.png") });
    }

    private static async Task<JObject> PostAsync(HttpClient api, string path, JObject body)
    {
        var answer = await api.PostAsync($"/elsa/api/{path}", new StringContent(body.ToString(), Encoding.UTF8, "application/json"), Cancel);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JObject.Parse(text);
    }
}
