using System.Text;
using System.Text.RegularExpressions;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Browser;

/// <summary>
/// Every page as people see it: nothing serious for a screen reader, nothing cut off sideways, nothing untranslated. With
/// AUTOMATION_SCREENSHOTS=FOLDER it also takes a picture of each in both languages and themes at three sizes.
/// </summary>
public sealed partial class ScreenTests
{
    private static readonly (string Name, string Path)[] Pages =
    [
        ("funnels", "/funnels"), ("board", "/funnels/prodazhi"), ("card", "/funnels/prodazhi?card=priority"), ("journal", "/journal"), ("deals", "/deals"), ("deal", "/deals/crm/40215877"),
        ("failed", "/failed"), ("waiting", "/waiting"), ("managers", "/managers"), ("settings", "/settings"), ("profile", "/profile"), ("not-found", "/not-found"),
    ];

    private static readonly (string Theme, string Language)[] Looks = [("light", "ru"), ("light", "en"), ("dark", "ru"), ("dark", "en")];

    private static readonly (int Width, int Height)[] Sizes = [(1366, 768), (1920, 1080), (390, 844)];

    private static readonly string? Folder = Environment.GetEnvironmentVariable("AUTOMATION_SCREENSHOTS");

    [Fact]
    public async Task Page_InBothThemes_IsFitForScreenReadersAndWhole()
    {
        await using var browser = await TestBrowser.StartAsync(sandbox: true, studio: false, 1366, 768);
        await browser.SignInAsync();
        var page = browser.Page;
        await browser.DragDealAsync(page, "40215877", "68120458");
        await page.GotoAsync($"{browser.Sandbox}/sandbox/phone");
        await Assertions.Expect(page.GetByTestId("sms-list")).ToContainTextAsync("Ждём вас на встрече");
        await SaveTemplateAsync(browser);
        (string Name, string Path)[] pages = [.. Pages, ("run", $"/runs/{await RunAsync(browser)}"), ("here", await HereAsync(browser))];
        var wrong = new List<string>();
        foreach (var (theme, language) in Looks)
        {
            await PreferAsync(browser, theme, language);
            foreach (var (name, path) in pages) wrong.AddRange(await LookAsync(page, name, browser.Admin + path, theme, language));
            wrong.AddRange(await LookAsync(page, "settings-message", $"{browser.Admin}/settings", theme, language, OpenTemplateAsync));
        }

        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));
    }

    /// <summary>What a newcomer sees: the first link, the pages of an account that has nothing yet, the sign-in.</summary>
    [Fact]
    public async Task Page_OfAnEmptyAccount_IsFitForScreenReadersAndWhole()
    {
        await using var browser = await TestBrowser.StartAsync(sandbox: false, studio: false, 1366, 768);
        var wrong = new List<string>();
        foreach (var (theme, language) in Looks)
        {
            await using var context = await browser.Page.Context.Browser!.NewContextAsync(new() { ColorScheme = theme == "dark" ? ColorScheme.Dark : ColorScheme.Light, Locale = language == "en" ? "en-GB" : "ru-RU" });
            var page = await context.NewPageAsync();
            wrong.AddRange(await LookAsync(page, "join", browser.FirstLink, theme, language));
            wrong.AddRange(await LookAsync(page, "sign-in", $"{browser.Admin}/sign-in", theme, language));
        }

        await browser.SignInAsync();
        foreach (var (theme, language) in Looks)
        {
            await PreferAsync(browser, theme, language);
            foreach (var name in new[] { "funnels", "deals", "journal", "failed", "waiting", "managers", "settings" })
                wrong.AddRange(await LookAsync(browser.Page, $"empty-{name}", $"{browser.Admin}/{name}", theme, language));
        }

        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));
    }

    /// <summary>What is wrong with a page in one theme and language.</summary>
    /// <param name="open">What is done on the page before it is looked at; null: nothing.</param>
    private static async Task<List<string>> LookAsync(IPage page, string name, string address, string theme, string language, Func<IPage, Task>? open = null)
    {
        var (wrong, place) = (new List<string>(), $"{name} {theme} {language}");
        await page.SetViewportSizeAsync(1366, 768);
        await OpenAsync(page, address);
        if (open is not null) await open(page);
        if (language == "ru") wrong.AddRange(await FaultsAsync(page, place));
        // A manager's own page speaks the language of the account.
        if (name != "here" && await page.EvaluateAsync<string>("() => document.documentElement.lang") != language) wrong.Add($"{place}: in another language");
        wrong.AddRange(Keys(await page.InnerTextAsync("body")).Select(key => $"{place}: untranslated {key}"));
        foreach (var (width, height) in Folder is null ? [(390, 844)] : Sizes)
        {
            await page.SetViewportSizeAsync(width, height);
            if (await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - window.innerWidth") > 0) wrong.Add($"{place}: wider than {width}");
            if (await page.EvaluateAsync<bool>("() => [...document.querySelectorAll('.site-header a, .site-header button')].some(one => one.offsetWidth > 0 && one.getBoundingClientRect().right > window.innerWidth || one.closest('nav')?.scrollWidth > one.closest('nav')?.clientWidth)")) wrong.Add($"{place}: header cut off at {width}");
            if (Folder is not null) await page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"{name}-{language}-{theme}-{width}.png") });
        }

        return wrong;
    }

    private static async Task<string> RunAsync(TestBrowser browser)
    {
        var runs = JObject.Parse(await browser.Api.GetStringAsync("/api/runs?deal=40215877", TestContext.Current.CancellationToken));
        return (string)runs["items"]![0]!["id"]!;
    }

    private static async Task SaveTemplateAsync(TestBrowser browser)
    {
        using var body = new StringContent("""{"title":"Напоминание о визите","text":"{{ contact.name }}, ждём вас завтра! Если планы изменились, ответьте на это сообщение.","subject":"Визит","mark":"service"}""", Encoding.UTF8, "application/json");
        (await browser.Api.PutAsync("/api/message-templates/visit", body, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
    }

    private static async Task OpenTemplateAsync(IPage page)
    {
        await page.GetByTestId("message-edit-visit").ClickAsync();
        await Assertions.Expect(page.GetByTestId("message-form").GetByTestId("sms-parts")).ToBeVisibleAsync();
        await page.GetByTestId("message-save").ScrollIntoViewIfNeededAsync();
    }

    private static async Task<string> HereAsync(TestBrowser browser)
    {
        var managers = JObject.Parse(await browser.Api.GetStringAsync("/api/managers", TestContext.Current.CancellationToken));
        var made = await browser.Api.PostAsync($"/api/managers/{managers["items"]![0]!["userId"]}/here", null, TestContext.Current.CancellationToken);
        return (string)JObject.Parse(await made.EnsureSuccessStatusCode().Content.ReadAsStringAsync(TestContext.Current.CancellationToken))["path"]!;
    }

    private static async Task OpenAsync(IPage page, string address)
    {
        await page.GotoAsync(address);
        // First what tells that the page stands: before, nothing on it is busy either.
        await Assertions.Expect(page.Locator("h1, [data-testid=board]").First).ToBeVisibleAsync();
        if (address.Contains("card=", StringComparison.Ordinal)) await Assertions.Expect(page.Locator("#panel-then")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("[aria-busy=true]")).ToHaveCountAsync(0);
    }

    private static async Task<IEnumerable<string>> FaultsAsync(IPage page, string place)
    {
        // A colour on its way to another is nobody's to judge.
        await page.EvaluateAsync("() => Promise.allSettled(document.getAnimations().filter(one => one.effect.getComputedTiming().endTime !== Infinity).map(one => one.finished))");
        var found = await page.RunAxe();
        return found.Violations.Where(one => one.Impact is "serious" or "critical").Select(one => $"{place}: {one.Id} {string.Join(" ", one.Nodes.Take(3).Select(node => node.Html))}");
    }

    private static async Task PreferAsync(TestBrowser browser, string theme, string language)
    {
        var answer = await browser.Page.Context.APIRequest.PutAsync($"{browser.Admin}/api/session/preferences", new() { DataObject = new { theme, language }, Headers = new Dictionary<string, string> { ["X-Requested-With"] = "automation" } });
        Assert.True(answer.Ok, await answer.TextAsync());
    }

    /// <summary>Keys of the word books that stand where a text should; <c>deal.price</c> is also how a formula names the budget.</summary>
    private static IEnumerable<string> Keys(string text) => Key().Matches(text).Select(match => match.Value).Where(key => key != "deal.price").Where(Automation.Designer.Words.WordBook.Of("ru").ContainsKey);

    [GeneratedRegex(@"\b[a-z]+(\.[a-zA-Z]+)+\b", RegexOptions.ExplicitCapture)]
    private static partial Regex Key();
}
