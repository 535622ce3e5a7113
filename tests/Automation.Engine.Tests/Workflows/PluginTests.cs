using Automation.Engine.Effects;
using Automation.Engine.Workflows;
using Automation.Engine.Workflows.Interpreter;
using Microsoft.Extensions.Time.Testing;
using Newtonsoft.Json.Linq;
using static Automation.Engine.Tests.Workflows.Doc;

namespace Automation.Engine.Tests.Workflows;

public sealed class PluginTests
{
    [Fact]
    public async Task ReverseText_InAWorkflow_IsOneEffect()
    {
        var run = await new RunHarness(Workflow(Sequence("s", Activity("r", "Samples.ReverseText", new { text = Script("deal.price"), result = Output("r") }), Line("l", Expression("Variable", "r"))), Variable("r"))).RunAsync();

        Assert.Equal(["0005"], run.Lines);
        Assert.Equal(("activity", EffectPolicy.Retry), (run.Effects[0].Request.Kind, run.Effects[0].Request.Policy));
        Assert.Equal(run.Snapshots, await run.ReplayAsync());
    }

    [Theory]
    [InlineData(true, "yes")]
    [InlineData(false, "no")]
    public async Task WaitForApproval_Answer_ChoosesTheWay(bool approved, string line)
    {
        var chart = Chart([Activity("w", "Samples.WaitForApproval", new { subject = Literal("Discount") }), Line("yes"), Line("no")], "w:Approved>yes", "w:Rejected>no");
        var run = await new RunHarness(Workflow(chart)).RunAsync();
        Assert.Equal("Discount", (string?)run.State.Bookmarks[0].Payload["subject"]);

        await run.HitAsync(new { approved });

        Assert.Equal([line], run.Lines);
        Assert.Equal(2, run.Effects.Select(effect => effect.Key).Distinct().Count());
        Assert.Equal(EffectPolicy.Hold, run.Effects[0].Request.Policy);
    }

    [Fact]
    public async Task Bookmark_Hit_IsBurnedAlthoughTheActivityWaitsOn()
    {
        var run = await new RunHarness(Workflow(Activity("t", "Tests.Twice"))).RunAsync();
        var first = Assert.Single(run.State.Bookmarks);

        await run.HitAsync();
        Assert.NotEqual(first.Id, Assert.Single(run.State.Bookmarks).Id);
        await run.HitAsync();

        Assert.Equal(RunStatus.Finished, run.State.Status);
    }

    [Fact]
    public async Task Throwing_Activity_IsAnIncident()
    {
        var run = await new RunHarness(Workflow(Activity("t", "Tests.Throwing"))).RunAsync();

        Assert.Equal("activity_failed", run.State.Incidents[0].Code);
        Assert.Contains("no luck", run.State.Incidents[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Container_WithItsOwnIo_RunsItsChildren()
    {
        var run = await new RunHarness(Workflow(Activity("o", "Tests.Outer", new { body = Line("inner") }))).RunAsync();

        Assert.Equal(["inner"], run.Lines);
        Assert.Equal(RunStatus.Finished, run.State.Status);
        Assert.Equal(2, run.Effects.Count);
    }

    [Fact]
    public async Task Invoke_LongerThanTheLimit_IsATimeout()
    {
        var clock = new FakeTimeProvider();
        var run = new RunHarness(Workflow(Activity("n", "Tests.Never")));
        await run.StartAsync();
        var call = new ActivityInvoker(new FakeEvaluator(), clock).InvokeAsync(run.Workflow, run.Effects[0].Request.Request, null!, null!, TestContext.Current.CancellationToken);

        clock.Advance(ActivityInvoker.Limit);

        Assert.Equal("activity_timeout", (string?)(await call)["fault"]!["code"]);
    }

    [Theory]
    [InlineData("Tests.Lambda", "activity_failed")]
    [InlineData("Tests.Idle", "activity_never_completes")]
    public async Task Activity_BreakingTheRules_IsAnIncident(string type, string code) =>
        Assert.Equal(code, (await new RunHarness(Workflow(Activity("x", type))).RunAsync()).State.Incidents[0].Code);
}

[Activity("Tests")]
public sealed class Throwing : CodeActivity
{
    protected override void Execute(ActivityExecutionContext context) => throw new InvalidDataException("no luck");
}

[Activity("Tests"), Deterministic]
public sealed class Twice : CodeActivity
{
    protected override void Execute(ActivityExecutionContext context) => context.CreateBookmark(OnFirst);

    private ValueTask OnFirst(ActivityExecutionContext context)
    {
        context.CreateBookmark(OnSecond);
        return ValueTask.CompletedTask;
    }

    private ValueTask OnSecond(ActivityExecutionContext context) => context.CompleteActivityAsync();
}

[Activity("Tests")]
public sealed class Never : Activity
{
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context) => await new TaskCompletionSource().Task;
}

[Activity("Tests")]
public sealed class Outer : Activity
{
    [Port] public IActivity? Body { get; set; }

    protected override ValueTask ExecuteAsync(ActivityExecutionContext context) => context.ScheduleActivityAsync(Body, OnDoneAsync);

    private ValueTask OnDoneAsync(ActivityExecutionContext owner, ActivityExecutionContext child) => owner.CompleteActivityAsync();
}

[Activity("Tests"), Deterministic]
public sealed class Lambda : CodeActivity
{
    protected override void Execute(ActivityExecutionContext context) => context.CreateBookmark(_ => ValueTask.CompletedTask);
}

[Activity("Tests"), Deterministic]
public sealed class Idle : Activity;
