using Automation.Engine.Effects;
using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;
using static Automation.Engine.Tests.Workflows.Doc;

namespace Automation.Engine.Tests.Workflows;

/// <summary>Activities that start other workflows: what they ask for, and how they go on.</summary>
public sealed class ChildWorkflowTests
{
    private static RunHarness Harness(JObject activity, params JObject[] variables) => new(Workflow(Sequence("s", activity, Line("after", Expression("Variable", "got"))), [Variable("got"), .. variables])) { Answer = Started };

    private static EffectOutcome Started(PlannedEffect effect) => new(effect.Key, true, new JObject { ["run"] = $"child{effect.Order}" }, null, null);

    private static JObject Told(string child, object? output = null, string status = "Finished") => new() { ["run"] = child, ["status"] = status, ["output"] = output is null ? new JObject() : JObject.FromObject(output) };

    [Fact]
    public async Task ExecuteWorkflow_ChildTells_GoesOnWithItsOutputs()
    {
        var run = Harness(Activity("x", "Elsa.ExecuteWorkflow", new { workflowDefinitionId = Literal("other"), input = Expression("Object", """{"a":{"type":"NCalc","value":"deal.price"}}"""), waitForCompletion = Literal("True"), result = Output("got") }));
        await run.RunAsync();

        var request = Assert.Single(run.Effects).Request;
        Assert.Equal(("workflow", "other", 5000, "end"), (request.Kind, (string?)request.Request["definition"], (int)request.Request["input"]!["a"]!, (string?)request.Request["when"]));
        Assert.Empty(run.Lines);
        await run.HitAsync(Told("c", new { sum = 3 }));
        Assert.Equal(["""{"sum":3}"""], run.Lines);
        Assert.Equal(run.Snapshots, await run.ReplayAsync());
    }

    /// <summary>The child's end may be told before the answer that it was started.</summary>
    [Fact]
    public async Task ExecuteWorkflow_ToldBeforeTheAnswer_EndsOnce()
    {
        var run = Harness(Activity("x", "Elsa.ExecuteWorkflow", new { workflowDefinitionId = Literal("other"), result = Output("got") }));
        await run.StartAsync();
        var started = run.Unsent.Dequeue();
        await run.TakeAsync(new Stimulus.BookmarkHit(run.State.Bookmarks[0].Id, Told("c", new { sum = 3 })));
        await run.TakeAsync(new Stimulus.EffectFinished(Started(started)));

        Assert.Equal((RunStatus.Finished, 1), (run.State.Status, run.Lines.Count()));
    }

    [Theory]
    [InlineData("CannotStart", null, "cannot_start")]
    [InlineData(null, "definition_missing", "definition_missing")]
    public async Task ExecuteWorkflow_ThatCannotBegin_IsAnIncident(string? told, string? refused, string code)
    {
        var run = Harness(Activity("x", "Elsa.ExecuteWorkflow", new { workflowDefinitionId = Literal("other") }));
        if (refused is not null) run.Answer = effect => new(effect.Key, false, JValue.CreateNull(), refused, "It is not there.");
        await run.RunAsync();
        if (told is not null) await run.HitAsync(Told("c", status: told));

        Assert.Equal((RunStatus.Faulted, code), (run.State.Status, run.State.Incidents[0].Code));
    }

    [Fact]
    public async Task DispatchWorkflow_WithoutWaiting_GoesOnOnceItIsAccepted()
    {
        var run = await Harness(Activity("x", "Elsa.DispatchWorkflow", new { workflowDefinitionId = Literal("other"), correlationId = Literal("c-1") })).RunAsync();

        Assert.Equal((RunStatus.Finished, "c-1"), (run.State.Status, (string?)run.Effects[0].Request.Request["correlation"]));
        Assert.Null(run.Effects[0].Request.Request["bookmark"]);
    }

    [Fact]
    public async Task BulkDispatch_WaitsForAll_AndCountsARedrivenChildOnce()
    {
        var bulk = Activity("x", "Elsa.BulkDispatchWorkflows", new
        {
            workflowDefinitionId = Literal("other"),
            items = Expression("Object", """["a",{"Name":"b"}]"""),
            childCompleted = Line("child", Expression("Variable", "ChildInstanceId")),
            childFaulted = Line("failed", Expression("Variable", "ChildInstanceId")),
        });
        var run = Harness(bulk);
        await run.RunAsync();

        Assert.Equal(["a", "b"], run.Effects.Select(effect => (string?)(effect.Request.Request["input"]!["Item"] ?? effect.Request.Request["input"]!["Name"])));
        await run.HitAsync(Told("one", status: "Faulted"));
        await run.HitAsync(Told("one"));
        Assert.Equal(RunStatus.Suspended, run.State.Status);
        await run.HitAsync(Told("two"));
        Assert.Equal(RunStatus.Finished, run.State.Status);
        Assert.Equal(["one", "two"], run.Lines.Take(2));
        Assert.Equal(run.Snapshots, await run.ReplayAsync());
    }

    /// <summary>Elsa tells of a completion only where one was waited for.</summary>
    [Theory]
    [InlineData("True", """["a"]""", "completed,done")]
    [InlineData("False", """["a"]""", "done")]
    [InlineData("True", "[]", "done")]
    public async Task BulkDispatch_Ended_GivesCompletedOnlyAfterWaiting(string waits, string items, string lines)
    {
        var bulk = Activity("x", "Elsa.BulkDispatchWorkflows", new { workflowDefinitionId = Literal("other"), items = Expression("Object", items), waitForCompletion = Literal(waits) });
        var run = new RunHarness(Workflow(Chart([bulk, Line("completed"), Line("done")], "x:Completed>completed", "x:Done>done"))) { Answer = Started };
        await run.RunAsync();
        if (run.State.Status == RunStatus.Suspended) await run.HitAsync(Told("one"));

        Assert.Equal(RunStatus.Finished, run.State.Status);
        Assert.Equal(lines.Split(','), run.Lines.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Elsa.ExecuteWorkflow", null)]
    [InlineData("Elsa.DispatchWorkflow", null)]
    [InlineData("Elsa.BulkDispatchWorkflows", """[{"a":1}]""")]
    public async Task Child_AnyKind_TakesInWhoStartedIt(string type, string? items)
    {
        var run = Harness(Activity("x", type, new { workflowDefinitionId = Literal("other"), input = Expression("Object", """{"b":2}"""), items = items is null ? null : Expression("Object", items) }));
        await run.RunAsync();

        var input = (JObject)Assert.Single(run.Effects).Request.Request["input"]!;
        Assert.Equal(run.Id.ToString(), (string?)input["ParentInstanceId"]);
        Assert.Equal(items is null ? 2 : 3, input.Count);
    }

    [Fact]
    public async Task RunTask_Completed_GoesOnWithTheResult()
    {
        var run = Harness(Activity("x", "Elsa.RunTask", new { taskName = Literal("call"), payload = Expression("Object", """{"phone":1}"""), result = Output("got") }));
        await run.RunAsync();

        var task = (string)Assert.Single(run.Effects).Request.Request["task"]!;
        Assert.Equal(SharedStimuli.TaskHash(task), run.State.Bookmarks[0].Hash);
        await run.HitAsync("answered");
        Assert.Equal(["answered"], run.Lines);
    }
}
