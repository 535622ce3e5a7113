using System.Collections.Concurrent;
using Automation.Server.Tests.Browser;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Elsa;

/// <summary>One server and one browser for several tests of Studio, and what went wrong in them.</summary>
public sealed class StudioSession : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> trouble = new();
    private TestBrowser? browser;
    private StudioPage? studio;

    internal TestBrowser Browser => browser!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The first to ask starts it; skips the test where there is no Studio.</summary>
    internal async Task<StudioPage> OpenAsync()
    {
        if (studio is not null) return studio;
        browser = await TestBrowser.StartAsync(sandbox: false, studio: true, 1500, 950);
        await browser.SignInAsync();
        var page = browser.Page;
        page.Response += (_, response) =>
        {
            var path = new Uri(response.Url).AbsolutePath;
            if (response.Status >= 400) trouble.Enqueue($"{response.Status} {response.Request.Method} {path}");
            else if (path.StartsWith("/elsa/", StringComparison.Ordinal) && !StudioRequests.Knows($"{response.Request.Method} {path["/elsa".Length..]}")) trouble.Enqueue($"unknown: {path}");
        };
        page.PageError += (_, error) => trouble.Enqueue(error);
        page.Console += (_, line) =>
        {
            if (line.Type == "error") trouble.Enqueue(line.Text);
        };
        return studio = new(page, browser.Admin);
    }

    /// <summary>No error bar, no error in the console, no request refused, and none that the server does not know.</summary>
    internal async Task CalmAsync()
    {
        await studio!.CalmAsync();
        Assert.True(trouble.IsEmpty, string.Join("\n", trouble));
    }

    /// <summary>What went wrong so far; from here on it counts no more.</summary>
    internal IReadOnlyList<string> TakeTrouble()
    {
        var taken = new List<string>();
        while (trouble.TryDequeue(out var one)) taken.Add(one);
        return taken;
    }

    internal async Task<JObject> GetAsync(string path) => await ElsaClient.ReadAsync(await Browser.Api.GetAsync($"/elsa/api/{path}", Cancel));

    internal async Task<JObject> PostAsync(string path, JObject body) => await ElsaClient.ReadAsync(await Browser.Api.PostAsync($"/elsa/api/{path}", ElsaClient.Json(body), Cancel));

    internal Task<JObject> DefinitionAsync(string id) => GetAsync($"workflow-definitions/by-definition-id/{id}");

    /// <returns>The new definition's id.</returns>
    internal async Task<string> SaveAsync(string name, JObject root, bool publish, JObject? more = null)
    {
        var model = new JObject(more ?? []) { ["name"] = name, ["root"] = root };
        return (string)(await PostAsync("workflow-definitions", new() { ["model"] = model, ["publish"] = publish }))["workflowDefinition"]!["definitionId"]!;
    }

    internal async Task<string> DispatchAsync(string definition, string? correlation = null) =>
        (string)(await PostAsync($"workflow-definitions/{definition}/dispatch", new() { ["correlationId"] = correlation }))["workflowInstanceId"]!;

    public async ValueTask DisposeAsync()
    {
        if (browser is not null) await browser.DisposeAsync();
    }
}
