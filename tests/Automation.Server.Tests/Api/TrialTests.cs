using System.Text;
using Automation.Engine.Hosting.Trials;
using Microsoft.Extensions.DependencyInjection;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Api;

/// <summary>A draft tried over HTTP, in words.</summary>
public sealed class TrialTests : IAsyncLifetime
{
    private readonly TestServer server = new();
    private HttpClient api = null!;
    private string hook = "";

    private static CancellationToken Cancel => TestServer.Cancel;

    public async ValueTask InitializeAsync()
    {
        await server.InitializeAsync();
        var (_, token) = await server.AddConnectionAsync("amocrm", "crm", crm: Crm.Directory, remoteAccount: "31700500");
        hook = $"/hooks/amocrm/{token}";
        api = server.NewClient();
        api.DefaultRequestHeaders.Authorization = new("Bearer", server.ApiKey);
        await OkAsync(await api.PostAsync("/api/funnels/import?publish=true", Json(Crm.Funnel("crm")), Cancel));
    }

    public async ValueTask DisposeAsync()
    {
        api.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Try_OnADeal_SaysWhatEachTriggerOfTheDraftWouldDo()
    {
        var stored = await HookAsync(Wire.Lead(42));
        await OkAsync(await api.PostAsync("/api/funnels/import", Json(Crm.Funnel("crm").Replace(">= 30000", ">= 50000", StringComparison.Ordinal)), Cancel));

        var told = await OkAsync(await api.PostAsync("/api/funnels/sales/try?lang=ru", Json($$"""{"entity":"42","event":"{{stored}}"}"""), Cancel));
        var triggers = told["triggers"]!.ToDictionary(one => (string)one["id"]!);
        Assert.Equal(("Deal 42", "no", "condition_false", "условие не выполнено"), ((string?)told["dealName"], (string?)triggers["big"]["outcome"], (string?)triggers["big"]["reason"], (string?)triggers["big"]["text"]));
        Assert.Equal("45000", (string?)triggers["big"]["seen"]![0]!["value"]);
        Assert.Equal("other_event", (string?)triggers["moved"]["reason"]);

        var one = (await OkAsync(await api.PostAsync("/api/funnels/sales/try?lang=en", Json("""{"entity":"42","trigger":"hand"}"""), Cancel)))["triggers"]!.Single();
        Assert.Equal(("fired", "finished", "would run to its end"), ((string?)one["outcome"], (string?)one["ends"], (string?)one["endText"]));
        await (await api.PostAsync("/api/funnels/sales/try", Json("""{"entity":"999"}"""), Cancel)).AssertProblemAsync(404, "not_found");
        await (await api.PostAsync("/api/funnels/sales/try", Json("""{"entity":"42","trigger":"none"}"""), Cancel)).AssertProblemAsync(404, "not_found");
        await (await api.PostAsync("/api/funnels/sales/try", Json("""{}"""), Cancel)).AssertProblemAsync(400, "payload_invalid");
    }

    [Fact]
    public async Task BackTest_OfAChangedCondition_CountsBothVersionsAndNamesTheDeals()
    {
        await HookAsync(Wire.Lead(42));
        await HookAsync(Wire.Lead(43, price: 90_000));
        await OkAsync(await api.PostAsync("/api/funnels/import", Json(Crm.Funnel("crm").Replace(">= 30000", ">= 50000", StringComparison.Ordinal)), Cancel));

        var started = await OkAsync(await api.PostAsync("/api/funnels/sales/back-tests?lang=ru", Json("""{"days":1}"""), Cancel));
        await server.Services.GetRequiredService<BackTestService>().EndedAsync((Guid)started["id"]!);
        var test = await OkAsync(await api.GetAsync($"/api/funnels/sales/back-tests/{started["id"]}?lang=ru", Cancel));

        Assert.Equal(("done", 2, 2, 1), ((string?)test["status"], (int)test["played"]!, (int)test["total"]!, (int)test["version"]!));
        var big = test["result"]!["cards"]!.First(card => (string?)card["trigger"] == "big");
        Assert.Equal((1, 2), ((int)big["draft"]!["fired"]!, (int)big["published"]!["fired"]!));
        var example = big["examples"]!.Single();
        Assert.Equal(("published", "42", "Deal 42"), ((string?)example["side"], (string?)example["deal"], (string?)example["name"]));
        Assert.Contains("условие не выполнено", (string?)example["reason"], StringComparison.Ordinal);
        Assert.Single((await OkAsync(await api.GetAsync("/api/funnels/sales/back-tests", Cancel)))["items"]!);
        Assert.Equal("done", (string?)(await OkAsync(await api.DeleteAsync($"/api/funnels/sales/back-tests/{started["id"]}", Cancel)))["status"]);
        await (await api.PostAsync("/api/funnels/sales/back-tests", Json("""{"days":31}"""), Cancel)).AssertProblemAsync(400, "query_invalid");
        await (await api.GetAsync($"/api/funnels/sales/back-tests/{Guid.Empty}", Cancel)).AssertProblemAsync(404, "not_found");
    }

    private async Task<Guid> HookAsync(string body)
    {
        var id = (Guid)(await (await server.Client.PostAsync(hook, Wire.Form(body), Cancel)).JsonAsync())["eventId"]!;
        await server.EventDoneAsync(id);
        return id;
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private static async Task<JObject> OkAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {text}");
        return JObject.Parse(text);
    }
}
