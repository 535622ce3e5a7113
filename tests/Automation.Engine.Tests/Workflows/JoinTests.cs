using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;
using static Automation.Engine.Tests.Workflows.Doc;

namespace Automation.Engine.Tests.Workflows;

public sealed class JoinTests
{
    private static JObject Fork => Activity("f", "Elsa.FlowFork", new { branches = Expression("Object", """["A","B"]""") });

    private static JObject Join(string mode) => Activity("j", "Elsa.FlowJoin", new { mode = Literal(mode) });

    private static JObject Delay(string id, string span) => Activity(id, "Elsa.Delay", new { timeSpan = Literal(span) });

    [Fact]
    public async Task ImplicitJoin_TwoBranches_RunsOnceAfterBoth()
    {
        var chart = Chart([Fork, Line("a"), Line("b"), Line("end")], "f:A>a", "f:B>b", "a>end", "b>end");

        var run = await new RunHarness(Workflow(chart)).RunAsync();

        Assert.Equal(["a", "b", "end"], run.Lines);
    }

    [Fact]
    public async Task ImplicitJoin_BranchNotTaken_DoesNotWaitForIt()
    {
        var chart = Chart([Activity("d", "Elsa.FlowDecision", new { condition = Literal("True") }), Line("a"), Line("b"), Line("b2"), Line("end")], "d:True>a", "d:False>b", "b>b2", "a>end", "b2>end");

        var run = await new RunHarness(Workflow(chart)).RunAsync();

        Assert.Equal(["a", "end"], run.Lines);
    }

    [Fact]
    public async Task ImplicitJoin_NothingFollowed_IsSkippedAndSoIsWhatComesAfter()
    {
        var chart = Chart([Activity("d", "Elsa.FlowDecision", new { condition = Literal("True") }), Line("x"), Line("y"), Line("both"), Line("after"), Line("go")], "d:False>x", "d:False>y", "x>both", "y>both", "both>after", "d:True>go");

        var run = await new RunHarness(Workflow(chart)).RunAsync();

        Assert.Equal(["go"], run.Lines);
        Assert.Equal(RunStatus.Finished, run.State.Status);
    }

    [Fact]
    public async Task WaitAll_BranchNotTaken_IsSkipped()
    {
        var chart = Chart([Activity("d", "Elsa.FlowDecision", new { condition = Literal("True") }), Line("a"), Line("b"), Join("WaitAll"), Line("end")], "d:True>a", "d:False>b", "a>j", "b>j", "j>end");

        var run = await new RunHarness(Workflow(chart)).RunAsync();

        Assert.Equal(["a"], run.Lines);
    }

