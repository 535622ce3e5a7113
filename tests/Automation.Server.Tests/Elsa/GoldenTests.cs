using System.Text;
using System.Text.RegularExpressions;
using Automation.Engine.Workflows.Interpreter;
using Automation.Testing;
using Microsoft.Extensions.DependencyInjection;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Elsa;

/// <summary>Both stores, each behind a whole server.</summary>
public sealed class GoldenServers : IAsyncLifetime
{
    private readonly TestServer sqlite = new() { MayCallItself = true };
    private TestServer? postgres;

    public async ValueTask InitializeAsync()
    {
        await sqlite.InitializeAsync();
        if (PostgresServer.Shared is null) return;
        postgres = new() { MayCallItself = true, Postgres = await PostgresServer.Shared.CreateDatabaseAsync(TestServer.Cancel) };
        await postgres.InitializeAsync();
    }

    public TestServer Of(string store)
    {
        if (store == "sqlite") return sqlite;
        if (postgres is null) Assert.Skip(PostgresServer.WhyNot);
        return postgres;
    }

    public async ValueTask DisposeAsync()
    {
        if (postgres is not null) await postgres.DisposeAsync();
        await sqlite.DisposeAsync();
    }
}

/// <summary>
/// Documents in the form that Elsa exports: each comes back as it went in, runs, and leaves the journal that stands beside it. With
/// <c>AUTOMATION_GOLDEN</c> set to their folder, what a run leaves is written there instead: look at the difference before it is kept.
/// </summary>
public sealed partial class GoldenTests(GoldenServers servers) : IClassFixture<GoldenServers>
{
    // The server's own.
    private static readonly string[] Served = ["$schema", "id", "createdAt", "version", "isLatest", "isPublished", "isReadonly", "isSystem", "tenantId"];

    // What a document is wrapped in, and what stands for others.
    private static readonly string[] OfTheEngine = ["Elsa.Workflow", "Elsa.WorkflowDefinitionActivity", "Elsa.NotFoundActivity"];

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Elsa", "Golden");

    private static CancellationToken Cancel => TestServer.Cancel;

    public static IEnumerable<TheoryDataRow<string, string>> Files() =>
        from file in Directory.GetFiles(Folder, "*.json").Order(StringComparer.Ordinal)
        from store in new[] { "sqlite", "postgresql" }
        select new TheoryDataRow<string, string>(Path.GetFileNameWithoutExtension(file), store);

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Document_ComesBackAsItWent_AndRunsAsItsJournalSays(string name, string store)
    {
        var server = servers.Of(store);
        var path = Path.Combine(Folder, $"{name}.json");
        var golden = Parse(await File.ReadAllTextAsync(path, Cancel));
        var (_, key) = await server.AddAccountAsync($"golden-{name}");
        using var api = server.NewClient();
        api.DefaultRequestHeaders.Authorization = new("ApiKey", key);
        foreach (var needed in golden["needs"] ?? new JArray())
        {
            await PostAsync(api, "workflow-definitions/import", needed.ToString());
            await PostAsync(api, $"workflow-definitions/{needed["definitionId"]}/publish", "{}");
        }

        var document = (JObject)golden["definition"]!;
        await PostAsync(api, "workflow-definitions/import", document.ToString());
        var exported = Parse(await api.GetStringAsync("/elsa/api/workflow-definitions/golden/export", Cancel));
        Assert.True(JToken.DeepEquals(Normal(document), Normal(exported)), exported.ToString());
        await PostAsync(api, "workflow-definitions/golden/publish", "{}");

        var found = await RunAsync(server, api, $"golden-{name}", golden);
        if (Environment.GetEnvironmentVariable("AUTOMATION_GOLDEN") is { Length: > 0 } folder)
        {
            golden["expected"] = found;
            await File.WriteAllTextAsync(Path.Combine(folder, $"{name}.json"), golden.ToString(Formatting.Indented) + "\n", Cancel);
            return;
        }

        Assert.Equal(golden["expected"]?.ToString(), found.ToString());
    }

    [Fact]
    public void Documents_UseEveryActivityOfElsas()
    {
        var used = Directory.GetFiles(Folder, "*.json").SelectMany(file => Parse(File.ReadAllText(file)).Descendants().OfType<JProperty>()).Where(member => member.Name == "type").Select(member => (string?)member.Value).OfType<string>().ToHashSet();
        var known = servers.Of("sqlite").Services.GetRequiredService<ActivityRegistry>().Descriptors.Select(one => one.TypeName).Where(name => name.StartsWith("Elsa.", StringComparison.Ordinal)).Except(OfTheEngine).ToList();
        Assert.NotEmpty(known);
        Assert.Equal([], known.Except(used));
    }

