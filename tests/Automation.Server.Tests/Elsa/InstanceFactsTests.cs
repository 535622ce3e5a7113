using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Tests.Elsa;

/// <summary>The viewer of a run shows what the journal tells, under the names that Studio looks for.</summary>
public sealed class InstanceFactsTests(TestServer server) : IClassFixture<TestServer>
{
    private static readonly JObject Usable = new() { ["usableAsActivity"] = true };

    [Fact]
    public async Task Record_InputsOutputsAndWords_StandUnderTheDescriptorsNames()
    {
        using var api = await ElsaClient.NewAsync(server);
        var run = await api.RunAsync(await api.SaveAsync(ElsaClient.Chain(ElsaClient.Activity("if", "Elsa.If", ("condition", "NCalc", "1 < 2")), ElsaClient.Line())));
        await api.EndedAsync(run);
        var listed = (await ExecutionsAsync(api, run, "if")).Single();
        var record = await api.GetAsync($"activity-executions/by-id?id={listed["id"]}");

        Assert.True(JToken.DeepEquals(listed, record), record.ToString());
        Assert.Equal(["""{"Condition":true}""", """{"Result":true}""", """{"condition":true,"Outcomes":["Done"]}"""], new[] { "activityState", "outputs", "payload" }.Select(member => record[member]!.ToString(Formatting.None)));
        Assert.Equal("{}", (await ExecutionsAsync(api, run, "line")).Single()["outputs"]!.ToString(Formatting.None));
        var lines = (await api.PostAsync($"workflow-instances/{run}/journal?take=100", []))["items"]!;
        Assert.All(lines.Where(line => (string?)line["activityId"] == "line"), line => Assert.Equal("привет", (string?)line.SelectToken("activityState.Text")));

        // What the step said of itself and the output are one fact: the run's page says it once.
        var steps = JObject.Parse(await api.Http.GetStringAsync($"/api/runs/{run}/steps", TestServer.Cancel))["steps"]!;
        Assert.Equal("condition", (string?)Assert.Single(steps.Single(step => (string?)step["activity"] == "if")["outputs"]!)["key"]);
    }

    [Fact]
    public async Task Record_OutputThatTheStepSaysNothingOf_IsOnTheRunsPageToo()
    {
        using var api = await ElsaClient.NewAsync(server);
        var run = await api.RunAsync(await api.SaveAsync(ElsaClient.Chart(ElsaClient.Activity("paid", "Elsa.Event", ("eventName", "Literal", "paid")))));
        await api.PostAsync("events/paid/trigger", new() { ["input"] = new JObject { ["sum"] = 7 } });
        await api.EndedAsync(run);

        Assert.Equal(7, (int)(await ExecutionsAsync(api, run, "paid")).Single().SelectToken("outputs.Result.sum")!);
        var steps = JObject.Parse(await api.Http.GetStringAsync($"/api/runs/{run}/steps", TestServer.Cancel))["steps"]!;
        Assert.Equal(("Result", """{"sum":7}"""), ((string?)steps[0]!["outputs"]![0]!["key"], (string?)steps[0]!["outputs"]![0]!["value"]));
    }

    [Fact]
    public async Task Version_OfTheActivityInTheVersionThatRan_IsGiven()
    {
        using var api = await ElsaClient.NewAsync(server);
        const string name = "Offer";
        var first = await api.SaveAsync(ElsaClient.Chart(ElsaClient.Line("one")), name, options: Usable);
        var second = await api.SaveAsync(ElsaClient.Chart(ElsaClient.Line("two")), name, id: (string)first["definitionId"]!, options: Usable);
        var run = await api.RunAsync(await api.SaveAsync(ElsaClient.Chain(Offer("old", first, 1), Offer("new", second, 2))));
        await api.EndedAsync(run);

        var records = (await api.GetAsync($"activity-executions/list?WorkflowInstanceId={run}"))["items"]!;
        Assert.Equal([("old", 1), ("new", 2)], records.Where(one => (string?)one["activityType"] == name).Select(one => ((string)one["activityId"]!, (int)one["activityTypeVersion"]!)));
        Assert.Equal([1, 2], (await api.GetAsync($"activity-execution-summaries/list?WorkflowInstanceId={run}"))["items"]!.Where(one => (string?)one["activityType"] == name).Select(one => (int)one["activityTypeVersion"]!));
        var lines = (await api.PostAsync($"workflow-instances/{run}/journal?take=100", []))["items"]!;
        Assert.Equal([1, 1, 2, 2], lines.Where(one => (string?)one["activityType"] == name).Select(one => (int)one["activityTypeVersion"]!));
        // What stands in them is named by their own documents.
        Assert.Equal(["line1", "line1"], records.Where(one => (string?)one["activityType"] == "Elsa.WriteLine").Select(one => (string)one["activityName"]!));

        JObject Offer(string id, JObject used, int version) => new() { ["id"] = id, ["name"] = id, ["type"] = name, ["version"] = version, ["workflowDefinitionId"] = used["definitionId"], ["workflowDefinitionVersionId"] = used["id"] };
    }

