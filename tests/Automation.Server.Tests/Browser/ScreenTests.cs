using System.Text.RegularExpressions;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

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
        var wrong = new List<string>();
        foreach (var theme in new[] { "light", "dark" })
        {
            foreach (var language in new[] { "ru", "en" })
            {
                await PreferAsync(browser, theme, language);
                foreach (var (name, path) in Pages)
                {
                    var place = $"{name} {theme} {language}";
                    await page.SetViewportSizeAsync(1366, 768);
                    await OpenAsync(page, browser.Admin + path);
                    if (language == "ru") wrong.AddRange(await FaultsAsync(page, place));
                    wrong.AddRange(Keys(await page.InnerTextAsync("body")).Select(key => $"{place}: untranslated {key}"));
                    foreach (var (width, height) in Folder is null ? [(390, 844)] : Sizes)
                    {
                        await page.SetViewportSizeAsync(width, height);
                        if (await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - window.innerWidth") > 0) wrong.Add($"{place}: wider than {width}");
                        if (await page.EvaluateAsync<bool>("() => [...document.querySelectorAll('.site-header a, .site-header button')].some(one => one.offsetWidth > 0 && one.getBoundingClientRect().right > window.innerWidth || one.closest('nav')?.scrollWidth > one.closest('nav')?.clientWidth)")) wrong.Add($"{place}: header cut off at {width}");
                        if (Folder is not null) await page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"{name}-{language}-{theme}-{width}.png") });
                    }
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));
    }

    private static async Task OpenAsync(IPage page, string address)
    {
        await page.GotoAsync(address);
        await Assertions.Expect(page.Locator("[aria-busy=true]")).ToHaveCountAsync(0);
        await Assertions.Expect(page.Locator("h1, [data-testid=board]").First).ToBeVisibleAsync();
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
