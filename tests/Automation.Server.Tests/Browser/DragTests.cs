using Automation.Testing;
using Microsoft.Playwright;

namespace Automation.Server.Tests.Browser;

/// <summary>The story of the product, as its user: a deal is dragged in the CRM, the SMS is on the phone.</summary>
public sealed class DragTests
{
    private const string Chromium = "/usr/bin/chromium";

    [Fact]
    public async Task Drag_DealToTheMeetingStage_SmsArrivesAndTheJournalTellsWhy()
    {
        if (!File.Exists(Chromium)) Assert.Skip("No Chromium: /usr/bin/chromium is not installed.");
        var stop = TestContext.Current.CancellationToken;
        using var folder = new TempDirectory();
        var (admin, hooks, sandbox) = ($"http://127.0.0.1:{TestPorts.Next()}", $"http://127.0.0.1:{TestPorts.Next()}", $"http://127.0.0.1:{TestPorts.Next()}");
        using var server = await ServerProcess.StartAsync(["--sandbox", "--data", folder.Path, "--url", admin, "--hook-url", hooks, "--sandbox-url", sandbox], new Dictionary<string, string>(), stop);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Chromium,
            Headless = true,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
        var page = await browser.NewPageAsync(new() { ViewportSize = new() { Width = 1280, Height = 720 } });
        await page.GotoAsync($"{sandbox}/sandbox");
        await page.GetByTestId("deal-40215877").DragToAsync(page.GetByTestId("stage-8240010-68120458"));
        await Assertions.Expect(page.GetByTestId("stage-8240010-68120458").GetByTestId("deal-40215877")).ToBeVisibleAsync();

        await page.GotoAsync($"{sandbox}/sandbox/phone");
        await Assertions.Expect(page.GetByTestId("sms-list")).ToContainTextAsync("Ждём вас на встрече", new() { Timeout = 20_000 });

        var key = await File.ReadAllTextAsync(folder.File("cli.key"), stop);
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Add("X-Api-Key", key);
        var why = await http.GetStringAsync($"{admin}/api/why?deal=40215877", stop);
        Assert.Contains("\"outcome\":\"fired\"", why, StringComparison.Ordinal);
    }
}
