using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Automation.Simulators;
using Automation.Simulators.AmoCrm;
using Automation.Simulators.Seed;
using Microsoft.Extensions.Time.Testing;
using Newtonsoft.Json.Linq;
using Xunit;

namespace Automation.Connectors.Tests.Simulators;

public sealed class AmoCrmApiTests : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new(DateTimeOffset.FromUnixTimeSeconds(1_785_312_000));
    private readonly HttpClient http = new();
    private readonly AmoCrmSimulator amo;
    private SimulatorHost host = null!;

    public AmoCrmApiTests() => amo = new AmoCrmSimulator(new AmoCrmOptions { Clock = clock });

    public async ValueTask InitializeAsync()
    {
        host = await SimulatorHost.StartAsync(amo);
        SandboxSeed.Directory(amo);
        http.BaseAddress = new Uri(host.Address, "api/v4/");
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", amo.Options.Token);
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await amo.DisposeAsync();
        await host.DisposeAsync();
    }

    [Fact]
    public async Task Calls_AboveTheRate_AreRefusedUntilASecondHasPassed()
    {
        for (var i = 0; i < amo.Options.RequestsPerSecond; i++)
            Assert.Equal(HttpStatusCode.NoContent, (await GetAsync("leads")).StatusCode);

        Assert.Equal(HttpStatusCode.TooManyRequests, (await GetAsync("leads")).StatusCode);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.NoContent, (await GetAsync("leads")).StatusCode);
    }

    [Fact]
    public async Task AddDeal_AnswerLost_IsStoredAndFoundByItsKey()
    {
        amo.Faults.LoseNextAnswers();
        const string deal = """
            [{"name":"Внедрение","pipeline_id":8240020,"custom_fields_values":[{"field_code":"AUTOMATION_KEY","values":[{"value":"run-1/a"}]}]}]
            """;

        await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync(HttpMethod.Post, "leads", deal));

        var found = JObject.Parse(await (await GetAsync("leads?query=run-1%2Fa")).Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("Внедрение", (string?)found["_embedded"]!["leads"]!.Single()["name"]);
        Assert.Equal(1, amo.Calls.Writes);
    }

    [Fact]
    public async Task Patch_UnknownField_NamesItsPathAndChangesNothing()
    {
        var deal = amo.AddDeal("Сделка", SandboxIds.SalesPipeline, SandboxIds.NewRequest);

        var answer = await SendAsync(HttpMethod.Patch, "leads", $$"""
            [{"id":{{deal.Id}},"name":"Другая","custom_fields_values":[{"field_id":5,"values":[{"value":"x"}]}]}]
            """);

        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        var problem = JObject.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("custom_fields_values.0.field_id", (string?)problem["validation-errors"]![0]!["errors"]![0]!["path"]);
        Assert.Equal("Сделка", amo.Deal(deal.Id)!.Name);
    }

    private Task<HttpResponseMessage> GetAsync(string path) => http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string json) => http.SendAsync(
        new HttpRequestMessage(method, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") },
        TestContext.Current.CancellationToken);
}
