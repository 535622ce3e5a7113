using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Automation.Benchmarks.Scenes;
using Automation.Testing;
using Microsoft.Playwright;

namespace Automation.Benchmarks;

/// <summary>
/// The board with 12 stages of 60 cards in the machine's Chromium: until all cards stand there in an empty browser, from a click on a card to
/// its open panel, and what the script of a drag takes in each frame, with what it sends to the server before the card is let go;
/// and what the server takes for a change of one card.
/// </summary>
internal static class BoardBenchmark
{
    private const string Chromium = "/usr/bin/chromium";
    private const int Stages = 12;
    private const int CardsPerStage = 60;
    private const int Views = 5;
    private const int Clicks = 30;
    private const int Drags = 4;
    private const int Changes = 30;

    // Each frame's share of the page's own script: pointer moves and what they asked to be drawn.
    private const string Meter = """
        (() => {
          const frames = []; let spent = 0, on = false;
          const timed = work => function (...all) { const from = performance.now(); try { return work.apply(this, all); } finally { if (on) spent += performance.now() - from; } };
          const draw = window.requestAnimationFrame.bind(window), listen = EventTarget.prototype.addEventListener;
          window.requestAnimationFrame = work => draw(timed(work));
          EventTarget.prototype.addEventListener = function (type, work, how) { return listen.call(this, type, type === 'pointermove' && typeof work === 'function' ? timed(work) : work, how); };
          const turn = () => { if (on) { frames.push(spent); spent = 0; } draw(turn); };
          draw(turn);
          window.boardMeter = { start() { frames.length = 0; spent = 0; on = true; }, stop() { on = false; return frames.slice(); } };
        })();
        """;

    public static async Task RunAsync()
    {
        var report = new Report("board");
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
        api.DefaultRequestHeaders.Add("X-Api-Key", await StudioBenchmark.KeyAsync(folder.File("cli.key")));
        await MakeAsync(api);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Chromium,
            Headless = true,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
        var views = new List<double>();
        for (var i = 0; i < Views; i++)
        {
            await using var context = await ContextAsync(browser, url, api);
            var (_, time) = await OpenAsync(context, url);
            views.Add(time);
            report.Row($"first view {i + 1}", ("drawn_ms", time));
        }

        await using var kept = await ContextAsync(browser, url, api);
        var (page, _) = await OpenAsync(kept, url);
        var clicks = await ClickAsync(page);
        report.Row("click", ("p50_ms", clicks.At(0.5)), ("p95_ms", clicks.At(0.95)), ("worst_ms", clicks[^1]));
        var (frames, sent) = await DragAsync(page);
        var changes = await ChangeAsync(api);
        report.Row("change", ("p50_ms", changes.At(0.5)), ("p95_ms", changes.At(0.95)), ("worst_ms", changes[^1]));
        report.Row("drag", ("frames", frames.Length), ("p50_ms", frames.At(0.5)), ("p95_ms", frames.At(0.95)), ("worst_ms", frames[^1]), ("sent_before_drop", sent));
        await server.StopAsync();
        report.Figure("first_view_ms", views.Order().ElementAt(views.Count / 2));
        report.Figure("click_ms", clicks.At(0.5));
        report.Figure("click_p95_ms", clicks.At(0.95));
        report.Figure("drag_p95_ms", frames.At(0.95));
        report.Figure("sent_before_drop", sent);
        report.Figure("change_ms", changes.At(0.5));
        report.Figure("change_p95_ms", changes.At(0.95));
        report.End();
    }