    [Fact]
    public async Task CallStack_OfARunThatAnotherStarted_GoesOnThere()
    {
        using var api = await ElsaClient.NewAsync(server);
        using var other = await ElsaClient.NewAsync(server);
        var child = await api.SaveAsync(ElsaClient.Chart(ElsaClient.Line()), "Child");
        var parent = await api.RunAsync(await api.SaveAsync(ElsaClient.Chart(ElsaClient.Activity("call", "Elsa.ExecuteWorkflow", ("workflowDefinitionId", "Literal", (string)child["definitionId"]!), ("waitForCompletion", "Literal", "True"))), "Parent"));
        await api.EndedAsync(parent);
        var call = (await ExecutionsAsync(api, parent, "call")).Single();
        var run = (string)call.SelectToken("payload.child")!;

        var instance = await api.GetAsync($"workflow-instances/{run}");
        Assert.Equal((parent, parent), ((string?)instance["parentWorkflowInstanceId"], (string?)instance.SelectToken("workflowState.parentWorkflowInstanceId")));
        Assert.Null((await api.GetAsync($"workflow-instances/{parent}"))["parentWorkflowInstanceId"]);
        var line = (string)(await ExecutionsAsync(api, run, "line")).Single()["id"]!;
        var stack = await StackAsync("");
        Assert.Equal(["Workflow1", "flow", "call", "Workflow1", "flow", "line"], Ids(stack));
        Assert.Equal([0, 1, 2, 3, 4, 5], stack["items"]!.Select(one => (int)one["callStackDepth"]!));
        Assert.Equal((null, null, null), Scheduling(stack["items"]![0]!));
        Assert.Equal(((string?)call["id"], "call", parent), Scheduling(stack["items"]![3]!));
        Assert.Equal(((string?)stack["items"]![4]!["id"], "flow", null), Scheduling(stack["items"]![5]!));
        Assert.Equal(["Workflow1", "flow", "line"], Ids(await StackAsync("?includeCrossWorkflowChain=False")));
        var page = await StackAsync("?includeCrossWorkflowChain=True&skip=2&take=3");
        Assert.Equal((6, 5), ((int)page["totalCount"]!, (int)(await api.GetAsync($"activity-executions/by-id?id={line}"))["callStackDepth"]!));
        Assert.Equal(["call", "Workflow1", "flow"], Ids(page));
        await other.RefusedAsync(HttpMethod.Get, $"activity-executions/{line}/call-stack", null, 404, "not_found");

        Task<JObject> StackAsync(string query) => api.GetAsync($"activity-executions/{line}/call-stack{query}");
        static IEnumerable<string> Ids(JObject stack) => stack["items"]!.Select(one => (string)one["activityId"]!);
        static (string?, string?, string?) Scheduling(JToken one) => ((string?)one["schedulingActivityExecutionId"], (string?)one["schedulingActivityId"], (string?)one["schedulingWorkflowInstanceId"]);
    }

    private static async Task<JArray> ExecutionsAsync(ElsaClient api, string run, string activity) =>
        (JArray)(await api.GetAsync($"activity-executions/list?WorkflowInstanceId={run}&ActivityNodeId=Workflow1:flow:{activity}"))["items"]!;
}