    [Fact]
    public async Task WaitAny_FirstTimer_CancelsTheOther()
    {
        var chart = Chart([Fork, Delay("slow", "1.00:00:00"), Delay("fast", "00:01:00"), Join("WaitAny"), Line("end")], "f:A>slow", "f:B>fast", "slow>j", "fast>j", "j>end");

        var run = await new RunHarness(Workflow(chart)).RunAsync();

        Assert.Equal(["end"], run.Lines);
        Assert.Equal(RunStatus.Finished, run.State.Status);
        Assert.Contains(run.Facts, f => (string)f["event"]! == "Canceled" && ((string)f["node"]!).EndsWith("slow", StringComparison.Ordinal));
        Assert.True(run.Now < new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero));
    }

    [Fact]
    public async Task WaitAny_BranchesEndInOneStep_RunsOnce()
    {
        var chart = Chart([Fork, Line("a"), Line("b"), Join("WaitAny"), Line("end")], "f:A>a", "f:B>b", "a>j", "b>j", "j>end");

        var run = await new RunHarness(Workflow(chart)).RunAsync();

        Assert.Single(run.Lines, "end");
    }

    [Fact]
    public async Task WaitAny_OneActivityFollowsBothArrows_RunsOnce()
    {
        var run = await new RunHarness(Workflow(Chart([Fork, Join("WaitAny"), Line("end")], "f:A>j", "f:B>j", "j>end"))).RunAsync();

        Assert.Single(run.Lines, "end");
    }

    [Fact]
    public async Task WaitAny_CancelledBranch_CountsAsSkippedForLaterJoins()
    {
        var chart = Chart([Fork, Delay("slow", "1.00:00:00"), Delay("fast", "00:01:00"), Join("WaitAny"), Line("end")], "f:A>slow", "f:B>fast", "slow>j", "fast>j", "slow>end", "j>end");

        var run = await new RunHarness(Workflow(chart)).RunAsync();

        Assert.Equal(["end"], run.Lines);
    }

    [Fact]
    public async Task WaitAny_InALoop_WaitsAnewInEachRound()
    {
        var chart = Chart(
            [Fork, Delay("slow", "1.00:00:00"), Delay("fast", "00:01:00"), Join("WaitAny"), Set("add", "i", NCalc("i + 1")), Activity("d", "Elsa.FlowDecision", new { condition = NCalc("i < 3") }), Line("end")],
            "f:A>slow", "f:B>fast", "slow>j", "fast>j", "j>add", "add>d", "d:True>f", "d:False>end");

        var run = await new RunHarness(Workflow(chart, Variable("i", 0, "Int32"))).RunAsync();

        Assert.Equal(3, (int)run.Variable("i"));
        Assert.Equal(["end"], run.Lines);
    }

    [Fact]
    public async Task Loop_BackToTheStart_EndsWhenTheConditionSaysSo()
    {
        var chart = Chart([Line("a"), Set("add", "i", NCalc("i + 1")), Activity("d", "Elsa.FlowDecision", new { condition = NCalc("i < 3") }), Line("end")], "a>add", "add>d", "d:True>a", "d:False>end");

        var run = await new RunHarness(Workflow(chart, Variable("i", "0", "Int32"))).RunAsync();

        Assert.Equal(["a", "a", "a", "end"], run.Lines);
        Assert.Equal(run.Snapshots, await run.ReplayAsync());
    }

    [Fact]
    public async Task Loop_WithAJoinInside_JoinsInEachRound()
    {
        var chart = Chart(
            [Fork, Line("a"), Line("b"), Set("add", "i", NCalc("i + 1")), Activity("d", "Elsa.FlowDecision", new { condition = NCalc("i < 2") }), Line("end")],
            "f:A>a", "f:B>b", "a>add", "b>add", "add>d", "d:True>f", "d:False>end");

        var run = await new RunHarness(Workflow(chart, Variable("i", 0, "Int32"))).RunAsync();

        Assert.Equal(["a", "b", "a", "b", "end"], run.Lines);
    }

    [Fact]
    public async Task Loop_AroundItsTarget_IsAnIncident()
    {
        var chart = Chart([Fork, Line("a"), Line("b")], "f:A>a", "f:B>b", "a>b", "b>a");

        var run = await new RunHarness(Workflow(chart)).RunAsync();

        Assert.Equal("loop_invalid", Assert.Single(run.State.Incidents).Code);
    }

    [Fact]
    public async Task Loop_ThatNeverEnds_IsAnIncident()
    {
        var run = await new RunHarness(Workflow(Chart([Line("a"), Line("b")], "a>b", "b>a"))).RunAsync();

        Assert.Equal("run_too_long", Assert.Single(run.State.Incidents).Code);
        Assert.Equal(RunStatus.Faulted, run.State.Status);
    }

    [Fact]
    public async Task Terminal_AnywhereInTheChart_EndsItAtOnce()
    {
        var chart = Chart([Fork, Delay("slow", "1.00:00:00"), Activity("e", "Elsa.End"), Line("never")], "f:A>slow", "f:B>e", "slow>never");

        var run = await new RunHarness(Workflow(chart)).RunAsync();

        Assert.Equal(RunStatus.Finished, run.State.Status);
        Assert.Empty(run.Lines);
        Assert.Empty(run.State.Bookmarks);
    }

    [Theory]
    [InlineData(null, "first")]
    [InlineData("t", "third")]
    public async Task Start_TriggerThatFired_ComesFirst(string? trigger, string line)
    {
        var chart = Chart([Line("third"), Activity("t", "Elsa.Event", new { eventName = Literal("paid") }), Activity("s", "Elsa.Start"), Line("first")], "t>third", "s>first");

        var run = await new RunHarness(Workflow(chart)).RunAsync(trigger: trigger);

        Assert.Equal([line], run.Lines);
    }

    [Fact]
    public async Task Connections_ToNothingAndInTheOldForm_AreReadOrDropped()
    {
        var chart = Chart([Line("a"), Line("b")]);
        chart["connections"] = JArray.Parse("""[{"source":"a","sourcePort":"Done","target":"b","targetPort":"In"},{"source":{"activity":"b"},"target":{"activity":"gone"}}]""");

        var run = await new RunHarness(Workflow(chart)).RunAsync();

        Assert.Equal(["a", "b"], run.Lines);
    }
}
