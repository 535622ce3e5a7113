using Microsoft.Playwright;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Elsa;

/// <summary>What a person does in Studio 3.8.2, in terms of the page.</summary>
internal sealed partial class StudioPage(IPage page, string admin)
{
    private const string Definitions = "/elsa/api/workflow-definitions";
    private const string Nodes = ".x6-cell:has(.x6-port)";
    private const float Soon = 10_000;
    private const float Patience = 120_000;

    public async Task OpenListAsync()
    {
        await page.GotoAsync($"{admin}/studio/workflows/definitions");
        await Visible("Create workflow").WaitForAsync();
    }

    public async Task OpenEditorAsync(string id, string activity)
    {
        await page.GotoAsync($"{admin}/studio/workflows/definitions/{id}/edit");
        await Visible(activity).WaitForAsync();
    }

    public async Task OpenRunAsync(string run, string activity)
    {
        await page.GotoAsync($"{admin}/studio/workflows/instances/{run}/view");
        await Visible(activity).WaitForAsync();
    }

    /// <returns>The new definition's id.</returns>
    public async Task<string> CreateAsync(string name)
    {
        var dialog = page.Locator(".mud-dialog");
        // The list is drawn anew when its rows are there; a dialog opened before goes with it.
        await TriedAsync("The dialog does not stay.", async () =>
        {
            await Visible("Create workflow").ClickAsync();
            await dialog.Locator("input").First.FillAsync(name, new() { Timeout = Soon });
            await page.RunAndWaitForResponseAsync(() => page.Keyboard.PressAsync("Tab"), response => response.Url.Contains("is-name-unique", StringComparison.Ordinal), new() { Timeout = Soon });
            await dialog.GetByRole(AriaRole.Button, new() { Name = "Ok" }).ClickAsync(new() { Timeout = Soon });
        });
        await page.WaitForURLAsync("**/studio/workflows/definitions/*/edit");
        await page.Locator(".graph-container").WaitForAsync();
        return page.Url.Split('/')[^2];
    }

    public async Task DropAsync(string activity, int x, int y)
    {
        var group = page.Locator(".mud-expand-panel").Filter(new() { Has = page.Locator("[draggable=true]").Filter(new() { HasTextRegex = Whole(activity) }) }).First;
        var item = Offered(group, activity);
        await item.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        if (!await item.IsVisibleAsync()) await group.Locator(".mud-expand-panel-header").ClickAsync();
        await item.WaitForAsync();
        var nodes = page.Locator(Nodes);
        var asked = nodes.Filter(new() { HasText = activity });
        var (before, askedBefore) = (await nodes.CountAsync(), await asked.CountAsync());
        await TriedAsync($"{activity} cannot be dropped.", async () =>
        {
            await SteadyAsync(item);
            // A drag that begins while the canvas is drawn anew comes to nothing; one that begins while the list moves takes a neighbour.
            await item.DragToAsync(page.Locator(".graph-container"), new() { TargetPosition = new() { X = x, Y = y } });
            try
            {
                await asked.Nth(askedBefore).WaitForAsync(new() { State = WaitForSelectorState.Attached, Timeout = Soon });
            }
            catch (TimeoutException)
            {
                await RemoveAsync(nodes, before);
                throw;
            }
        });
    }

    /// <summary>A save that holds the connection is the proof: an edge that is drawn may still be let go beside its port.</summary>
    public Task ConnectAsync(string from, string port, string to) => TriedAsync($"{from} cannot be connected with {to}.", () => SavedAsync(
        async () =>
        {
            var (start, end) = (await PortAsync(from, port), await PortAsync(to, "In"));
            await page.Mouse.MoveAsync(start.X, start.Y);
            await page.Mouse.DownAsync();
            await page.Mouse.MoveAsync(start.X + 20, start.Y + 3, new() { Steps = 5 });
            await page.Mouse.MoveAsync(end.X, end.Y, new() { Steps = 20 });
            await page.Mouse.UpAsync();
        },
        saved => saved.SelectToken("model.root.connections")?.Any(one => (string?)one.SelectToken("source.port") == port && IdOf(saved, to) == (string?)one.SelectToken("target.activity")) == true,
        Soon * 2));

    /// <summary>Writes the activity's first input as it is: no language is chosen.</summary>
    public async Task LiteralAsync(string activity, string text)
    {
        await InputsAsync(activity);
        await InputMenuAsync();
        var field = await InPanelAsync(page.Locator("input[type=text], textarea"));
        await SavedAsync(
            async () =>
            {
                await field.FillAsync(text);
                await field.PressAsync("Tab");
            },
            saved => Holds(saved, activity, "Literal", text));
    }

