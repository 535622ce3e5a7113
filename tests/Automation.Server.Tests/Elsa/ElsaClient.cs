using System.Net;
using System.Security.Cryptography;
using System.Text;
using Automation.Engine.Accounts;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Elsa;

/// <summary>An account of its own that speaks the Elsa-compatible API.</summary>
internal sealed class ElsaClient : IDisposable
{
    private readonly TestServer server;

    private ElsaClient(TestServer server, AccountId account, string slug, string key)
    {
        (this.server, Account, Slug, Key, Http) = (server, account, slug, key, server.NewClient());
        Http.DefaultRequestHeaders.Authorization = new("ApiKey", key);
    }

    public AccountId Account { get; }

    public string Slug { get; }

    public string Key { get; }

    public HttpClient Http { get; }

    private static CancellationToken Cancel => TestServer.Cancel;

    public static async Task<ElsaClient> NewAsync(TestServer server)
    {
        var slug = $"elsa-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
        var (account, key) = await server.AddAccountAsync(slug);
        return new(server, account, slug, key);
    }

    public void Dispose() => Http.Dispose();

    public static JObject Activity(string id, string type, params (string Name, string Expression, JToken Value)[] inputs)
    {
        var activity = new JObject { ["id"] = id, ["name"] = $"{id}1", ["type"] = type, ["version"] = 1 };
        foreach (var (name, expression, value) in inputs) activity[name] = new JObject { ["expression"] = new JObject { ["type"] = expression, ["value"] = value } };
        return activity;
    }

    public static JObject Chart(params JObject[] activities) =>
        new() { ["id"] = "flow", ["type"] = "Elsa.Flowchart", ["version"] = 1, ["activities"] = new JArray(activities), ["connections"] = new JArray() };

    /// <summary>An activity that the workflow may start with.</summary>
    public static JObject Starting(string id, string type, params (string Name, string Expression, JToken Value)[] inputs)
    {
        var activity = Activity(id, type, inputs);
        activity["customProperties"] = new JObject { ["canStartWorkflow"] = true };
        return activity;
    }

    /// <summary>Each after the one before.</summary>
    public static JObject Chain(params JObject[] activities) => activities.Zip(activities.Skip(1)).Aggregate(Chart(activities), (chart, pair) => Connect(chart, (string)pair.First["id"]!, "Done", (string)pair.Second["id"]!));

    public static JObject Connect(JObject chart, string from, string port, string to)
    {
        ((JArray)chart["connections"]!).Add(new JObject { ["source"] = new JObject { ["activity"] = from, ["port"] = port }, ["target"] = new JObject { ["activity"] = to, ["port"] = "In" } });
        return chart;
    }

    public static JObject Line(string text = "привет") => Activity("line", "Elsa.WriteLine", ("text", "Literal", text));

    /// <summary>Waits for an event that nobody sends.</summary>
    public static JObject Waiting() => Chart(Activity("wait", "Elsa.Event", ("eventName", "Literal", "never")));

    /// <returns>The saved version.</returns>
    public async Task<JObject> SaveAsync(JObject root, string name = "Проба", bool publish = true, string? id = null, JObject? options = null) =>
        (JObject)(await SavedAsync(root, name, publish, id, options))["workflowDefinition"]!;

    public Task<JObject> SavedAsync(JObject root, string name = "Проба", bool publish = true, string? id = null, JObject? options = null) =>
        PostAsync("workflow-definitions", new JObject { ["model"] = new JObject { ["definitionId"] = id, ["name"] = name, ["root"] = root, ["options"] = options }, ["publish"] = publish });

    /// <summary>Starts the workflow and waits until it rests.</summary>
    public async Task<string> RunAsync(JToken definition, string? correlation = null)
    {
        var answer = await Http.PostAsync($"/elsa/api/workflow-definitions/{(string)definition["definitionId"]!}/execute", Json(new JObject { ["correlationId"] = correlation }), Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return answer.Headers.GetValues("x-elsa-workflow-instance-id").Single();
    }

    public async Task<JObject> PostAsync(string path, JObject body) => await ReadAsync(await Http.PostAsync($"/elsa/api/{path}", Json(body), Cancel));

    public async Task<JObject> GetAsync(string path) => await ReadAsync(await Http.GetAsync($"/elsa/api/{path}", Cancel));

    /// <summary>The call is refused with that code, in the form that Studio shows.</summary>
    public async Task<JObject> RefusedAsync(HttpMethod method, string path, JObject? body, int status, string code) =>
        await RefusedAsync(await Http.SendAsync(new(method, $"/elsa/api/{path}") { Content = body is null ? null : Json(body) }, Cancel), status, code);

    public static async Task<JObject> RefusedAsync(HttpResponseMessage answer, int status, string code)
    {
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True((int)answer.StatusCode == status, $"{(int)answer.StatusCode}: {text}");
        var problem = JObject.Parse(text);
        Assert.Equal(code, (string?)problem["code"]);
        Assert.NotEmpty(Assert.IsType<JObject>(problem["errors"]).Properties());
        return problem;
    }

    public async Task<string> StateAsync(string instance) => (string)(await GetAsync($"workflow-instances/{instance}/execution-state"))["subStatus"]!;

    public Task EndedAsync(string instance) => server.RunEndedAsync(Guid.Parse(instance));

    public static async Task<JObject> ReadAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode}: {text}");
        return Parse(text);
    }

    public static JObject Parse(string text)
    {
        using var reader = new JsonTextReader(new StringReader(text)) { DateParseHandling = DateParseHandling.None, FloatParseHandling = FloatParseHandling.Decimal, MaxDepth = 256 };
        return JObject.Load(reader);
    }

    public static StringContent Json(JObject body) => new(body.ToString(Formatting.None), Encoding.UTF8, "application/json");
}
