using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Elsa;

/// <summary>Lists, menus, dialogs, choices: what its buttons have in common.</summary>
internal sealed partial class StudioPage
{
    private ILocator Dialog => page.Locator(".mud-dialog");

    private ILocator Popover => page.Locator(".mud-popover-open");

    public async Task OpenRunsAsync(string row)
    {
        await page.GotoAsync($"{admin}/studio/workflows/instances");
        await Row(row).WaitForAsync();
    }

    public ILocator Row(string text) => page.Locator("tbody tr").Filter(new() { HasText = text }).First;

    /// <summary>Rows of the version history, the newest first.</summary>
    public ILocator Versions => page.Locator("tbody tr").Filter(new() { Has = page.Locator(".mud-menu") });

    public Task RowSaysAsync(string row, string text) => Assertions.Expect(Row(row)).ToContainTextAsync(text);

    /// <summary>Waits until the list has these rows and no others.</summary>
    /// <param name="column">From the left, 0 for the boxes.</param>
    public Task ListsAsync(int column, params string[] cells) => page.WaitForFunctionAsync(
        "([column, cells]) => JSON.stringify([...document.querySelectorAll('.mud-table tbody tr')].map(row => row.cells[column]?.textContent.trim()).filter(Boolean).sort()) === cells",
        new object[] { column, new JArray(cells.Order(StringComparer.Ordinal).ToArray<object>()).ToString(Newtonsoft.Json.Formatting.None) },
        new() { Timeout = Patience });

    /// <summary>A list that is drawn anew forgets what was ticked.</summary>
    public Task TickAsync(params string[] rows) => TriedAsync("A row does not stay ticked.", async () =>
    {
        foreach (var row in rows)
        {
            var box = Row(row).Locator("input[type=checkbox]");
            await box.CheckAsync(new() { Timeout = Soon });
            await Assertions.Expect(box).ToBeCheckedAsync(new() { Timeout = Soon });
        }
    });

    /// <summary>One action for all that is ticked; waits until the list is there again.</summary>
    /// <param name="path">How the request's path ends.</param>
    public async Task BulkAsync(string choice, string confirm, string path)
    {
        await MenuAsync(page.GetByRole(AriaRole.Button, new() { Name = "Bulk actions" }), choice);
        await ConfirmAsync(confirm, path);
        await Assertions.Expect(page.Locator("tbody input[type=checkbox]:checked")).ToHaveCountAsync(0);
    }

    /// <summary>A menu goes with the list under it, when that is drawn anew.</summary>
    public Task MenuAsync(ILocator button, string choice) => TriedAsync($"The menu with {choice} does not stay.", async () =>
    {
        await button.ClickAsync(new() { Timeout = Soon });
        await Popover.GetByText(choice, new() { Exact = true }).ClickAsync(new() { Timeout = Soon / 4 });
    });

    /// <summary>The toolbar's menu beside <em>Publish</em>.</summary>
    public Task EditorMenuAsync(string choice) => MenuAsync(Toolbar(1), choice);

    /// <summary>Presses the dialog's button and waits for the answer to what it asks.</summary>
    public async Task ConfirmAsync(string button, string path)
    {
        await page.RunAndWaitForResponseAsync(() => PressAsync(button), response => AsksFor(response, path));
        await Dialog.First.WaitForAsync(new() { State = WaitForSelectorState.Detached });
    }

    /// <summary>Writes the dialog's first field: it begins with a name, and what is written before that stands there is lost.</summary>
    public async Task NameAsync(string text)
    {
        var field = Dialog.Locator("input").First;
        await Assertions.Expect(field).Not.ToHaveValueAsync("");
        await field.FillAsync(text);
        await page.Keyboard.PressAsync("Tab");
    }

    /// <summary>Presses the dialog's button and keeps what comes down.</summary>
    /// <returns>The name that the browser would give the file.</returns>
    public async Task<string> DownloadAsync(string file, bool withThoseThatUseIt = false)
    {
        if (withThoseThatUseIt) await Dialog.Locator("input[type=checkbox]").CheckAsync();
        var download = await page.RunAndWaitForDownloadAsync(() => PressAsync("Export"));
        await download.SaveAsAsync(file);
        await Dialog.First.WaitForAsync(new() { State = WaitForSelectorState.Detached });
        return download.SuggestedFilename;
    }