    /// <summary>Chooses the language of the activity's first input and writes its text.</summary>
    public async Task ExpressionAsync(string activity, string language, string text)
    {
        await InputsAsync(activity);
        var menu = await InputMenuAsync();
        await menu.ClickAsync();
        await page.Locator(".mud-popover-open").GetByText(language, new() { Exact = true }).ClickAsync();
        var editor = page.Locator(".monaco-editor").Locator("visible=true").First;
        await editor.WaitForAsync();
        await editor.ClickAsync();
        await page.Keyboard.PressAsync("Control+A");
        await SavedAsync(() => page.Keyboard.InsertTextAsync(text), saved => Holds(saved, activity, language, text));
    }

    public Task PublishAsync() => SavedAsync(() => Toolbar(2).ClickAsync(), saved => (bool?)saved["publish"] == true);

    public async Task RunAsync()
    {
        await Toolbar(0).ClickAsync();
        await page.WaitForURLAsync("**/studio/workflows/instances/*/view");
    }

    /// <summary>Back to the first version.</summary>
    public async Task RollBackAsync()
    {
        await TabAsync("Version history");
        var oldest = page.Locator("tbody tr").Filter(new() { Has = page.Locator(".mud-menu") }).Last;
        await oldest.Locator(".mud-menu button").ClickAsync();
        await page.RunAndWaitForResponseAsync(() => page.Locator(".mud-popover-open").GetByText("Rollback to this version").ClickAsync(), response => response.Url.Contains("/revert/", StringComparison.Ordinal));
    }

    /// <returns>The name that the browser would give the file.</returns>
    public async Task<string> ExportAsync(string name, string file)
    {
        await RowAsync(name, "Export");
        var download = await page.RunAndWaitForDownloadAsync(() => page.Locator(".mud-dialog").GetByRole(AriaRole.Button, new() { Name = "Export" }).ClickAsync());
        await download.SaveAsAsync(file);
        return download.SuggestedFilename;
    }

    public async Task DeleteAsync(string name)
    {
        await RowAsync(name, "Delete");
        await page.RunAndWaitForResponseAsync(
            () => page.Locator(".mud-dialog").GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync(), response => response.Request.Method == "DELETE");
    }

    public async Task ImportAsync(string file, string name)
    {
        await page.RunAndWaitForResponseAsync(() => page.Locator("input[type=file]").First.SetInputFilesAsync(file), response => response.Url.EndsWith("/import", StringComparison.Ordinal));
        await Visible(name).WaitForAsync();
    }

    /// <summary>A tab may be scrolled out of sight.</summary>
    public Task TabAsync(string name) => page.Locator(".mud-tab").Filter(new() { HasTextRegex = new($"^\\s*{name}", System.Text.RegularExpressions.RegexOptions.IgnoreCase) }).First.EvaluateAsync("tab => tab.click()");

    /// <summary>The journal of the run that is shown has these lines and no others: each an activity's name and what happened.</summary>
    public async Task JournalAsync(params string[] lines)
    {
        const string Shown = "[...document.querySelectorAll('.mud-timeline-item')].map(one => [...one.querySelectorAll('.mud-timeline-item-content .mud-typography')].map(part => part.textContent.trim()).join(' ').replace(/ .* - /, ' '))";
        try
        {
            await page.WaitForFunctionAsync($"lines => JSON.stringify({Shown}) === JSON.stringify(lines)", lines, new() { Timeout = Patience });
        }
        catch (TimeoutException)
        {
            Assert.Equal(lines, await page.EvaluateAsync<string[]>(Shown));
        }
    }

    /// <summary>Chooses an activity of the run that is shown; its details say so.</summary>
    public async Task DetailsAsync(string activity, params (string Name, string Value)[] values)
    {
        // Its name: the icon is a button that Studio 3.8.2 itself has no answer to.
        await page.Locator(Nodes).Filter(new() { HasText = activity }).First.GetByText(activity).First.ClickAsync();
        foreach (var (name, value) in values)
            await page.Locator("tr").Filter(new() { Has = page.Locator("td").Filter(new() { HasTextRegex = Whole(name) }) }).Filter(new() { HasText = value }).Locator("visible=true").First.WaitForAsync(new() { Timeout = Patience });
    }

    public Task SeesAsync(string text) => Visible(text).WaitForAsync(new() { Timeout = Patience });

