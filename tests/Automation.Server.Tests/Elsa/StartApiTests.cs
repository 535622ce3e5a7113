using System.Net;
using System.Text;
using Automation.Server.Tests.Api;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Elsa;

/// <summary>Workflows that start by themselves: an HTTP request, an event, a completed task.</summary>
public sealed class StartApiTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Cancel => TestServer.Cancel;

    [Fact]
    public async Task HttpEndpoint_Request_IsAnsweredByTheRun()
    {
        var (slug, api) = await AccountAsync();
        await PublishAsync(api, "orders", Chart(
            Starting("in", "Elsa.HttpEndpoint", ("path", "Literal", "orders/{OrderId}"), ("supportedMethods", "Object", """["POST"]""")),
            Activity("out", "Elsa.WriteHttpResponse", ("statusCode", "Literal", "201"), ("content", "Liquid", "{{ input.http.route.OrderId }}: {{ input.http.body.sum }}"), ("responseHeaders", "Object", """{"X-Order":"yes"}"""))));
        using var outside = server.NewClient();

        var answer = await outside.PostAsync($"/workflows/{slug}/orders/A-7?x=1", Json("""{"sum":12.50}"""), Cancel);
        Assert.Equal((HttpStatusCode.Created, "A-7: 12,5", "yes"), (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancel), answer.Headers.GetValues("X-Order").Single()));

        foreach (var (method, path) in new[] { (HttpMethod.Get, "orders/A-7"), (HttpMethod.Post, "orders"), (HttpMethod.Post, "other") })
        {
            using var request = new HttpRequestMessage(method, $"/workflows/{slug}/{path}");
            await (await outside.SendAsync(request, Cancel)).AssertProblemAsync(404, "not_found");
        }

        await (await outside.PostAsync("/workflows/nobody/orders/1", Json("{}"), Cancel)).AssertProblemAsync(404, "not_found");
        await (await outside.PostAsync($"/workflows/{slug}/orders/1", Json("{"), Cancel)).AssertProblemAsync(400, "payload_invalid");
    }

    /// <summary>A caller whose answer was lost asks again with its key.</summary>
    [Fact]
    public async Task HttpEndpoint_SameKey_IsOneRun()
    {
        var (slug, api) = await AccountAsync();
        await PublishAsync(api, "once", Chart(Starting("in", "Elsa.HttpEndpoint", ("path", "Literal", "once"), ("supportedMethods", "Object", """["POST"]"""))));
        var runs = new HashSet<string>();
        for (var i = 0; i < 2; i++)
        {
            using var outside = server.NewClient();
            outside.DefaultRequestHeaders.Add("Idempotency-Key", "k-1");
            var answer = await outside.PostAsync($"/workflows/{slug}/once", Json("{}"), Cancel);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            runs.Add(answer.Headers.GetValues("x-elsa-workflow-instance-id").Single());
        }

        Assert.Single(runs);
    }

    [Fact]
    public async Task HttpEndpoint_ThatAsksForAKey_TakesNoOther()
    {
        var (slug, api) = await AccountAsync();
        var (_, stranger) = await AccountAsync();
        await PublishAsync(api, "closed", Chart(Starting("in", "Elsa.HttpEndpoint", ("path", "Literal", "closed"), ("authorize", "Literal", "True"))));
        using var outside = server.NewClient();

        await (await outside.GetAsync($"/workflows/{slug}/closed", Cancel)).AssertProblemAsync(401, "unauthenticated");
        await (await stranger.GetAsync($"/workflows/{slug}/closed", Cancel)).AssertProblemAsync(401, "unauthenticated");
        Assert.Equal(HttpStatusCode.OK, (await api.GetAsync($"/workflows/{slug}/closed", Cancel)).StatusCode);
    }

    /// <summary>One that waits in the middle of a run is no less closed than one that starts it.</summary>
    [Fact]
    public async Task HttpEndpoint_ThatWaits_TakesNoOtherKeyEither()
    {
        var (slug, api) = await AccountAsync();
        await PublishAsync(api, "waits", Chart(Activity("line", "Elsa.WriteLine"), Activity("in", "Elsa.HttpEndpoint", ("path", "Literal", "Answer"), ("authorize", "Literal", "True"))));
        var run = Guid.Parse((string)(await PostAsync(api, "workflow-definitions/waits/execute", "{}")).SelectToken("workflowState.id")!);
        using var outside = server.NewClient();

        await (await outside.GetAsync($"/workflows/{slug}/answer", Cancel)).AssertProblemAsync(401, "unauthenticated");
        Assert.Equal(HttpStatusCode.Accepted, (await api.GetAsync($"/workflows/{slug}/answer", Cancel)).StatusCode);
        await server.RunEndedAsync(run);
        await (await api.GetAsync($"/workflows/{slug}/answer", Cancel)).AssertProblemAsync(404, "not_found");
    }

    [Theory]
    [InlineData("a|b")]
    [InlineData("copy-0190a00000007000800000000000000a-x")]
    public async Task Save_AnIdThatOthersAreMadeOf_IsRefused(string id)
    {
        var (_, api) = await AccountAsync();
        var answer = await api.PostAsync("/elsa/api/workflow-definitions", Json(new JObject { ["model"] = new JObject { ["definitionId"] = id, ["name"] = "x" }, ["publish"] = false }.ToString()), Cancel);
        Assert.Equal((HttpStatusCode.BadRequest, "definition_invalid"), (answer.StatusCode, (string?)JObject.Parse(await answer.Content.ReadAsStringAsync(Cancel))["code"]));
    }

    [Fact]
    public async Task Event_Triggered_StartsAndResumes()
    {
        var (_, api) = await AccountAsync();
        await PublishAsync(api, "starts", Chart(Starting("on", "Elsa.Event", ("eventName", "Literal", "paid")), Activity("line", "Elsa.WriteLine", ("text", "Liquid", "{{ input.payload.sum }}"))));
        var sent = await PostAsync(api, "events/paid/trigger", """{"input":{"sum":7}}""");

        var run = Guid.Parse((string)Assert.Single(sent["started"]!)!);
        await server.RunEndedAsync(run);
        var lines = (await PostAsync(api, $"workflow-instances/{run}/journal", "{}"))["items"]!;
        Assert.Contains(lines, line => (string?)line["eventName"] == "WriteLine" && (string?)line["message"] == "7");
    }

    [Fact]
    public async Task Task_Completed_GoesOnOnce()
    {
        var (_, api) = await AccountAsync();
        await PublishAsync(api, "asks", Chart(Activity("ask", "Elsa.RunTask", ("taskName", "Literal", "call"))));
        var run = Guid.Parse((string)(await PostAsync(api, "workflow-definitions/asks/execute", "{}")).SelectToken("workflowState.id")!);
        var task = $"{run:N}-3";

        Assert.Equal(1, (int)(await PostAsync(api, $"tasks/{task}/complete", """{"result":"answered"}"""))["resumed"]!);
        await server.RunEndedAsync(run);
        Assert.Equal(0, (int)(await PostAsync(api, $"tasks/{task}/complete", """{"result":"again"}"""))["resumed"]!);
    }

    [Fact]
    public async Task Dispatch_OfASingletonThatRuns_IsRefusedInWords()
    {
        var (_, api) = await AccountAsync();
        var document = Chart(Activity("wait", "Elsa.Event", ("eventName", "Literal", "never")));
        document["options"] = new JObject { ["activationStrategyType"] = "Singleton" };
        await PublishAsync(api, "only", document);
        await PostAsync(api, "workflow-definitions/only/dispatch", "{}");

        var refused = await api.PostAsync("/elsa/api/workflow-definitions/only/dispatch", Json("{}"), Cancel);
        Assert.Equal((HttpStatusCode.BadRequest, "cannot_start"), (refused.StatusCode, (string?)JObject.Parse(await refused.Content.ReadAsStringAsync(Cancel))["code"]));
        Assert.Equal("true", (await api.PostAsync("/elsa/api/workflow-definitions/only/execute", Json("{}"), Cancel)).Headers.GetValues("x-elsa-workflow-cannot-start").Single());
    }

    private async Task<(string Slug, HttpClient Api)> AccountAsync()
    {
        var slug = $"start-{Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(4))}";
        var (_, key) = await server.AddAccountAsync(slug);
        var client = server.NewClient();
        client.DefaultRequestHeaders.Authorization = new("ApiKey", key);
        return (slug, client);
    }

    private static async Task PublishAsync(HttpClient api, string id, JObject document)
    {
        (document["definitionId"], document["name"]) = (id, id);
        await PostAsync(api, "workflow-definitions", new JObject { ["model"] = document, ["publish"] = true }.ToString());
    }

    private static JObject Chart(params JObject[] activities) => new()
    {
        ["root"] = new JObject
        {
            ["id"] = "flow",
            ["type"] = "Elsa.Flowchart",
            ["version"] = 1,
            ["activities"] = new JArray(activities),
            ["connections"] = new JArray(activities.Zip(activities.Skip(1)).Select(pair => new JObject { ["source"] = new JObject { ["activity"] = pair.First["id"], ["port"] = "Done" }, ["target"] = new JObject { ["activity"] = pair.Second["id"], ["port"] = "In" } })),
        },
    };

    private static JObject Activity(string id, string type, params (string Name, string Type, string Value)[] inputs)
    {
        var activity = new JObject { ["id"] = id, ["type"] = type, ["version"] = 1 };
        foreach (var (name, expression, value) in inputs) activity[name] = new JObject { ["expression"] = new JObject { ["type"] = expression, ["value"] = value } };
        return activity;
    }

    private static JObject Starting(string id, string type, params (string Name, string Type, string Value)[] inputs)
    {
        var activity = Activity(id, type, inputs);
        activity["customProperties"] = new JObject { ["canStartWorkflow"] = true };
        return activity;
    }

    private static async Task<JObject> PostAsync(HttpClient api, string path, string body)
    {
        var answer = await api.PostAsync($"/elsa/api/{path}", Json(body), Cancel);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode}: {text}");
        return JObject.Parse(text);
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
