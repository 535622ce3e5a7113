using System.Net;
using System.Text;
using Automation.Server.Tests.Api;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Elsa;

/// <summary>The shapes that make or break Studio.</summary>
public sealed class ElsaApiTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Flow = """{ "id": "flow", "type": "Elsa.Flowchart", "version": 1, "activities": [ { "id": "line", "type": "Elsa.WriteLine", "version": 1, "text": { "typeName": "String", "expression": { "type": "Literal", "value": "привет" } } } ], "connections": [] }""";

    private static CancellationToken Cancel => TestServer.Cancel;

    [Fact]
    public async Task Descriptors_AreUniqueAndComplete()
    {
        using var api = await ClientAsync();
        var items = (JArray)(await GetAsync(api, "descriptors/activities?Refresh=True"))["items"]!;

        Assert.Equal(items.Count, items.Select(item => $"{item["typeName"]} {item["version"]}").Distinct().Count());
        Assert.Contains(items, item => (string?)item["typeName"] == "Elsa.NotFoundActivity");
        var http = items.Single(item => (string?)item["typeName"] == "Elsa.SendHttpRequest");
        Assert.All(new[] { "inputs", "outputs", "ports" }, name => Assert.IsType<JArray>(http[name]));
        Assert.All(items.SelectMany(item => item["inputs"]!), input => Assert.Equal((JTokenType.Boolean, true), (input["isBrowsable"]!.Type, input["isWrapped"] is not null)));
        // A name instead of a number ends the editor.
        var editor = items.SelectMany(item => item["inputs"]!).First(input => (string?)input["uiHint"] == "code-editor");
        Assert.Equal(JTokenType.Integer, editor.SelectToken("uiSpecifications.code-editor.editorHeight")!.Type);
        foreach (var list in new[] { "expression-descriptors", "storage-drivers", "variables", "workflow-activation-strategies", "incident-strategies", "log-persistence-strategies", "commit-strategies/workflows", "commit-strategies/activities" })
            Assert.IsType<JArray>((await GetAsync(api, $"descriptors/{list}"))["items"]);
        Assert.Equal(["Include", "Exclude", "Inherit", "Configuration"], (await GetAsync(api, "descriptors/log-persistence-strategies"))["items"]!.Select(strategy => (string?)strategy["typeName"]));
    }

    [Fact]
    public async Task Definition_DraftPublishEditRetract_KeepsElsasVersions()
    {
        using var api = await ClientAsync();
        var made = await SaveAsync(api, """{ "model": { "definitionId": null, "id": null, "name": "Проба", "variables": null, "root": null }, "publish": null }""");
        var definition = made["workflowDefinition"]!;
        var id = (string)definition["definitionId"]!;
        Assert.Equal((1, true, false), ((int)definition["version"]!, (bool)definition["isLatest"]!, (bool)definition["isPublished"]!));
        Assert.Contains(definition["links"]!, link => (string?)link["rel"] == "publish");

        // A draft is changed in place.
        var saved = (await SaveAsync(api, Body(id, publish: false)))["workflowDefinition"]!;
        Assert.Equal(((string)definition["id"]!, 1), ((string)saved["id"]!, (int)saved["version"]!));
        Assert.Equal("Workflow1:flow:line", (string?)saved.SelectToken("root.activities[0].nodeId"));
        Assert.True((bool)(await SaveAsync(api, Body(id, publish: true)))["workflowDefinition"]!["isPublished"]!);
        Assert.True((bool)(await SaveAsync(api, Body(id, publish: true)))["alreadyPublished"]!);

        // What is published stays as it is; the next save is a draft behind it.
        var draft = (await SaveAsync(api, Body(id, publish: false, "изменено")))["workflowDefinition"]!;
        Assert.Equal((2, true, false), ((int)draft["version"]!, (bool)draft["isLatest"]!, (bool)draft["isPublished"]!));
        Assert.Equal(1, (int)(await GetAsync(api, $"workflow-definitions/by-definition-id/{id}?versionOptions=Published"))["version"]!);
        Assert.Equal(2, (int)(await GetAsync(api, $"workflow-definitions?versionOptions=AllVersions&DefinitionIds={id}&OrderBy=Version"))["totalCount"]!);

        var reverted = await PostAsync(api, $"workflow-definitions/{id}/revert/1", "{}");
        Assert.Equal((3, true), ((int)reverted["version"]!, (bool)reverted["isLatest"]!));
        Assert.False((bool)(await PostAsync(api, $"workflow-definitions/{id}/retract", "{}"))["isPublished"]!);
        var refused = await api.PostAsync($"/elsa/api/workflow-definitions/{id}/retract", Json("{}"), Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.IsType<JObject>(JObject.Parse(await refused.Content.ReadAsStringAsync(Cancel))["errors"]);

        Assert.Equal(HttpStatusCode.NoContent, (await api.DeleteAsync($"/elsa/api/workflow-definitions/{id}", Cancel)).StatusCode);
        Assert.Equal(0, (int)(await GetAsync(api, $"workflow-definitions?DefinitionIds={id}"))["totalCount"]!);
    }

    /// <summary>Runs that have begun on it go on as they began (R12).</summary>
    [Fact]
    public async Task Version_Retracted_IsNotChangedByTheNextSave()
    {
        using var api = await ClientAsync();
        var made = (await SaveAsync(api, """{ "model": { "definitionId": null, "id": null, "name": "Проба", "variables": null, "root": null }, "publish": null }"""))["workflowDefinition"]!;
        var id = (string)made["definitionId"]!;
        var published = (await SaveAsync(api, Body(id, publish: true)))["workflowDefinition"]!;
        await PostAsync(api, $"workflow-definitions/{id}/retract", "{}");
        Assert.Equal(2, (int)(await SaveAsync(api, Body(id, publish: false, "изменено")))["workflowDefinition"]!["version"]!);

        var kept = await GetAsync(api, $"workflow-definitions/by-id/{published["id"]}");
        Assert.True(JToken.DeepEquals(published["root"], kept["root"]), kept.ToString());
    }

    /// <summary>Studio's picker of workflows asks for no page.</summary>
    [Fact]
    public async Task List_WithoutAPage_IsWholeAndSaysWhereItEnds()
    {
        using var api = await ElsaClient.NewAsync(server);
        await AddAsync(0, 201);
        var list = await api.GetAsync("workflow-definitions?versionOptions=Latest&OrderBy=Name");
        Assert.Equal((201, 201, null), (list["items"]!.Count(), (int)list["totalCount"]!, (string?)list["message"]));
        Assert.Equal(200, (await api.GetAsync("workflow-definitions?versionOptions=Latest&PageSize=500"))["items"]!.Count());

        await AddAsync(201, 5_001);
        list = await api.GetAsync("workflow-definitions?versionOptions=Latest&OrderBy=Name");
        Assert.Equal((5_000, 5_001), (list["items"]!.Count(), (int)list["totalCount"]!));
        Assert.Contains("first 5000 of 5001", (string?)list["message"], StringComparison.Ordinal);

        async Task AddAsync(int from, int to)
        {
            await using var db = await server.DbAsync();
            for (var number = from; number < to; number++) db.Definitions.Add(new() { AccountId = api.Account.Value, VersionId = $"{api.Slug}-{number}", DefinitionId = $"{number}", Version = 1, Name = $"{number:0000}", Document = "{}", IsLatest = true, CreatedAt = DateTimeOffset.UnixEpoch });
            await db.SaveChangesAsync(Cancel);
        }
    }

    [Fact]
    public async Task Publish_BrokenWorkflow_SaysWhereAndStaysADraft()
    {
        using var api = await ClientAsync();
        var broken = """{ "model": { "name": "Сломано", "root": { "id": "flow", "type": "Elsa.Flowchart", "version": 1, "activities": [ { "id": "a", "type": "Elsa.WriteLine", "version": 1 }, { "id": "a", "type": "Elsa.WriteLine", "version": 1 } ] } }, "publish": true }""";
        var refused = await api.PostAsync("/elsa/api/workflow-definitions", Json(broken), Cancel);
        var problem = JObject.Parse(await refused.Content.ReadAsStringAsync(Cancel));
        Assert.Equal((HttpStatusCode.BadRequest, "definition_invalid"), (refused.StatusCode, (string?)problem["code"]));
        Assert.Contains("'a'", problem["errors"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, (int)(await GetAsync(api, "workflow-definitions?SearchTerm=Сломано"))["totalCount"]!);
    }

    [Fact]
    public async Task ExportedFile_ImportedAgain_IsEqual()
    {
        using var api = await ClientAsync();
        var id = (string)(await SaveAsync(api, Body(null, publish: false)))["workflowDefinition"]!["definitionId"]!;
        var answer = await api.GetAsync($"/elsa/api/workflow-definitions/{id}/export", Cancel);
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition?.DispositionType);
        var file = JObject.Parse(await answer.Content.ReadAsStringAsync(Cancel));
        Assert.StartsWith("https://elsaworkflows.io/schemas/workflow-definition", (string?)file["$schema"], StringComparison.Ordinal);
        file["definitionId"] = "imported";

        var imported = await PostAsync(api, "workflow-definitions/import", file.ToString());
        Assert.Equal("imported", (string?)imported["definitionId"]);
        var again = JObject.Parse(await (await api.GetAsync("/elsa/api/workflow-definitions/imported/export", Cancel)).Content.ReadAsStringAsync(Cancel));
        foreach (var own in new[] { "id", "definitionId", "createdAt" }) (again[own], file[own]) = (null, null);
        Assert.True(JToken.DeepEquals(file, again), again.ToString());
    }

    [Fact]
    public async Task Execute_PublishedWorkflow_RunsAndIsSeenInTheViewer()
    {
        using var api = await ClientAsync();
        var id = (string)(await SaveAsync(api, Body(null, publish: true)))["workflowDefinition"]!["definitionId"]!;
        var answer = await api.PostAsync($"/elsa/api/workflow-definitions/{id}/execute", Json("""{"input":{"a":1}}"""), Cancel);
        var instance = answer.Headers.GetValues("x-elsa-workflow-instance-id").Single();
        Assert.Equal("Finished", (string?)(await ReadAsync(answer)).SelectToken("workflowState.subStatus"));

        Assert.Equal(1, (int)(await PostAsync(api, "workflow-instances", $$"""{"definitionIds":["{{id}}"],"statuses":["Finished"]}"""))["totalCount"]!);
        Assert.Equal(0, (int)(await PostAsync(api, "workflow-instances", """{"subStatuses":["Suspended"]}"""))["totalCount"]!);
        Assert.Equal(id, (string?)(await GetAsync(api, $"workflow-instances/{instance}"))["definitionId"]);
        var lines = (await PostAsync(api, $"workflow-instances/{instance}/journal?skip=0&take=110", """{"filter":{"excludedActivityTypes":["Elsa.Workflow","Elsa.Flowchart"]}}"""))["items"]!;
        Assert.Equal(["Started", "WriteLine", "Completed"], lines.Select(line => (string?)line["eventName"]));
        Assert.All(lines, line => Assert.Equal("Workflow1:flow:line", (string?)line["nodeId"]));
        var stats = (await PostAsync(api, "activity-executions/report", $$"""{"workflowInstanceId":"{{instance}}","activityNodeIds":["Workflow1:flow:line"]}"""))["stats"]![0]!;
        Assert.Equal((1, 1, false), ((int)stats["startedCount"]!, (int)stats["completedCount"]!, (bool)stats["isFaulted"]!));
        var execution = (await GetAsync(api, $"activity-executions/list?WorkflowInstanceId={instance}&ActivityNodeId=Workflow1:flow:line"))["items"]![0]!;
        Assert.Equal("привет", (string?)(await GetAsync(api, $"activity-executions/by-id?id={(string)execution["id"]!}")).SelectToken("activityState.Text"));
        Assert.Equal(3, (int)(await GetAsync(api, $"activity-executions/{(string)execution["id"]!}/call-stack"))["totalCount"]!);
        Assert.Equal("Finished", (string?)(await GetAsync(api, $"workflow-instances/{instance}/execution-state"))["workflowSubStatus"]);
    }

    /// <summary>Studio's Run takes the draft: what runs stays as it was, and the draft goes on behind it.</summary>
    [Fact]
    public async Task Execute_Draft_RunsWhatItIsNowAndNothingOlder()
    {
        using var api = await ClientAsync();
        var id = (string)(await SaveAsync(api, Body(null, publish: false)))["workflowDefinition"]!["definitionId"]!;
        foreach (var text in new[] { "привет", "пока", "пока" })
        {
            await SaveAsync(api, Body(id, publish: false).Replace("привет", text, StringComparison.Ordinal));
            var answer = await api.PostAsync($"/elsa/api/workflow-definitions/{id}/execute", Json("""{"versionOptions":"Latest"}"""), Cancel);
            var instance = (await ReadAsync(answer))["workflowState"]!["id"]!;
            var execution = (await GetAsync(api, $"activity-executions/list?WorkflowInstanceId={instance}&ActivityNodeId=Workflow1:flow:line"))["items"]![0]!;
            Assert.Equal(text, (string?)execution.SelectToken("activityState.Text"));
        }

        Assert.Equal(3, (int)(await GetAsync(api, $"workflow-definitions?DefinitionIds={id}"))["totalCount"]!);
        Assert.Equal(3, (int)(await GetAsync(api, $"workflow-definitions/by-definition-id/{id}"))["version"]!);
    }

    [Fact]
    public async Task Api_OtherAccountsAndUnknownPaths_AnswerAlike()
    {
        using var mine = await ClientAsync();
        using var theirs = await ClientAsync();
        var id = (string)(await SaveAsync(theirs, Body(null, publish: false)))["workflowDefinition"]!["definitionId"]!;
        foreach (var path in new[] { $"workflow-definitions/by-definition-id/{id}", $"workflow-definitions/{id}/export", "no/such/path", $"workflow-instances/{Guid.Empty}" })
        {
            var answer = await mine.GetAsync($"/elsa/api/{path}", Cancel);
            Assert.Equal((path, HttpStatusCode.NotFound), (path, answer.StatusCode));
            Assert.Equal("not_found", (string?)JObject.Parse(await answer.Content.ReadAsStringAsync(Cancel))["code"]);
        }

        using var nobody = server.NewClient();
        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.GetAsync("/elsa/api/descriptors/activities", Cancel)).StatusCode);
    }

    [Fact]
    public async Task StudioKey_OpensElsaAndNothingElse()
    {
        using var api = await ClientAsync();
        var answer = await api.PostAsync("/api/session/studio", Json("{}"), Cancel);
        var key = (string)JObject.Parse(await answer.Content.ReadAsStringAsync(Cancel))["key"]!;
        using var studio = server.NewClient();
        studio.DefaultRequestHeaders.Authorization = new("Bearer", key);
        Assert.Equal(HttpStatusCode.OK, (await studio.GetAsync("/elsa/api/workflow-definitions", Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await studio.GetAsync("/api/runs", Cancel)).StatusCode);
    }

    private async Task<HttpClient> ClientAsync()
    {
        var (_, key) = await server.AddAccountAsync($"elsa-{Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(4))}");
        var client = server.NewClient();
        client.DefaultRequestHeaders.Authorization = new("ApiKey", key);
        return client;
    }

    private static string Body(string? id, bool publish, string name = "Проба") =>
        new JObject { ["model"] = new JObject { ["definitionId"] = id, ["name"] = name, ["root"] = JObject.Parse(Flow) }, ["publish"] = publish }.ToString();

    private static Task<JObject> SaveAsync(HttpClient api, string body) => PostAsync(api, "workflow-definitions", body);

    private static async Task<JObject> PostAsync(HttpClient api, string path, string body) => await ReadAsync(await api.PostAsync($"/elsa/api/{path}", Json(body), Cancel));

    private static async Task<JObject> GetAsync(HttpClient api, string path) => await ReadAsync(await api.GetAsync($"/elsa/api/{path}", Cancel));

    private static async Task<JObject> ReadAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode}: {text}");
        using var reader = new Newtonsoft.Json.JsonTextReader(new StringReader(text)) { DateParseHandling = Newtonsoft.Json.DateParseHandling.None, FloatParseHandling = Newtonsoft.Json.FloatParseHandling.Decimal };
        return JObject.Load(reader);
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