    /// <summary>Kept where <c>AUTOMATION_PICTURES</c> says.</summary>
    public async Task PictureAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("AUTOMATION_PICTURES") is { Length: > 0 } folder) await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"studio-{name}.png") });
    }

    private static ILocator Offered(ILocator within, string activity) =>
        within.Locator("[draggable=true]").Filter(new() { HasTextRegex = Whole(activity) }).First;

    private static System.Text.RegularExpressions.Regex Whole(string text) => new($"^\\s*{System.Text.RegularExpressions.Regex.Escape(text)}\\s*$");

    private ILocator Visible(string text) => page.GetByText(text).Locator("visible=true").First;

    // From the right: run, menu, publish.
    private ILocator Toolbar(int fromRight) => page.Locator(".mud-toolbar").Locator("visible=true").First.Locator("button").Locator("visible=true").Nth(-1 - fromRight);

    public Task RowAsync(string name, string choice) => MenuAsync(Row(name).Locator(".mud-menu button"), choice);

    // Studio saves by itself, half a second after an edit: the answer to the save that holds it, not to one still under way.
    private Task<IResponse> SavedAsync(Func<Task> edit, Func<JObject, bool> holds, float within = Patience) => page.RunAndWaitForResponseAsync(
        edit, response => response.Request.Method == "POST" && new Uri(response.Url).AbsolutePath == Definitions && response.Request.PostData is { } body && holds(JObject.Parse(body)), new() { Timeout = within });

    private static string? IdOf(JObject saved, string activity) => (string?)saved.SelectTokens("model.root.activities[*]").FirstOrDefault(one => (string?)one["name"] == activity)?["id"];

    // Those that came after the first ones.
    private async Task RemoveAsync(ILocator nodes, int keep)
    {
        while (await nodes.CountAsync() is var count && count > keep)
        {
            await nodes.Last.ClickAsync();
            await page.Keyboard.PressAsync("Delete");
            await nodes.Nth(count - 1).WaitForAsync(new() { State = WaitForSelectorState.Detached, Timeout = Soon });
        }
    }

    // Groups of the list open and shut slowly, and what stands under them moves with them.
    private static async Task SteadyAsync(ILocator item)
    {
        await item.ScrollIntoViewIfNeededAsync();
        await item.EvaluateAsync(
            """
            item => new Promise(done => {
              let [last, calm] = [null, 0];
              const look = () => {
                const { x, y } = item.getBoundingClientRect();
                calm = last === `${x} ${y}` ? calm + 1 : 0;
                last = `${x} ${y}`;
                calm > 30 ? done() : requestAnimationFrame(look);
              };
              look();
            })
            """);
    }

    private async Task TriedAsync(string otherwise, Func<Task> step)
    {
        for (var i = 0; i < 5; i++)
        {
            try
            {
                await step();
                return;
            }
            catch (TimeoutException)
            {
                await PictureAsync($"again-{i}");
            }
        }

        throw new InvalidOperationException(otherwise);
    }

    private async Task<(float X, float Y)> PortAsync(string activity, string port)
    {
        var handle = await page.WaitForFunctionAsync(
            """
            ([activity, port]) => {
              const node = [...document.querySelectorAll('.x6-cell')].find(one => one.querySelector('.x6-port') && one.textContent.includes(activity));
              const place = node && [...node.querySelectorAll('.x6-port')].map(one => [one.querySelector('[port]')?.getAttribute('port'), one.querySelector('[magnet]') ?? one]).find(one => one[0] === port)?.[1];
              if (!place) return null;
              const box = place.getBoundingClientRect();
              return [box.x + box.width / 2, box.y + box.height / 2];
            }
            """, new[] { activity, port });
        var box = await handle.JsonValueAsync<float[]>();
        return (box[0], box[1]);
    }

    private static bool Holds(JObject saved, string activity, string language, string text) => saved.SelectTokens("model.root.activities[*]").Any(one =>
        (string?)one["name"] == activity && one.SelectTokens("*.expression").Any(given => (string?)given["type"] == language && (string?)given["value"] == text));

    private async Task InputsAsync(string activity)
    {
        await page.GetByText(activity).Locator("visible=true").Last.ClickAsync();
        // The panel follows the choice later: before its name stands there, the inputs are those of another one.
        await TabAsync("Common");
        await page.WaitForFunctionAsync("name => [...document.querySelectorAll('input')].some(one => one.value === name && one.getBoundingClientRect().y > 600)", activity);
        await page.GetByRole(AriaRole.Tab, new() { Name = "Input", Exact = true }).ClickAsync();
    }

    // The menu or, once a language is chosen, the button beside the first input of the lower panel.
    private async Task<ILocator> InputMenuAsync()
    {
        await page.WaitForFunctionAsync("() => [...document.querySelectorAll('.mud-menu')].some(one => { const box = one.getBoundingClientRect(); return box.y > 600 && box.x < 1200 && box.width > 0; })");
        return (await InPanelAsync(page.Locator(".mud-menu"))).Locator("button").First;
    }

    // The first of them in the lower panel.
    private static async Task<ILocator> InPanelAsync(ILocator all)
    {
        var seen = all.Locator("visible=true");
        for (var i = 0; i < await seen.CountAsync(); i++)
            if (await seen.Nth(i).BoundingBoxAsync() is { Y: > 600, X: < 1200 }) return seen.Nth(i);
        throw new InvalidOperationException("The activity has no input.");
    }
}
