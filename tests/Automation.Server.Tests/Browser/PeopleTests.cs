using Automation.Server.Tests.Api;
using Microsoft.Playwright;

namespace Automation.Server.Tests.Browser;

/// <summary>From the link that the server prints to a colleague who may only look.</summary>
public sealed class PeopleTests
{
    [Fact]
    public async Task FirstLink_SignOut_SignIn_Invite_AsPeopleDoIt()
    {
        await using var browser = await TestBrowser.StartAsync(sandbox: false, studio: false, 1366, 768);
        var page = browser.Page;
        await page.GotoAsync(browser.FirstLink);
        await JoinAsync(page, "Анна", "anna@example.com");
        await Assertions.Expect(page.Locator(".person")).ToContainTextAsync("Анна");

        await page.GotoAsync($"{browser.Admin}/sign-out");
        await page.GotoAsync($"{browser.Admin}/settings");
        await Assertions.Expect(page).ToHaveURLAsync($"{browser.Admin}/sign-in?return=%2Fsettings");
        await SignInAsync(page, "anna@example.com", "не та лошадь 11");
        await Assertions.Expect(page.GetByTestId("sign-in-trouble")).ToBeVisibleAsync();
        await SignInAsync(page, "anna@example.com", People.Password);
        await Assertions.Expect(page).ToHaveURLAsync($"{browser.Admin}/settings");

        await page.GetByTestId("invite").ClickAsync();
        await page.Locator("#invite-name").FillAsync("Борис");
        await page.GetByTestId("invite-make").ClickAsync();
        var link = await page.GetByTestId("once").Locator("code").InnerTextAsync();
        await using var other = await page.Context.Browser!.NewContextAsync();
        var guest = await other.NewPageAsync();
        await guest.GotoAsync(link);
        await Assertions.Expect(guest.Locator("#name")).ToHaveValueAsync("Борис");
        await JoinAsync(guest, "Борис", "boris@example.com");
        await Assertions.Expect(guest.Locator(".person")).ToContainTextAsync("Борис");
        await Assertions.Expect(guest.Locator("header nav a[href='/settings']")).ToHaveCountAsync(0);
        await guest.GotoAsync(link);
        await Assertions.Expect(guest.Locator("#name")).ToHaveCountAsync(0);

        // Whoever is removed is sent to the sign-in, also from a page that he only looks at.
        await guest.GotoAsync($"{browser.Admin}/journal");
        await Assertions.Expect(guest.Locator("h1")).ToBeVisibleAsync();
        await page.ReloadAsync();
        await page.GetByTestId("user-boris@example.com").Locator("button").Last.ClickAsync();
        await page.Locator(".mud-dialog .mud-button-root").Last.ClickAsync();
        await Assertions.Expect(page.GetByTestId("user-boris@example.com")).ToHaveCountAsync(0);
        await Assertions.Expect(guest).ToHaveURLAsync($"{browser.Admin}/sign-in?return=%2Fjournal", new() { Timeout = 60_000 });
    }

    private static async Task JoinAsync(IPage page, string name, string login)
    {
        await page.Locator("#name").FillAsync(name);
        await page.Locator("#login").FillAsync(login);
        await page.Locator("#password").FillAsync(People.Password);
        await page.Locator("#again").FillAsync(People.Password);
        await page.GetByTestId("join-submit").ClickAsync();
    }

    private static async Task SignInAsync(IPage page, string login, string password)
    {
        await page.Locator("#login").FillAsync(login);
        await page.Locator("#password").FillAsync(password);
        await page.GetByTestId("sign-in-submit").ClickAsync();
    }
}
