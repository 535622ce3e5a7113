using Automation.Testing;
using Microsoft.Playwright;

namespace Automation.Server.Tests.Browser;

/// <summary>A real Chromium, and a real server beside it.</summary>
internal sealed class TestBrowser : IAsyncDisposable
{
    private const string Chromium = "/usr/bin/chromium";

    private readonly TempDirectory folder = new();
    private IPlaywright? playwright;
    private IBrowser? browser;
    private ServerProcess? server;

    // Machines are shared: what is drawn in a tenth of a second alone may take long beside other tests.
    static TestBrowser() => Assertions.SetDefaultExpectTimeout(20_000);

    private TestBrowser() { }

    /// <summary>Address of the pages and the API.</summary>
    public string Admin { get; } = $"http://127.0.0.1:{TestPorts.Next()}";

    /// <summary>Address of the sandbox, where there is one.</summary>
    public string Sandbox { get; } = $"http://127.0.0.1:{TestPorts.Next()}";

    /// <summary>With a key of the account.</summary>
    public HttpClient Api { get; private set; } = null!;

    /// <summary>A page that nobody is signed in on yet.</summary>
    public IPage Page { get; private set; } = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Skips the test where the machine has no Chromium, or with <paramref name="studio"/> no Studio.</summary>
    public static async Task<TestBrowser> StartAsync(bool sandbox, bool studio, int width, int height)
    {
        if (!System.IO.File.Exists(Chromium)) Assert.Skip("No Chromium: /usr/bin/chromium is not installed.");
        if (studio && !Directory.Exists(Path.Combine(Path.GetDirectoryName(ServerProcess.Dll)!, "studio", "_framework"))) Assert.Skip("Elsa Studio was not built: there was no Node.");
        var started = new TestBrowser();
        try
        {
            await started.OpenAsync(sandbox, studio, width, height);
            return started;
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    private async Task OpenAsync(bool sandbox, bool studio, int width, int height)
    {
        string[] arguments = ["--data", folder.Path, "--url", Admin, "--hook-url", $"http://127.0.0.1:{TestPorts.Next()}"];
        server = await ServerProcess.StartAsync(sandbox ? ["--sandbox", "--sandbox-url", Sandbox, .. arguments] : arguments, new Dictionary<string, string>(), Cancel);
        Api = new() { BaseAddress = new Uri(Admin) };
        Api.DefaultRequestHeaders.Add("X-Api-Key", await System.IO.File.ReadAllTextAsync(File("cli.key"), Cancel));
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Chromium,
            Headless = true,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
        Page = await browser.NewPageAsync(new() { ViewportSize = new() { Width = width, Height = height } });
        // Studio starts a whole runtime in the page.
        if (studio) Page.SetDefaultTimeout(120_000);
    }

    /// <summary>The link that the server printed for the first administrator.</summary>
    public string FirstLink => server!.Output.Split('\n').Single(line => line.Contains("First admin", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^1];

    /// <summary>Drags a deal in the sandbox to a stage of the sample's pipeline, and waits until it stands there.</summary>
    public async Task DragDealAsync(IPage page, string deal, string stage)
    {
        await page.GotoAsync($"{Sandbox}/sandbox");
        var there = page.GetByTestId($"stage-8240010-{stage}").GetByTestId($"deal-{deal}");
        // A drag that begins before the page's script stands moves nothing.
        await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        await page.GetByTestId($"deal-{deal}").DragToAsync(page.GetByTestId($"stage-8240010-{stage}"));
        await Assertions.Expect(there).ToBeVisibleAsync();
    }

    /// <summary>A page of the same person's, for the sandbox.</summary>
    public Task<IPage> SecondAsync() => browser!.NewPageAsync();

    /// <summary>A browser of another person, signed in with a key of that role.</summary>
    public async Task<IPage> OtherAsync(string name, string role, int width = 1366, int height = 768)
    {
        var made = await Api.PostAsync("/api/keys", new StringContent($$"""{"name":"{{name}}","role":"{{role}}"}""", System.Text.Encoding.UTF8, "application/json"), Cancel);
        var key = (string)Newtonsoft.Json.Linq.JObject.Parse(await made.EnsureSuccessStatusCode().Content.ReadAsStringAsync(Cancel))["key"]!;
        var context = await browser!.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = height } });
        Assert.Equal(204, (await context.APIRequest.PostAsync($"{Admin}/api/session", new() { Headers = new Dictionary<string, string> { ["X-Api-Key"] = key } })).Status);
        return await context.NewPageAsync();
    }

    public string File(string name) => folder.File(name);

    public async Task SignInAsync()
    {
        var answer = await Page.Context.APIRequest.PostAsync($"{Admin}/api/session", new() { Headers = Api.DefaultRequestHeaders.ToDictionary(header => header.Key, header => header.Value.First()) });
        Assert.Equal(204, answer.Status);
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null) await browser.DisposeAsync();
        playwright?.Dispose();
        Api?.Dispose();
        server?.Dispose();
        folder.Dispose();
    }
}