    private static async Task<IBrowserContext> ContextAsync(IBrowser browser, string url, HttpClient api)
    {
        var context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = 1366, Height = 768 } });
        await context.AddInitScriptAsync(Meter);
        await context.APIRequest.PostAsync($"{url}/api/session", new() { Headers = new Dictionary<string, string> { ["X-Api-Key"] = api.DefaultRequestHeaders.GetValues("X-Api-Key").Single() } });
        return context;
    }

    private static async Task<(IPage Page, double Time)> OpenAsync(IBrowserContext context, string url)
    {
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(60_000);
        var watch = Stopwatch.StartNew();
        await page.GotoAsync($"{url}/funnels/large");
        await page.EvaluateAsync("""
            count => new Promise(done => {
              const look = () => document.querySelectorAll('[data-card]').length === count && (seen.disconnect(), done());
              const seen = new MutationObserver(look);
              seen.observe(document.body, { childList: true, subtree: true });
              look();
            })
            """, Stages * CardsPerStage);
        return (page, watch.Elapsed.TotalMilliseconds);
    }

    /// <summary>From the click to the panel with the card's name, in the page's own clock.</summary>
    private static async Task<double[]> ClickAsync(IPage page)
    {
        var times = new List<double>();
        for (var i = 0; i < Clicks + 3; i++)
        {
            var card = page.Locator("[data-card]").Nth(i * 19);
            await card.ScrollIntoViewIfNeededAsync();
            var name = await card.Locator(".name").InnerTextAsync();
            await page.EvaluateAsync("""
                name => {
                  let from = 0;
                  window.boardClick = new Promise(done => {
                    document.addEventListener('pointerup', event => { from = performance.now(); }, { capture: true, once: true });
                    const look = () => { if (from && document.querySelector('.panel-title')?.value === name) { clearInterval(timer); requestAnimationFrame(() => done(performance.now() - from)); } };
                    const timer = setInterval(look, 1);
                  });
                }
                """, name);
            await card.ClickAsync(new() { Position = new() { X = 60, Y = 12 } });
            var time = await page.EvaluateAsync<double>("() => window.boardClick");
            // The first ones compile the panel.
            if (i >= 3) times.Add(time);
        }

        await page.GetByTestId("panel-close").ClickAsync();
        return [.. times.Order()];
    }

    private static async Task<(double[] Frames, int Sent)> DragAsync(IPage page)
    {
        var (frames, sent) = (new List<double>(), 0);
        var network = await page.Context.NewCDPSessionAsync(page);
        await network.SendAsync("Network.enable");
        var counting = false;
        // The circuit's heartbeat is no message of the drag: it is a few bytes.
        network.Event("Network.webSocketFrameSent").OnEvent += (_, told) =>
        {
            if (counting && told?.GetProperty("response").GetProperty("payloadData").GetString()?.Length > 24) sent++;
        };
        network.Event("Network.requestWillBeSent").OnEvent += (_, _) => sent += counting ? 1 : 0;
        for (var i = 0; i < Drags; i++)
        {
            // One of the first row, which is on the screen.
            var place = await page.EvaluateAsync<double[]>("""
                at => {
                  document.querySelector('.board').scrollTo(0, 0);
                  const box = document.querySelectorAll('[data-card]')[at].getBoundingClientRect();
                  return [box.x + 60, box.y + 12];
                }
                """, i % 5);
            await page.Mouse.MoveAsync((float)place[0], (float)place[1]);
            await page.Mouse.DownAsync();
            await page.EvaluateAsync("boardMeter.start()");
            counting = true;
            await page.Mouse.MoveAsync(300 + (i * 60), 500, new() { Steps = 40 });
            counting = false;
            if (await page.Locator(".ghost").CountAsync() == 0) throw new InvalidOperationException("No card is being dragged.");
            frames.AddRange(await page.EvaluateAsync<double[]>("boardMeter.stop()"));
            // Escape lets it go where it was.
            await page.Keyboard.PressAsync("Escape");
            await page.Mouse.UpAsync();
        }

        return ([.. frames.Order()], sent);
    }

    /// <summary>One card of the draft gets another name: from the request to the answer, with everything checked and compared again.</summary>
    private static async Task<double[]> ChangeAsync(HttpClient api)
    {
        var triggers = JsonNode.Parse(await api.GetStringAsync("/api/funnels/large/draft"))!["document"]!["triggers"]!.AsArray();
        var times = new List<double>();
        for (var i = 0; i < Changes + 3; i++)
        {
            var before = triggers[i * 17]!;
            var after = before.DeepClone();
            after["name"] = $"Другая {i}";
            var edit = new JsonObject
            {
                ["name"] = new JsonObject { ["key"] = "renamed", ["values"] = new JsonArray($"Другая {i}") },
                ["edits"] = new JsonArray(new JsonObject { ["part"] = before["id"]!.DeepClone(), ["before"] = before.DeepClone(), ["after"] = after }),
            };
            var watch = Stopwatch.StartNew();
            using var answer = await api.PostAsJsonAsync("/api/funnels/large/changes", edit);
            await answer.Content.ReadAsByteArrayAsync();
            if (i >= 3) times.Add(watch.Elapsed.TotalMilliseconds);
            answer.EnsureSuccessStatusCode();
        }

        return [.. times.Order()];
    }

    private static async Task MakeAsync(HttpClient api)
    {
        (await api.PostAsJsonAsync("/api/connections", new JsonObject { ["kind"] = "generic", ["name"] = "bench" })).EnsureSuccessStatusCode();
        var (stages, triggers) = (new JsonArray(), new JsonArray());
        for (var stage = 0; stage < Stages; stage++)
        {
            stages.Add(new JsonObject { ["ref"] = $"1/{stage + 1}", ["name"] = $"Этап {stage + 1}" });
            for (var card = 0; card < CardsPerStage; card++)
                triggers.Add(new JsonObject
                {
                    ["id"] = $"c{stage}-{card}",
                    ["name"] = $"Карточка {stage + 1}.{card + 1}",
                    ["order"] = card * 10,
                    ["when"] = new JsonObject { ["event"] = (card % 3) switch { 0 => "created_or_entered", 1 => "field_changed", _ => "left_stage" }, ["field"] = card % 3 == 1 ? "price" : null, ["stages"] = new JsonArray($"1/{stage + 1}") },
                    ["if"] = new JsonObject { ["language"] = "NCalc", ["text"] = $"deal.price > {card * 1000} and deal.name != 'x'" },
                    ["then"] = new JsonObject { ["name"] = "t", ["root"] = new JsonObject { ["id"] = "flow", ["type"] = "Elsa.Flowchart", ["version"] = 1, ["connections"] = new JsonArray(), ["activities"] = new JsonArray(Note(card)) } },
                });
        }

        var funnel = new JsonObject { ["format"] = "automation.funnel/1", ["slug"] = "large", ["name"] = "Большая воронка", ["connection"] = "bench", ["stages"] = stages, ["triggers"] = triggers };
        (await api.PostAsJsonAsync("/api/funnels/import?publish=true", funnel)).EnsureSuccessStatusCode();
    }

    private static JsonObject Note(int card) => new()
    {
        ["id"] = "note",
        ["type"] = "Crm.AddNote",
        ["version"] = 1,
        ["text"] = new JsonObject { ["typeName"] = "String", ["expression"] = new JsonObject { ["type"] = "Liquid", ["value"] = $"Примечание {card}: {{{{ deal.name }}}}" } },
    };
}