    public Task UploadAsync(string file, string path) =>
        page.RunAndWaitForResponseAsync(() => page.Locator("input[type=file]").First.SetInputFilesAsync(file), response => AsksFor(response, path));

    /// <summary>Studio waits a moment after the last key.</summary>
    public Task SearchAsync(string text) => AnsweredAsync(() => page.GetByPlaceholder("Search on Id").FillAsync(text), $"\"searchTerm\":\"{text}\"", $"SearchTerm={Uri.EscapeDataString(text)}");

    /// <summary>Acts and waits for an answer to a request that has one of those texts in its body or its query.</summary>
    public async Task AnsweredAsync(Func<Task> act, params string[] texts)
    {
        try
        {
            await page.RunAndWaitForResponseAsync(act, response => texts.Any(text => response.Url.Contains(text, StringComparison.Ordinal) || response.Request.PostData?.Contains(text, StringComparison.Ordinal) == true), new() { Timeout = Soon });
        }
        catch (TimeoutException)
        {
            await PictureAsync("late");
            throw;
        }
    }

    /// <summary>Opens a list of choices by its label and takes one.</summary>
    public async Task ChooseAsync(string label, string choice)
    {
        await Select(label).ClickAsync();
        await page.Locator(".mud-list-item:visible").GetByText(choice, new() { Exact = true }).ClickAsync();
    }

    /// <summary>As <see cref="ChooseAsync"/>, with several that stay open.</summary>
    public async Task FilterAsync(string label, string choice, string asks)
    {
        await page.Locator(".mud-input-control").Filter(new() { HasTextRegex = new($"^\\s*{label}") }).Last.ClickAsync();
        await AnsweredAsync(() => Popover.GetByText(choice, new() { Exact = true }).ClickAsync(), asks);
        await page.Locator(".mud-overlay").Last.ClickAsync();
        await Popover.Filter(new() { HasText = choice }).WaitForAsync(new() { State = WaitForSelectorState.Hidden });
    }

    public Task ChosenAsync(string label, string choice) => Assertions.Expect(Select(label)).ToContainTextAsync(choice);

    /// <summary>Acts and waits for the save that holds what the act means.</summary>
    public Task SavesAsync(Func<Task> edit, Func<JObject, bool> holds) => SavedAsync(edit, body => body["model"] is JObject model && holds(model));

    /// <summary>Chooses a step of the canvas; its panel is there.</summary>
    public async Task StepAsync(string activity, string tab)
    {
        await InputsAsync(activity);
        await TabAsync(tab);
    }

    /// <summary>Chooses the language of what the panel's open tab asks for, and writes its text.</summary>
    public async Task WriteAsync(string language, string text, Func<JObject, bool> holds)
    {
        await MenuAsync(await InputMenuAsync(), language);
        var editor = page.Locator(".monaco-editor").Locator("visible=true").First;
        await editor.ClickAsync();
        await page.Keyboard.PressAsync("Control+A");
        await SavesAsync(() => page.Keyboard.InsertTextAsync(text), holds);
    }

    /// <summary>No error bar is there.</summary>
    public Task CalmAsync() => Assertions.Expect(page.Locator("#blazor-error-ui")).ToBeHiddenAsync();

    public Task PressAsync(string button) => Dialog.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();

    public Task ClickAsync(string button) => page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();

    private ILocator Select(string label) =>
        page.Locator(".mud-input-control").Filter(new() { Has = page.Locator("label").Filter(new() { HasTextRegex = new($"^\\s*{Regex.Escape(label)}\\s*$", RegexOptions.IgnoreCase) }) }).Locator("visible=true").Last;

    private static bool AsksFor(IResponse response, string path) => new Uri(response.Url).AbsolutePath.EndsWith(path, StringComparison.Ordinal);
}
