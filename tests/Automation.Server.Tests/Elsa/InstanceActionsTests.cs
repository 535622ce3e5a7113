using System.IO.Compression;
using System.Net;
using Automation.Engine.Api.Elsa;
using Automation.Engine.Api.Runs;
using Automation.Engine.Effects;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Elsa;

/// <summary>What a person does to runs in Studio's list and viewer.</summary>
public sealed class InstanceActionsTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Cancel => TestServer.Cancel;

    [Fact]
    public async Task Delete_EndedRun_GoesWithItsJournalAndLeavesANote()
    {
        using var api = await ElsaClient.NewAsync(server);
        using var other = await ElsaClient.NewAsync(server);
        var run = await api.RunAsync(await api.SaveAsync(ElsaClient.Chart(ElsaClient.Line())));
        await api.EndedAsync(run);
        await other.RefusedAsync(HttpMethod.Delete, $"workflow-instances/{run}", null, 404, "not_found");
        Assert.Equal("Finished", await api.StateAsync(run));

        Assert.Equal(HttpStatusCode.NoContent, (await api.Http.DeleteAsync($"/elsa/api/workflow-instances/{run}", Cancel)).StatusCode);
        await api.RefusedAsync(HttpMethod.Get, $"workflow-instances/{run}", null, 404, "not_found");
        await api.RefusedAsync(HttpMethod.Delete, $"workflow-instances/{run}", null, 404, "not_found");
        var id = Guid.Parse(run);
        await using var db = await server.DbAsync();
        Assert.Equal(0, await db.Journal.CountAsync(row => row.RunId == id, Cancel));
        Assert.Contains("\"what\":\"delete\"", (await db.Journal.SingleAsync(row => row.EntityId == id.ToString("N") && row.Kind == "operator", Cancel)).Facts, StringComparison.Ordinal);
        // What keeps its start from being taken a second time stays (R2).
        Assert.Equal(1, await db.Events.CountAsync(row => row.DedupKey == $"start|{id:N}", Cancel));
    }

    [Fact]
    public async Task Delete_OpenRun_IsRefusedInWords()
    {
        using var api = await ElsaClient.NewAsync(server);
        var ended = await api.RunAsync(await api.SaveAsync(ElsaClient.Chart(ElsaClient.Line())));
        await api.EndedAsync(ended);
        var open = await api.RunAsync(await api.SaveAsync(ElsaClient.Waiting(), "Ждёт"));
        Assert.Contains("Cancel it first", (string?)(await api.RefusedAsync(HttpMethod.Delete, $"workflow-instances/{open}", null, 400, "run_open"))["message"], StringComparison.Ordinal);
        await api.RefusedAsync(HttpMethod.Post, "bulk-actions/delete/workflow-instances/by-id", Ids(ended, open), 400, "run_open");
        Assert.Equal("Finished", await api.StateAsync(ended));

        await api.PostAsync("bulk-actions/cancel/workflow-instances", Ids(open));
        await api.EndedAsync(open);
        Assert.Equal(2, (int)(await api.PostAsync("bulk-actions/delete/workflow-instances/by-id", Ids(ended, open, Guid.Empty.ToString())))["deleted"]!);
        Assert.Equal(0, (int)(await api.PostAsync("workflow-instances", []))["totalCount"]!);
    }

    [Fact]
    public async Task Retry_FailedRun_IsRedrivenAndTheOthersAreNamed()
    {
        using var api = await ElsaClient.NewAsync(server);
        using var other = await ElsaClient.NewAsync(server);
        var failed = await api.RunAsync(await api.SaveAsync(ElsaClient.Chain(ElsaClient.Line(), ElsaClient.Activity("bad", "Elsa.Fault", ("message", "Literal", "нет ответа")))));
        var well = await api.RunAsync(await api.SaveAsync(ElsaClient.Chart(ElsaClient.Line()), "Другой"));
        Assert.Equal("Faulted", await api.StateAsync(failed));
        Assert.False((bool)(await other.PostAsync("alterations/workflows/retry", Retried(failed)))["results"]![0]!["isSuccessful"]!);
        var before = (await SeenAsync(_ => true)).Sequence;

        var results = (await api.PostAsync("alterations/workflows/retry", Retried(failed, well, "none")))["results"]!;
        Assert.Equal([(failed, true), (well, false), ("none", false)], results.Select(result => ((string)result["workflowInstanceId"]!, (bool)result["isSuccessful"]!)));
        Assert.True((bool)results[0]!["workflowHasScheduledWork"]!);
        Assert.All(results, result => Assert.NotEmpty((string)result.SelectToken("log.logEntries[0].message")!));
        // It is tried again, and fails again.
        Assert.Equal((int)RunStatus.Faulted, (await SeenAsync(row => row.Sequence > before && row.Status == (int)RunStatus.Faulted)).Status);
        var lines = (await api.PostAsync($"workflow-instances/{failed}/journal?take=100", []))["items"]!;
        Assert.Equal(2, lines.Count(line => (string?)line["activityId"] == "bad" && (string?)line["eventName"] == "Faulted"));

        await api.RefusedAsync(HttpMethod.Post, "alterations/workflows/retry", [], 400, "payload_invalid");
        await api.RefusedAsync(HttpMethod.Post, "alterations/workflows/retry", new JObject { ["workflowInstanceIds"] = new JArray(failed), ["activityIds"] = new JArray("line", "bad") }, 400, "alteration_unsupported");
        await api.RefusedAsync(HttpMethod.Post, "alterations/workflows/retry", new JObject { ["workflowInstanceIds"] = new JArray(failed), ["activityIds"] = new JArray("none") }, 400, "query_invalid");

        async Task<RunRow> SeenAsync(Func<RunRow, bool> isEnough) =>
            (await server.Services.GetRequiredService<RunWatch>().UntilAsync(api.Account, Guid.Parse(failed), Guid.Empty, isEnough, TimeSpan.FromSeconds(60), Cancel)).Run!;

        static JObject Retried(params string[] ids) => new() { ["workflowInstanceIds"] = new JArray(ids) };
    }

    [Fact]
    public async Task Cancel_ByDefinition_TakesAllOfThoseVersions()
    {
        using var api = await ElsaClient.NewAsync(server);
        using var other = await ElsaClient.NewAsync(server);
        var first = await api.SaveAsync(ElsaClient.Waiting());
        var old = await api.RunAsync(first);
        var second = await api.SaveAsync(ElsaClient.Chart(ElsaClient.Activity("wait", "Elsa.Event", ("eventName", "Literal", "another"))), id: (string)first["definitionId"]!);
        var runs = new[] { await api.RunAsync(second), await api.RunAsync(second) };
        var elsewhere = await api.RunAsync(await api.SaveAsync(ElsaClient.Waiting(), "Другой"));
        var body = new JObject { ["definitionId"] = first["definitionId"], ["versionOptions"] = "Published" };

        Assert.Equal(0, (int)(await other.PostAsync("bulk-actions/cancel/workflow-instances", body))["cancelled"]!);
        Assert.Equal(2, (int)(await api.PostAsync("bulk-actions/cancel/workflow-instances", body))["cancelled"]!);
        foreach (var run in runs) await api.EndedAsync(run);
        Assert.Equal(("Suspended", "Suspended"), (await api.StateAsync(old), await api.StateAsync(elsewhere)));
        Assert.Equal(1, (int)(await api.PostAsync("bulk-actions/cancel/workflow-instances", new JObject { ["definitionVersionId"] = first["id"] }))["cancelled"]!);
        await api.EndedAsync(old);
        Assert.Equal("Cancelled", await api.StateAsync(old));
        await api.RefusedAsync(HttpMethod.Post, "bulk-actions/cancel/workflow-instances", [], 400, "payload_invalid");
    }

    [Fact]
    public async Task Alterations_OnlyCancelAndOnlyWhatIsMeant()
    {
        using var api = await ElsaClient.NewAsync(server);
        using var other = await ElsaClient.NewAsync(server);
        var definition = await api.SaveAsync(ElsaClient.Waiting());
        var (one, two) = (await api.RunAsync(definition, "one"), await api.RunAsync(definition, "two"));
        await api.RefusedAsync(HttpMethod.Post, "alterations/submit", new JObject { ["alterations"] = new JArray(new JObject { ["type"] = "Migrate" }), ["filter"] = new JObject() }, 400, "alteration_unsupported");
        await api.RefusedAsync(HttpMethod.Post, "alterations/submit", Cancelling(new JObject { ["activityFilters"] = new JArray(new JObject { ["activityId"] = "wait" }) }), 400, "alteration_unsupported");

        // An empty filter means nothing unless it says all, and never another account.
        Assert.NotEmpty((string)(await api.PostAsync("alterations/submit", Cancelling(new JObject { ["emptyFilterSelectsAll"] = false, ["isSystem"] = false })))["planId"]!);
        await other.PostAsync("alterations/submit", Cancelling(new JObject { ["emptyFilterSelectsAll"] = true }));
        await api.PostAsync("alterations/submit", Cancelling(new JObject { ["correlationIds"] = new JArray("one") }));
        await api.EndedAsync(one);
        Assert.Equal("Suspended", await api.StateAsync(two));
        await api.PostAsync("alterations/submit", Cancelling(new JObject { ["emptyFilterSelectsAll"] = true }));
        await api.EndedAsync(two);
    }

    [Fact]
    public async Task Export_OneRunIsAFileAndSeveralAreAZip()
    {
        using var api = await ElsaClient.NewAsync(server);
        using var other = await ElsaClient.NewAsync(server);
        var definition = await api.SaveAsync(ElsaClient.Chart(ElsaClient.Line()));
        var runs = new[] { await api.RunAsync(definition), await api.RunAsync(definition) };
        var file = await api.GetAsync($"workflow-instances/{runs[0]}/export");
        Assert.Equal(runs[0], (string?)file.SelectToken("workflowState.id"));
        Assert.Contains(file["activityExecutionRecords"]!, record => (string?)record["activityId"] == "line" && (string?)record.SelectToken("activityState.Text") == "привет");

        var answer = await api.Http.PostAsync("/elsa/api/bulk-actions/export/workflow-instances", ElsaClient.Json(Ids(runs)), Cancel);
        using (var archive = new ZipArchive(await answer.Content.ReadAsStreamAsync(Cancel))) Assert.Equal(runs.Select(run => $"workflow-instance-{Guid.Parse(run):N}.json").Order(), archive.Entries.Select(entry => entry.FullName).Order());
        await other.RefusedAsync(HttpMethod.Get, $"workflow-instances/{runs[0]}/export", null, 404, "not_found");
        await other.RefusedAsync(HttpMethod.Post, "bulk-actions/export/workflow-instances", Ids(runs), 404, "not_found");
    }

    [Fact]
    public async Task Search_FindsIdsTheBeginningOfTheNameAndTheWorkflows()
    {
        using var api = await ElsaClient.NewAsync(server);
        var definition = await api.SaveAsync(ElsaClient.Chart(ElsaClient.Activity("name", "Elsa.SetName", ("value", "Literal", "Заказ 77%_"))), "Большая Проба");
        var run = await api.RunAsync(definition, "order-77");
        await api.EndedAsync(run);
        await api.EndedAsync(await api.RunAsync(await api.SaveAsync(ElsaClient.Chart(ElsaClient.Line()), "Другой")));
        var found = new Dictionary<string, int>();
        foreach (var term in new[] { run, "order-77", "Заказ 77%", "большая проба", (string)definition["id"]!, ((string)definition["definitionId"]!)[..12].ToUpperInvariant(), "order", "77", "%", "Заказ 7_" }) found[term] = (int)(await api.PostAsync("workflow-instances", new JObject { ["searchTerm"] = term }))["totalCount"]!;
        Assert.Equal([1, 1, 1, 1, 1, 1, 0, 0, 0, 0], found.Values);
        foreach (var (term, count) in new[] { ("ПРОБА", 1), ((string)definition["id"]!, 1), ((string)definition["definitionId"]!, 1), ("%", 0), ("", 2) })
            Assert.Equal(count, (int)(await api.GetAsync($"workflow-definitions?versionOptions=Latest&SearchTerm={Uri.EscapeDataString(term)}"))["totalCount"]!);
    }

    /// <summary>A viewer that polls costs a look at the run's row; the journal is read once for each of its steps.</summary>
    [Fact]
    public async Task Viewer_PollsAnUnchangedRun_ReadsItsJournalOnce()
    {
        using var api = await ElsaClient.NewAsync(server);
        var run = await api.RunAsync(await api.SaveAsync(ElsaClient.Waiting()));
        var journals = server.Services.GetRequiredService<RunRecordsCache>();
        var before = journals.Reads;
        for (var poll = 0; poll < 5; poll++) Assert.Equal("Running", (string?)(await api.GetAsync($"activity-execution-summaries/list?WorkflowInstanceId={run}&ActivityNodeId=Workflow1:flow:wait"))["items"]![0]!["status"]);
        Assert.Equal(1, journals.Reads - before);
        await api.PostAsync("bulk-actions/cancel/workflow-instances", Ids(run));
        await api.EndedAsync(run);
        Assert.Equal("Canceled", (string?)(await api.GetAsync($"activity-execution-summaries/list?WorkflowInstanceId={run}&ActivityNodeId=Workflow1:flow:wait"))["items"]![0]!["status"]);
        Assert.Equal(2, journals.Reads - before);
    }

    /// <summary>What is kept is bounded by its size: large journals push older ones out.</summary>
    [Fact]
    public async Task Journals_LargerThanTheRoom_PushOlderOnesOut()
    {
        using var api = await ElsaClient.NewAsync(server);
        var runs = new List<Guid>();
        await using var db = await server.DbAsync();
        for (var number = 1; number <= 3; number++)
        {
            var id = new Guid(number, 7, 7, Guid.Empty.ToByteArray()[..8]);
            db.Runs.Add(new RunRow { Id = id, AccountId = api.Account.Value, EntityType = "workflow", EntityId = id.ToString("N"), DefinitionVersionId = "none", State = "{}", Sequence = 1 });
            db.Journal.Add(new JournalRow { Id = id, AccountId = api.Account.Value, EntityType = "workflow", EntityId = id.ToString("N"), Kind = "run", RunId = id, Sequence = 1, Facts = new JObject { ["facts"] = new JArray(), ["x"] = new string('x', 1_500_000) }.ToString() });
            runs.Add(id);
        }

        await db.SaveChangesAsync(Cancel);
        var journals = server.Services.GetRequiredService<RunRecordsCache>();
        var before = journals.Reads;
        foreach (var run in new[] { 0, 1, 2, 2, 1, 0 }) await journals.ReadAsync(db, await db.Runs.AsNoTracking().SingleAsync(row => row.Id == runs[run], Cancel), Cancel);
        Assert.Equal(4, journals.Reads - before);
    }

    [Fact]
    public async Task Retries_OfAStepThatWasTriedAgain_AreListed()
    {
        using var api = await ElsaClient.NewAsync(server);
        using var other = await ElsaClient.NewAsync(server);
        var run = await api.RunAsync(await api.SaveAsync(ElsaClient.Waiting()));
        var id = Guid.Parse(run);
        await using (var db = await server.DbAsync())
        {
            db.Effects.Add(new EffectRow { Key = $"tried-{run}", AccountId = api.Account.Value, EntityType = "workflow", EntityId = id.ToString("N"), RunId = id, Kind = "http", Request = $$"""{"$retry":{{RetryStrategy.Quick.ToJson()}}}""", Summary = "GET", ContextId = "3", Callback = "", State = 3, Tries = 3, ErrorMessage = "HTTP 503", PlannedAt = DateTimeOffset.UnixEpoch });
            await db.SaveChangesAsync(Cancel);
        }

        var retries = await api.GetAsync($"resilience/retries/{id:N}-3");
        Assert.Equal([(1, "00:00:05", null), (2, "00:00:15", "HTTP 503")], retries["items"]!.Select(one => ((int)one["attemptNumber"]!, (string)one["retryDelay"]!, (string?)one.SelectToken("details.Result"))));
        Assert.Equal(0, (int)(await api.GetAsync($"resilience/retries/{id:N}-4"))["totalCount"]!);
        // Studio offers the list for what is marked, and for nothing else.
        Assert.True((bool)(await api.GetAsync($"activity-execution-summaries/list?WorkflowInstanceId={run}&ActivityNodeId=Workflow1:flow:wait")).SelectToken("items[0].metadata.HasRetryAttempts")!);
        Assert.Empty((await api.GetAsync($"activity-execution-summaries/list?WorkflowInstanceId={run}&ActivityNodeId=Workflow1:flow")).SelectToken("items[0].metadata")!);
        var stats = (await api.PostAsync("activity-executions/report", new JObject { ["workflowInstanceId"] = run, ["activityNodeIds"] = new JArray("Workflow1:flow:wait") }))["stats"]!;
        Assert.True((bool)stats.Single().SelectToken("metadata.HasRetryAttempts")!);
        await other.RefusedAsync(HttpMethod.Get, $"resilience/retries/{id:N}-3", null, 404, "not_found");
        Assert.Equal([8, 3, 0], (await api.GetAsync("resilience/strategies?category=HTTP"))["items"]!.Select(one => (int)one["maxRetryAttempts"]!));
        Assert.Contains((await api.GetAsync("features/installed"))["items"]!, feature => (string?)feature["fullName"] == "Elsa.Resilience");
    }

    private static JObject Ids(params IEnumerable<string> ids) => new() { ["ids"] = new JArray(ids) };

    private static JObject Cancelling(JObject filter) => new() { ["alterations"] = new JArray(new JObject { ["type"] = "Cancel" }), ["filter"] = filter };
}
