using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Automation.Benchmarks.Scenes;
using Automation.Testing;
using Microsoft.Playwright;

namespace Automation.Benchmarks;

/// <summary>
/// The first open of a workflow in Elsa Studio, with an empty browser and with what it has kept, in the machine's Chromium; and saving a
/// workflow of 200 activities, as Studio does it by itself after each edit.
/// </summary>
internal static class StudioBenchmark
{
    private const string Chromium = "/usr/bin/chromium";
    private const int Opens = 3;
    private const int Saves = 40;
    private const int Activities = 200;

    public static async Task RunAsync()
    {
        var report = new Report("studio");
        if (!File.Exists(Chromium))
        {
            report.Note("skipped", "no chromium");
            report.End();
            return;
        }

        using var folder = new TempDirectory();
        var (url, hooks) = ($"http://127.0.0.1:{TestPorts.Next()}", $"http://127.0.0.1:{TestPorts.Next()}");
        using var server = await ServerChild.StartAsync(new() { Data = folder.Path, Url = url, HookUrl = hooks }, "localhost");
        using var api = new HttpClient { BaseAddress = new Uri(url) };
        api.DefaultRequestHeaders.Add("X-Api-Key", await KeyAsync(folder.File("cli.key")));
        var small = await SaveAsync(api, Document("Small", 12), null);
        await OpenAsync(report, url, api, small);
        await SaveManyAsync(report, api);
        await server.StopAsync();
        report.End();
    }

    private static async Task OpenAsync(Report report, string url, HttpClient api, string definition)
    {
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Chromium,
            Headless = true,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
        var (cold, warm, bytes, requests) = (new List<double>(), new List<double>(), 0d, 0);
        for (var i = 0; i < Opens; i++)
        {
            // A context of its own keeps nothing of the one before.
            await using var context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = 1440, Height = 900 } });
            await context.APIRequest.PostAsync($"{url}/api/session", new() { Headers = new Dictionary<string, string> { ["X-Api-Key"] = api.DefaultRequestHeaders.GetValues("X-Api-Key").Single() } });
            foreach (var times in new[] { cold, warm })
            {
                var page = await context.NewPageAsync();
                page.SetDefaultTimeout(120_000);
                var network = await context.NewCDPSessionAsync(page);
                await network.SendAsync("Network.enable");
                var (transferred, asked) = (0d, 0);
                network.Event("Network.loadingFinished").OnEvent += (_, told) =>
                {
                    transferred += told?.GetProperty("encodedDataLength").GetDouble() ?? 0;
                    asked++;
                };
                var watch = Stopwatch.StartNew();
                await page.GotoAsync($"{url}/studio/workflows/definitions/{definition}/edit");
                await page.GetByText("Line11").Locator("visible=true").First.WaitForAsync();
                times.Add(watch.Elapsed.TotalMilliseconds);
                report.Row($"{(times == cold ? "empty browser" : "kept")} {i + 1}", ("drawn_ms", times[^1]), ("transferred_mb", transferred / 1e6), ("requests", asked));
                if (times == cold) (bytes, requests) = (transferred, asked);
                await page.CloseAsync();
            }
        }

        report.Figure("cold_ms", Median(cold));
        report.Figure("warm_ms", Median(warm));
        report.Figure("transferred_mb", bytes / 1e6);
        report.Figure("requests", requests);
    }

    private static async Task SaveManyAsync(Report report, HttpClient api)
    {
        var id = await SaveAsync(api, Document("Large", Activities), null);
        var times = new List<double>();
        for (var i = 0; i < Saves; i++)
        {
            var document = Document($"Large {i}", Activities);
            var watch = Stopwatch.StartNew();
            await SaveAsync(api, document, id);
            times.Add(watch.Elapsed.TotalMilliseconds);
        }

        var sorted = times.Order().ToArray();
        report.Row($"save {Activities} activities", ("p50_ms", sorted.At(0.5)), ("p99_ms", sorted.At(0.99)), ("kb", JsonSerializer.Serialize(Document("Large", Activities)).Length / 1e3));
        report.Figure("save_ms", sorted.At(0.5));
        report.Figure("save_p99_ms", sorted.At(0.99));
    }

    private static async Task<string> SaveAsync(HttpClient api, JsonObject document, string? id)
    {
        document["definitionId"] = id;
        var answer = await api.PostAsJsonAsync("/elsa/api/workflow-definitions", new JsonObject { ["model"] = document, ["publish"] = false });
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!["workflowDefinition"]!["definitionId"]!.GetValue<string>();
    }

    private static JsonObject Document(string name, int activities)
    {
        var (items, arrows) = (new JsonArray(), new JsonArray());
        for (var i = 0; i < activities; i++)
        {
            items.Add(new JsonObject
            {
                ["id"] = $"line{i}",
                ["name"] = $"Line{i}",
                ["type"] = "Elsa.WriteLine",
                ["version"] = 1,
                ["text"] = new JsonObject { ["typeName"] = "String", ["expression"] = new JsonObject { ["type"] = "Liquid", ["value"] = $"Строка {i}: {{{{ variables.x }}}}" } },
                ["metadata"] = new JsonObject { ["designer"] = new JsonObject { ["position"] = new JsonObject { ["x"] = 60 + (i % 6 * 220), ["y"] = 60 + (i / 6 * 120) } } },
            });
            if (i > 0) arrows.Add(new JsonObject { ["source"] = new JsonObject { ["activity"] = $"line{i - 1}", ["port"] = "Done" }, ["target"] = new JsonObject { ["activity"] = $"line{i}", ["port"] = "In" } });
        }

        return new() { ["name"] = name, ["root"] = new JsonObject { ["id"] = "flow", ["type"] = "Elsa.Flowchart", ["version"] = 1, ["activities"] = items, ["connections"] = arrows } };
    }

    // Written by the first start, a moment after the server is healthy.
    public static async Task<string> KeyAsync(string file)
    {
        for (var i = 0; i < 500 && !File.Exists(file); i++) await Task.Delay(20);
        return (await File.ReadAllTextAsync(file)).Trim();
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
