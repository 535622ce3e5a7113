using System.Globalization;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Elsa;

/// <summary>Ended runs come in again from files, to be read.</summary>
public sealed class InstanceImportTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Import = "/elsa/api/bulk-actions/import/workflow-instances";

    private static CancellationToken Cancel => TestServer.Cancel;

    [Fact]
    public async Task ExportedRuns_DeletedAndTakenAgain_TellTheSame()
    {
        using var api = await ElsaClient.NewAsync(server);
        var runs = new[] { await EndedAsync(api, Told()), await EndedAsync(api, Failing("нет ответа")) };
        var before = new List<JObject>();
        foreach (var run in runs) before.Add(await StoryAsync(api, run));
        Assert.Contains("нет ответа", before[1].ToString(), StringComparison.Ordinal);
        Assert.Contains("\"value\": \"готово\"", before[0]["variables"]!.ToString(), StringComparison.Ordinal);

        var file = await (await api.Http.PostAsync("/elsa/api/bulk-actions/export/workflow-instances", ElsaClient.Json(new() { ["ids"] = new JArray(runs) }), Cancel)).Content.ReadAsByteArrayAsync(Cancel);
        Assert.Equal(2, (int)(await api.PostAsync("bulk-actions/delete/workflow-instances/by-id", new() { ["ids"] = new JArray(runs) }))["deleted"]!);
        var answer = await ElsaClient.ReadAsync(await TakeAsync(api, ("runs.zip", file)));
        Assert.Equal((2, 2), ((int)answer["imported"]!, (int)answer["count"]!));

        for (var i = 0; i < runs.Length; i++) Assert.True(JToken.DeepEquals(before[i], await StoryAsync(api, runs[i])), $"{before[i]}\n{await StoryAsync(api, runs[i])}");
        var listed = await api.PostAsync("workflow-instances", new() { ["orderBy"] = "Created", ["orderDirection"] = "Ascending" });
        Assert.Equal(runs, listed["items"]!.Select(one => (string?)one["id"]));
        Assert.Equal([0, 1], listed["items"]!.Select(one => (int)one["incidentCount"]!));
    }

    /// <summary>What is done with an imported run ends here: it is read, exported, deleted, and never tried again.</summary>
    [Fact]
    public async Task ImportedFailure_IsNoFailureOfThisServer()
    {
        using var api = await ElsaClient.NewAsync(server);
        var run = await EndedAsync(api, Failing("сбой"));
        Assert.Single((await DeadAsync(api))["items"]!);
        var file = await api.GetAsync($"workflow-instances/{run}/export");
        await api.Http.DeleteAsync($"/elsa/api/workflow-instances/{run}", Cancel);
        await ElsaClient.ReadAsync(await TakeAsync(api, ("run.json", Bytes(file))));

        Assert.Empty((await DeadAsync(api))["items"]!);
        Assert.False((bool)(await api.PostAsync("alterations/workflows/retry", new() { ["workflowInstanceIds"] = new JArray(run) }))["results"]![0]!["isSuccessful"]!);
        var replay = await api.Http.PostAsync($"/api/runs/{run}/replay", null, Cancel);
        Assert.Equal(409, (int)replay.StatusCode);
        Assert.Contains("run_imported", await replay.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Equal(["line1", "bad1"], (await ElsaClient.ReadAsync(await api.Http.GetAsync($"/api/runs/{run}/steps?lang=ru", Cancel)))["steps"]!.Select(step => (string?)step["name"]));
        Assert.Contains("Запуск из файла: остановлен ошибкой", (await ElsaClient.ReadAsync(await api.Http.GetAsync($"/api/runs/{run}/journal?lang=ru", Cancel))).ToString(), StringComparison.Ordinal);
        Assert.Contains("взят из файла", (await ElsaClient.ReadAsync(await api.Http.GetAsync("/api/journal?lang=ru", Cancel))).ToString(), StringComparison.Ordinal);

        await ElsaClient.RefusedAsync(await TakeAsync(api, ("run.json", Bytes(file))), 400, "run_exists");
        var again = await api.GetAsync($"workflow-instances/{run}/export");
        Assert.True(JToken.DeepEquals(Bare(file), Bare(again)), $"{file}\n{again}");
        Assert.True((await api.Http.DeleteAsync($"/elsa/api/workflow-instances/{run}", Cancel)).IsSuccessStatusCode);
        await api.RefusedAsync(HttpMethod.Get, $"workflow-instances/{run}", null, 404, "not_found");
    }

    /// <summary>On another server the workflow has another version; a draft of it is left as it is from then on.</summary>
    [Fact]
    public async Task AnotherAccount_TakesTheWorkflowFirst()
    {
        using var here = await ElsaClient.NewAsync(server);
        using var there = await ElsaClient.NewAsync(server);
        var run = await EndedAsync(here, Told());
        var definition = (string)(await here.GetAsync($"workflow-instances/{run}"))["definitionId"]!;
        var file = await here.GetAsync($"workflow-instances/{run}/export");
        Assert.Contains("Import the workflow first", (string?)(await ElsaClient.RefusedAsync(await TakeAsync(there, ("run.json", Bytes(file))), 400, "definition_missing"))["message"], StringComparison.Ordinal);

        var document = await here.GetAsync($"workflow-definitions/{definition}/export");
        var draft = await there.PostAsync("workflow-definitions/import", document);
        await ElsaClient.ReadAsync(await TakeAsync(there, ("run.json", Bytes(file))));
        // The other account's run keeps its id; this one is not told that it is there.
        var taken = (await there.PostAsync("workflow-instances", []))["items"]!.Single();
        Assert.NotEqual(run, (string?)taken["id"]);
        Assert.Equal(((string?)draft["id"], definition), ((string?)taken["definitionVersionId"], (string?)taken["definitionId"]));
        Assert.Contains("готово", (await there.PostAsync($"workflow-instances/{taken["id"]}/journal?take=100", [])).ToString(), StringComparison.Ordinal);
        await ElsaClient.RefusedAsync(await TakeAsync(there, ("run.json", Bytes(file))), 400, "run_exists");

        var saved = await there.SaveAsync(ElsaClient.Chart(ElsaClient.Line("другое")), publish: false, id: definition);
        Assert.NotEqual((string?)draft["id"], (string?)saved["id"]);
        Assert.Equal((string?)draft["id"], (string?)(await there.GetAsync($"workflow-definitions/by-id/{draft["id"]}"))["id"]);
        // A version with other steps does not tell of this run.
        using var elsewhere = await ElsaClient.NewAsync(server);
        await elsewhere.SaveAsync(ElsaClient.Chart(ElsaClient.Activity("only", "Elsa.WriteLine")), id: definition);
        await ElsaClient.RefusedAsync(await TakeAsync(elsewhere, ("run.json", Bytes(file))), 400, "definition_missing");
    }

    [Fact]
    public async Task WhatCannotBeTaken_IsSaidOfWhichFile_AndNothingIs()
    {
        using var api = await ElsaClient.NewAsync(server);
        var run = await EndedAsync(api, Told());
        var good = await api.GetAsync($"workflow-instances/{run}/export");
        await api.Http.DeleteAsync($"/elsa/api/workflow-instances/{run}", Cancel);
        var open = await api.RunAsync(await api.SaveAsync(ElsaClient.Waiting(), "Ждёт"));
        var old = (JObject)good.DeepClone();
        old["workflowState"]!["id"] = "0123456789abcdef";
        foreach (var time in new[] { "createdAt", "updatedAt", "finishedAt" }) old["workflowState"]![time] = "2020-01-02T03:04:05Z";

        await RefusedAsync("run_open", "open.json", Bytes(await api.GetAsync($"workflow-instances/{open}/export")));
        await RefusedAsync("run_too_old", "old.json", Bytes(old));
        await RefusedAsync("payload_invalid", "text.json", Encoding.UTF8.GetBytes("{"));
        await RefusedAsync("payload_invalid", "workflow.json", Bytes(await api.GetAsync($"workflow-definitions/{good.SelectToken("workflowState.definitionId")}/export")));
        await RefusedAsync("payload_invalid", "twice.json", Bytes(good));
        foreach (var (member, time) in new[] { ("createdAt", "0001-01-01T00:00:00Z"), ("createdAt", "9999-12-31T23:59:59Z"), ("finishedAt", "9999-12-31T23:59:59Z"), ("updatedAt", "2001-01-01T00:00:00Z") })
        {
            var odd = (JObject)good.DeepClone();
            (odd["workflowState"]!["id"], odd["workflowState"]![member]) = ("0123456789abcdef", time);
            await RefusedAsync("payload_invalid", "times.json", Bytes(odd));
        }

        Assert.Equal(open, (string?)Assert.Single((await api.PostAsync("workflow-instances", []))["items"]!)["id"]);
        await ElsaClient.RefusedAsync(await TakeAsync(api), 400, "payload_invalid");
        await ElsaClient.ReadAsync(await TakeAsync(api, ("good.json", Bytes(good))));

        async Task RefusedAsync(string code, string name, byte[] file)
        {
            var message = (string?)(await ElsaClient.RefusedAsync(await TakeAsync(api, ("good.json", Bytes(good)), (name, file)), 400, code))["message"];
            Assert.StartsWith(name + ": ", message, StringComparison.Ordinal);
            Assert.EndsWith("Nothing was taken.", message, StringComparison.Ordinal);
        }
    }

    /// <summary>Elsa's own server writes ids of its own, and says in its records what ours says in its lines.</summary>
    [Fact]
    public async Task FileOfElsasServer_IsRead()
    {
        using var api = await ElsaClient.NewAsync(server);
        var definition = await api.SaveAsync(ElsaClient.Chain(ElsaClient.Line(), ElsaClient.Activity("call", "Elsa.SendHttpRequest", ("url", "Literal", "https://example.org"))));
        var file = ElsaClient.Parse($$"""
            {
              "workflowState": { "id": "f00dfeed12345678", "definitionId": "{{(string?)definition["definitionId"]}}", "definitionVersionId": "abc", "definitionVersion": 7, "status": "Finished", "subStatus": "Faulted",
                "incidents": [{ "activityId": "call", "activityNodeId": "Workflow1:flow:call", "activityType": "Elsa.SendHttpRequest", "message": "no such host", "timestamp": "{{At(3)}}" }],
                "input": {}, "output": {}, "createdAt": "{{At(0)}}", "updatedAt": "{{At(3)}}", "finishedAt": "{{At(3)}}" },
              "bookmarks": [],
              "activityExecutionRecords": [
                { "id": "aaaa", "activityNodeId": "Workflow1:flow:line", "activityType": "Elsa.WriteLine", "activityState": { "Text": "привет" }, "payload": { "Outcomes": ["Done"] }, "outputs": { "Result": "да" }, "status": "Completed", "startedAt": "{{At(1)}}", "completedAt": "{{At(2)}}" },
                { "id": "bbbb", "activityNodeId": "Workflow1:flow:call", "activityType": "Elsa.SendHttpRequest", "activityState": { "Url": "https://example.org", "Authorization": "Bearer secret" }, "exception": { "type": "System.Net.Http.HttpRequestException", "message": "no such host" }, "status": "Faulted", "startedAt": "{{At(2)}}", "completedAt": "{{At(3)}}" }
              ],
              "workflowExecutionLogRecords": [
                { "id": "2", "activityInstanceId": "aaaa", "activityNodeId": "Workflow1:flow:line", "activityType": "Elsa.WriteLine", "timestamp": "{{At(2)}}", "sequence": 2, "eventName": "Completed", "payload": null },
                { "id": "1", "activityInstanceId": "aaaa", "activityNodeId": "Workflow1:flow:line", "activityType": "Elsa.WriteLine", "timestamp": "{{At(1)}}", "sequence": 1, "eventName": "Started" },
                { "id": "3", "activityInstanceId": "bbbb", "activityNodeId": "Workflow1:flow:call", "activityType": "Elsa.SendHttpRequest", "timestamp": "{{At(2)}}", "sequence": 3, "eventName": "Started" },
                { "id": "4", "activityInstanceId": "bbbb", "activityNodeId": "Workflow1:flow:call", "activityType": "Elsa.SendHttpRequest", "timestamp": "{{At(3)}}", "sequence": 4, "eventName": "Faulted", "payload": { "retries": { "odd": true }, "event": "odd" } }
              ]
            }
            """);
        await ElsaClient.ReadAsync(await TakeAsync(api, ("elsa.json", Bytes(file))));
        var run = (string?)(await api.PostAsync("workflow-instances", []))["items"]!.Single()["id"];
        var lines = (await api.PostAsync($"workflow-instances/{run}/journal?take=100", []))["items"]!;
        Assert.Equal([("line", "Started"), ("line", "Completed"), ("call", "Started"), ("call", "Faulted")], lines.Select(line => ((string)line["activityId"]!, (string)line["eventName"]!)));
        var executions = (await api.GetAsync($"activity-executions/list?WorkflowInstanceId={run}"))["items"]!;
        Assert.Equal(("привет", "да", "Done"), ((string?)executions[0]!.SelectToken("activityState.Text"), (string?)executions[0]!.SelectToken("outputs.Result"), (string?)executions[0]!.SelectToken("payload.Outcomes[0]")));
        Assert.Equal(("Faulted", "no such host"), ((string?)executions[1]!["status"], (string?)executions[1]!.SelectToken("exception.message")));
        Assert.DoesNotContain("secret", executions.ToString(), StringComparison.Ordinal);
        await using var db = await server.DbAsync();
        var id = Guid.Parse(run!);
        Assert.DoesNotContain(await db.Journal.Where(row => row.RunId == id).Select(row => row.Facts).ToListAsync(Cancel), facts => facts.Contains("secret", StringComparison.Ordinal));
        await ElsaClient.RefusedAsync(await TakeAsync(api, ("elsa.json", Bytes(file))), 400, "run_exists");

        string At(int second) => server.Services.GetRequiredService<TimeProvider>().GetUtcNow().AddHours(-1).AddSeconds(second).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
    }

    /// <summary>Whoever wrote the file, no page goes in a circle for it, and no row lies outside the run's own time.</summary>
    [Fact]
    public async Task FileWithStepsInACircle_IsReadWithoutIt()
    {
        using var api = await ElsaClient.NewAsync(server);
        var run = await EndedAsync(api, Failing("сбой"));
        var file = await api.GetAsync($"workflow-instances/{run}/export");
        await api.Http.DeleteAsync($"/elsa/api/workflow-instances/{run}", Cancel);
        var lines = file["workflowExecutionLogRecords"]!.ToList();
        var instances = lines.Select(line => (string)line["activityInstanceId"]!).Distinct().ToList();
        // Each stands in the next, the last in the first, and in itself.
        foreach (var line in lines) line["parentActivityInstanceId"] = instances[(instances.IndexOf((string)line["activityInstanceId"]!) + 1) % instances.Count];
        lines[^1]["parentActivityInstanceId"] = lines[^1]["activityInstanceId"];
        (lines[0]["timestamp"], file["workflowState"]!["id"]) = ("9999-12-31T23:59:59Z", "ffffffff-ffff-4fff-bfff-ffffffffffff");
        await ElsaClient.ReadAsync(await TakeAsync(api, ("circle.json", Bytes(file))));

        var taken = (string)(await api.PostAsync("workflow-instances", []))["items"]!.Single()["id"]!;
        // Rows lie by the time in their ids: retention finds this one.
        Assert.Equal(run[..8], taken[..8]);
        var story = await StoryAsync(api, taken);
        Assert.All(story["lines"]!, line => Assert.InRange((DateTimeOffset)line["timestamp"]!, (DateTimeOffset)story["run"]!["createdAt"]!, (DateTimeOffset)story["run"]!["finishedAt"]!));
        foreach (var execution in story["executions"]!["items"]!) await api.GetAsync($"activity-executions/{(string)execution["id"]!}/call-stack");
    }

    private static JObject Told() => ElsaClient.Chain(
        ElsaClient.Line(), ElsaClient.Activity("set", "Elsa.SetVariable", ("value", "Literal", "готово")), ElsaClient.Activity("ask", "Elsa.FlowDecision", ("condition", "Literal", "True")));

    private static JObject Failing(string message) => ElsaClient.Chain(ElsaClient.Line(), ElsaClient.Activity("bad", "Elsa.Fault", ("message", "Literal", message)));

    private static async Task<string> EndedAsync(ElsaClient api, JObject root)
    {
        var variable = new JObject { ["id"] = "word", ["name"] = "Word", ["typeName"] = "String" };
        foreach (var set in root["activities"]!.Where(one => (string?)one["type"] == "Elsa.SetVariable")) set["variable"] = variable.DeepClone();
        var saved = (await api.PostAsync("workflow-definitions", new() { ["model"] = new JObject { ["name"] = $"Проба {root["activities"]!.Count()}", ["root"] = root, ["variables"] = new JArray(variable) }, ["publish"] = true }))["workflowDefinition"]!;
        var run = await api.RunAsync(saved, "заказ-7");
        await api.EndedAsync(run);
        return run;
    }

    // Everything that the viewer asks.
    private static async Task<JObject> StoryAsync(ElsaClient api, string run) => new()
    {
        ["run"] = await api.GetAsync($"workflow-instances/{run}"),
        ["state"] = await api.GetAsync($"workflow-instances/{run}/execution-state"),
        ["variables"] = await api.GetAsync($"workflow-instances/{run}/variables"),
        ["lines"] = new JArray((await api.PostAsync($"workflow-instances/{run}/journal?take=100", []))["items"]!.Select(line => Without(line))),
        ["executions"] = await api.GetAsync($"activity-executions/list?WorkflowInstanceId={run}"),
        ["short"] = await api.GetAsync($"activity-execution-summaries/list?WorkflowInstanceId={run}"),
        ["report"] = await api.PostAsync("activity-executions/report", new() { ["workflowInstanceId"] = run }),
    };

    private static JObject Bare(JObject file)
    {
        var bare = (JObject)file.DeepClone();
        bare["workflowExecutionLogRecords"] = new JArray(bare["workflowExecutionLogRecords"]!.Select(line => Without(line)));
        return bare;
    }

    // The lines' ids are those of the rows that they stand in.
    private static JObject Without(JToken line) => new(((JObject)line).Properties().Where(member => member.Name != "id"));

    private static Task<JObject> DeadAsync(ElsaClient api) => api.Http.GetAsync("/api/dead-letters", Cancel).ContinueWith(answer => ElsaClient.ReadAsync(answer.Result), TaskScheduler.Default).Unwrap();

    private static byte[] Bytes(JObject file) => Encoding.UTF8.GetBytes(file.ToString());

    private static async Task<HttpResponseMessage> TakeAsync(ElsaClient api, params (string Name, byte[] Content)[] files)
    {
        using var form = new MultipartFormDataContent();
        foreach (var (name, content) in files) form.Add(new ByteArrayContent(content), "files", name);
        if (files.Length == 0) form.Add(new StringContent("x"), "other");
        return await api.Http.PostAsync(Import, form, Cancel);
    }
}