    /// <summary>Begins with a call of the workflow, or with the request that <c>ask</c> says; <c>acts</c> follow.</summary>
    private static async Task<JObject> RunAsync(TestServer server, HttpClient api, string account, JObject golden)
    {
        var answers = new JArray();
        var input = (JObject)(golden["input"] ?? new JObject()).DeepClone();
        if (input["server"] is not null) input["server"] = server.Address.ToString().TrimEnd('/');
        var id = golden["ask"] is JObject first ? await AskAsync(first)
            : (string)(await PostAsync(api, "workflow-definitions/golden/execute", new JObject { ["input"] = input }.ToString())).SelectToken("workflowState.id")!;
        foreach (var act in golden["acts"] ?? new JArray())
        {
            if (act["ask"] is JObject ask)
            {
                await AskAsync(ask);
                continue;
            }

            if (act["event"] is { } name)
            {
                await PostAsync(api, $"events/{name}/trigger", new JObject { ["input"] = act["payload"] }.ToString());
                continue;
            }

            var variables = await GetAsync(api, $"workflow-instances/{id}/variables");
            var task = variables["items"]!.Single(variable => (string?)variable["name"] == (string?)act["task"])["value"];
            await PostAsync(api, $"tasks/{task}/complete", new JObject { ["result"] = act["result"] }.ToString());
        }

        await server.RunEndedAsync(Guid.Parse(id));
        var instance = await GetAsync(api, $"workflow-instances/{id}");
        var journal = (await PostAsync(api, $"workflow-instances/{id}/journal?take=1000", """{"filter":{"excludedActivityTypes":["Elsa.Workflow"]}}"""))["items"]!;
        var left = new JObject
        {
            ["status"] = instance["subStatus"],
            // The answer to a start may come before or after the child has told its end.
            ["journal"] = new JArray(journal.Where(line => line["payload"]?["effect"] is null || (string?)line["eventName"] != "Resumed").Select(Line)),
            ["output"] = instance.SelectToken("workflowState.output"),
        };
        if (answers.Count > 0) left["answers"] = answers;
        return left;

        async Task<string> AskAsync(JObject ask)
        {
            using var outside = server.NewClient();
            using var request = new HttpRequestMessage(new((string)ask["method"]!), $"/workflows/{account}/{ask["path"]}");
            if (ask["body"] is { } body) request.Content = new StringContent((string)body!, Encoding.UTF8, "application/json");
            var answer = await outside.SendAsync(request, Cancel);
            answers.Add(new JObject { ["status"] = (int)answer.StatusCode, ["type"] = answer.Content.Headers.ContentType?.MediaType, ["body"] = await answer.Content.ReadAsStringAsync(Cancel) });
            return answer.Headers.TryGetValues("x-elsa-workflow-instance-id", out var run) ? run.Single() : "";
        }
    }

    // Ids of runs, and what is computed from them and from the clock, differ.
    private static string Line(JToken line)
    {
        var text = new StringBuilder($"{line["eventName"]} {line["activityId"]}");
        if ((string?)line["message"] is { Length: > 0 } message) text.Append(": ").Append(message);
        if (line["payload"]?["outcomes"] is JArray { Count: > 0 } outcomes) text.Append(" → ").AppendJoin(", ", outcomes);
        if (line["payload"]?["code"] is { } code) text.Append(" (").Append(code).Append(')');
        return RunIds().Replace(text.ToString(), "…");
    }

    private static JToken Normal(JObject document)
    {
        var normal = (JObject)document.DeepClone();
        foreach (var own in Served) normal.Remove(own);
        foreach (var member in normal.Properties().ToList())
            if (member.Value is JContainer { Count: 0 }) member.Remove();
        return Sorted(normal);
    }

    private static JToken Sorted(JToken token) => token switch
    {
        JObject json => new JObject(json.Properties().OrderBy(member => member.Name, StringComparer.Ordinal).Select(member => new JProperty(member.Name, Sorted(member.Value)))),
        JArray list => new JArray(list.Select(Sorted)),
        _ => token,
    };

    private static async Task<JObject> PostAsync(HttpClient api, string path, string body) =>
        await ReadAsync(await api.PostAsync($"/elsa/api/{path}", new StringContent(body, Encoding.UTF8, "application/json"), Cancel));

    private static async Task<JObject> GetAsync(HttpClient api, string path) => await ReadAsync(await api.GetAsync($"/elsa/api/{path}", Cancel));

    private static async Task<JObject> ReadAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode}: {text}");
        return Parse(text);
    }

    private static JObject Parse(string text)
    {
        using var reader = new JsonTextReader(new StringReader(text)) { DateParseHandling = DateParseHandling.None, FloatParseHandling = FloatParseHandling.Decimal };
        return JObject.Load(reader);
    }

    [GeneratedRegex("[0-9a-f]{8}-?[0-9a-f]{4}-?7[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}(-[0-9]+)?", RegexOptions.CultureInvariant)]
    private static partial Regex RunIds();
}
