using System.Net;
using System.Text;
using Automation.Server.Tests.Api;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Elsa;

/// <summary>A trigger's workflow in Studio: saved into a copy, applied to the draft, published with its funnel.</summary>
public sealed class WorkingCopyTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Cancel => TestServer.Cancel;

    [Fact]
    public async Task Copy_Saved_ReachesTheDraftOnlyWhenApplied()
    {
        using var api = await FunnelAsync();
        var copy = await SendAsync(api, HttpMethod.Post, "/api/funnels/sales/triggers/big/studio", "{}");
        var id = (string)copy["definitionId"]!;
        Assert.Equal((false, false, "Крупная сделка"), ((bool)copy["hasEdits"]!, (bool)copy["movedOn"]!, (string?)copy["triggerName"]));
        var opened = await SendAsync(api, HttpMethod.Get, $"/elsa/api/workflow-definitions/by-definition-id/{id}");
        Assert.Contains(opened["links"]!, link => (string?)link["rel"] == "publish");

        await SaveAsync(api, id, "новое");
        Assert.True((bool)(await SendAsync(api, HttpMethod.Get, $"/api/studio/copies/{id}"))["hasEdits"]!);
        Assert.DoesNotContain("новое", await DraftAsync(api), StringComparison.Ordinal);
        // Opened once more, it goes on where it was.
        Assert.True((bool)(await SendAsync(api, HttpMethod.Post, "/api/funnels/sales/triggers/big/studio", "{}"))["hasEdits"]!);

        var applied = await SendAsync(api, HttpMethod.Post, $"/api/studio/copies/{id}/apply", "{}");
        Assert.Contains("Elsa.Finish", applied["before"]!.ToString(), StringComparison.Ordinal);
        Assert.Contains("новое", await DraftAsync(api), StringComparison.Ordinal);
        Assert.False((bool)(await SendAsync(api, HttpMethod.Get, $"/api/studio/copies/{id}"))["hasEdits"]!);
        Assert.DoesNotContain(id, (await SendAsync(api, HttpMethod.Get, "/elsa/api/workflow-definitions?IsSystem=False"))["items"]!.Select(item => (string?)item["definitionId"]));
    }

    [Fact]
    public async Task Apply_OverADraftThatMovedOn_AsksFirst()
    {
        using var api = await FunnelAsync();
        var id = (string)(await SendAsync(api, HttpMethod.Post, "/api/funnels/sales/triggers/big/studio", "{}"))["definitionId"]!;
        await SaveAsync(api, id, "из Studio");
        var draft = JObject.Parse(await DraftAsync(api));
        draft["triggers"]![0]!["then"]!["name"] = "с доски";
        await SendAsync(api, HttpMethod.Put, "/api/funnels/sales/draft", draft.ToString());

        var refused = await api.PostAsync($"/api/studio/copies/{id}/apply", Json("{}"), Cancel);
        await refused.AssertProblemAsync(400, "draft_changed");
        Assert.True((bool)(await SendAsync(api, HttpMethod.Get, $"/api/studio/copies/{id}"))["movedOn"]!);
        await SendAsync(api, HttpMethod.Post, $"/api/studio/copies/{id}/apply", """{"anyway":true}""");
        Assert.Contains("из Studio", await DraftAsync(api), StringComparison.Ordinal);

        await SaveAsync(api, id, "лишнее");
        await SendAsync(api, HttpMethod.Post, "/api/funnels/sales/triggers/big/studio", """{"anew":true}""");
        Assert.DoesNotContain("лишнее", (await SendAsync(api, HttpMethod.Get, $"/elsa/api/workflow-definitions/by-definition-id/{id}")).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_FromStudio_PublishesTheFunnelWhenNothingElseDiffers()
    {
        using var api = await FunnelAsync();
        var id = (string)(await SendAsync(api, HttpMethod.Post, "/api/funnels/sales/triggers/big/studio", "{}"))["definitionId"]!;
        Assert.True((bool)(await SaveAsync(api, id, "в работу", publish: true)).SelectToken("workflowDefinition.isPublished")!);
        Assert.True((bool)(await SendAsync(api, HttpMethod.Get, $"/elsa/api/workflow-definitions/by-definition-id/{id}"))["isPublished"]!);
        Assert.Equal(2, (int)(await SendAsync(api, HttpMethod.Get, "/api/funnels/sales"))["version"]!);
        Assert.Contains("в работу", await (await api.GetAsync("/api/funnels/sales/export", Cancel)).Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);

        var draft = JObject.Parse(await DraftAsync(api));
        draft["triggers"]![1]!["enabled"] = false;
        await SendAsync(api, HttpMethod.Put, "/api/funnels/sales/draft", draft.ToString());
        var refused = await api.PostAsync("/elsa/api/workflow-definitions", Json(Body(id, "ещё", true)), Cancel);
        Assert.False((bool)(await SendAsync(api, HttpMethod.Get, $"/elsa/api/workflow-definitions/by-definition-id/{id}"))["isPublished"]!);
        Assert.Equal((HttpStatusCode.BadRequest, "draft_differs"), (refused.StatusCode, (string?)JObject.Parse(await refused.Content.ReadAsStringAsync(Cancel))["code"]));
        Assert.Equal(2, (int)(await SendAsync(api, HttpMethod.Get, "/api/funnels/sales"))["version"]!);
    }

    [Fact]
    public async Task Run_OfACopy_IsRefusedInWords()
    {
        using var api = await FunnelAsync();
        var id = (string)(await SendAsync(api, HttpMethod.Post, "/api/funnels/sales/triggers/big/studio", "{}"))["definitionId"]!;
        var refused = await api.PostAsync($"/elsa/api/workflow-definitions/{id}/execute", Json("""{"versionOptions":"Latest"}"""), Cancel);
        Assert.Equal((HttpStatusCode.BadRequest, "definition_of_funnel"), (refused.StatusCode, (string?)JObject.Parse(await refused.Content.ReadAsStringAsync(Cancel))["code"]));
        await (await api.PostAsync("/api/funnels/sales/triggers/none/studio", Json("{}"), Cancel)).AssertProblemAsync(404, "not_found");
    }

    private async Task<HttpClient> FunnelAsync()
    {
        var (account, key) = await server.AddAccountAsync($"copy-{Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(4))}");
        await server.AddConnectionAsync("amocrm", "crm", account, Crm.Directory, "31700500");
        var client = server.NewClient();
        client.DefaultRequestHeaders.Authorization = new("ApiKey", key);
        await SendAsync(client, HttpMethod.Post, "/api/funnels/import?publish=true", Crm.Funnel("crm"));
        return client;
    }

    private static async Task<string> DraftAsync(HttpClient api) => await (await api.GetAsync("/api/funnels/sales/export?version=draft", Cancel)).Content.ReadAsStringAsync(Cancel);

    private static Task<JObject> SaveAsync(HttpClient api, string id, string text, bool publish = false) => SendAsync(api, HttpMethod.Post, "/elsa/api/workflow-definitions", Body(id, text, publish));

    private static string Body(string id, string text, bool publish) => new JObject
    {
        ["model"] = new JObject
        {
            ["definitionId"] = id,
            ["name"] = "t",
            ["root"] = new JObject
            {
                ["id"] = "flow",
                ["type"] = "Elsa.Sequence",
                ["version"] = 1,
                ["activities"] = new JArray(new JObject { ["id"] = "l", ["type"] = "Elsa.WriteLine", ["version"] = 1, ["text"] = new JObject { ["typeName"] = "String", ["expression"] = new JObject { ["type"] = "Literal", ["value"] = text } } }),
            },
        },
        ["publish"] = publish,
    }.ToString();

    private static async Task<JObject> SendAsync(HttpClient api, HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : Json(body) };
        var answer = await api.SendAsync(request, Cancel);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode}: {text}");
        return JObject.Parse(text);
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
