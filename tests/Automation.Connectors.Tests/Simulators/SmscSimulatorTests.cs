using Automation.Simulators;
using Automation.Simulators.Smsc;
using Microsoft.Extensions.Time.Testing;
using Newtonsoft.Json.Linq;
using Xunit;

namespace Automation.Connectors.Tests.Simulators;

public sealed class SmscSimulatorTests : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new();
    private readonly HttpClient http = new();
    private readonly SmscSimulator smsc;
    private SimulatorHost host = null!;

    public SmscSimulatorTests() => smsc = new SmscSimulator(new SmscOptions { Clock = clock });

    public async ValueTask InitializeAsync() => host = await SimulatorHost.StartAsync(smsc);

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        smsc.Dispose();
        await host.DisposeAsync();
    }

    [Fact]
    public async Task Send_EqualWithinAMinute_IsCode9ThoughTheIdDiffers()
    {
        Assert.Equal("eff-1", (string?)(await SendAsync("eff-1"))["id"]);
        Assert.Equal(9, (int?)(await SendAsync("eff-2"))["error_code"]);
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("eff-3", (string?)(await SendAsync("eff-3"))["id"]);
        Assert.Equal(2, smsc.Ledger.Count);
    }

    [Fact]
    public async Task Send_AnswerLost_StatusKnowsTheOwnId()
    {
        smsc.Faults.LoseNextAnswers();

        await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync("eff-1"));

        Assert.Equal(1, (int?)(await GetAsync("sys/status.php?apikey=sandbox-demo-key&fmt=3&phone=79161234501&id=eff-1"))["status"]);
        Assert.Equal(-3, (int?)(await GetAsync("sys/status.php?apikey=sandbox-demo-key&fmt=3&phone=79161234501&id=eff-2"))["status"]);
    }

    private Task<JObject> SendAsync(string id) =>
        GetAsync($"sys/send.php?apikey=sandbox-demo-key&fmt=3&charset=utf-8&phones=%2B79161234501&mes=Hello&id={id}");

    private async Task<JObject> GetAsync(string path) =>
        JObject.Parse(await http.GetStringAsync(new Uri(host.Address, path), TestContext.Current.CancellationToken));
}
