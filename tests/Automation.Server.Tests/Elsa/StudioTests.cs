using System.Collections.Concurrent;
using System.Text;
using Automation.Server.Tests.Crash;
using Automation.Testing;
using Microsoft.Playwright;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Elsa;

/// <summary>The real Elsa Studio in a real browser against the real server.</summary>
[Collection(KillLane.Name)]
public sealed class StudioTests
{
    private const string Chromium = "/usr/bin/chromium";
    private const string Flow = """{ "id": "flow", "type": "Elsa.Flowchart", "version": 1, "activities": [ { "id": "line", "name": "WriteLine1", "type": "Elsa.WriteLine", "version": 1, "text": { "typeName": "String", "expression": { "type": "Literal", "value": "привет" } }, "metadata": { "designer": { "position": { "x": 120, "y": 120 } } } }, { "id": "fax", "name": "Fax1", "type": "Acme.Fax", "version": 2, "metadata": { "designer": { "position": { "x": 420, "y": 120 } } } } ], "connections": [] }""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Elements_OpenWhatTheServerHas_AndAskForNothingElse()
    {
        if (!File.Exists(Chromium)) Assert.Skip("No Chromium: /usr/bin/chromium is not installed.");
        if (!Directory.Exists(Path.Combine(Path.GetDirectoryName(ServerProcess.Dll)!, "studio", "_framework"))) Assert.Skip("Elsa Studio was not built: there was no Node.");
        using var folder = new TempDirectory();
        var (admin, hooks) = ($"http://127.0.0.1:{TestPorts.Next()}", $"http://127.0.0.1:{TestPorts.Next()}");
        using var server = await ServerProcess.StartAsync(["--data", folder.Path, "--url", admin, "--hook-url", hooks], new Dictionary<string, string>(), Cancel);
        using var api = new HttpClient { BaseAddress = new Uri(admin) };
        api.DefaultRequestHeaders.Add("X-Api-Key", await File.ReadAllTextAsync(folder.File("cli.key"), Cancel));
        var definition = (string)(await PostAsync(api, "workflow-definitions", new JObject { ["model"] = new JObject { ["name"] = "Проба пера", ["root"] = JObject.Parse(Flow) }, ["publish"] = true }))["workflowDefinition"]!["definitionId"]!;
        var instance = (string)(await PostAsync(api, $"workflow-definitions/{definition}/dispatch", []))["workflowInstanceId"]!;

        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Chromium,
            Headless = true,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
        var page = await browser.NewPageAsync(new() { ViewportSize = new() { Width = 1440, Height = 900 } });
        page.SetDefaultTimeout(120_000);
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
        var signIn = await page.Context.APIRequest.PostAsync($"{admin}/api/session", new() { Headers = api.DefaultRequestHeaders.ToDictionary(header => header.Key, header => header.Value.First()) });
        Assert.Equal(204, signIn.Status);

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
