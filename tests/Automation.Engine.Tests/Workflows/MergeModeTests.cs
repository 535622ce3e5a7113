using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;
using static Automation.Engine.Tests.Workflows.Doc;

namespace Automation.Engine.Tests.Workflows;

/// <summary>Charts that run by tokens, as Elsa 3.8 defines its merge modes.</summary>
public sealed class MergeModeTests
{
    private static JObject Fork => Activity("f", "Elsa.FlowFork", new { branches = Expression("Object", """["A","B"]""") });

    private static JObject Yes => Activity("d", "Elsa.FlowDecision", new { condition = Literal("True") });

    [Theory]
    [InlineData("Stream", "a b x")]
    [InlineData("Merge", "a b x")]
    [InlineData("Converge", "a b x")]
    [InlineData("Cascade", "a b x x")]
    [InlineData("Race", "a x")]
    public async Task TwoBranchesTaken_RunsTheTargetAsItsModeSays(string mode, string lines)
    {
        var run = await new RunHarness(Workflow(Chart([Fork, Line("a"), Line("b"), With(mode, Line("x"))], "f:A>a", "f:B>b", "a>x", "b>x"))).RunAsync();

        Assert.Equal(lines.Split(' '), run.Lines);
        Assert.Equal(RunStatus.Finished, run.State.Status);
        Assert.Equal(run.Snapshots, await run.ReplayAsync());
    }

    [Theory]
    [InlineData("Stream", "a x")]
    [InlineData("Merge", "a")]
    [InlineData("Converge", "a")]
    [InlineData("Cascade", "a x")]
    [InlineData("Race", "a x")]
    [InlineData("cascade", "a x")]
    public async Task OneBranchTaken_OnlyTheStrictModesMissTheOther(string mode, string lines)
    {
        var run = await new RunHarness(Workflow(Chart([Yes, Line("a"), Line("b"), With(mode, Line("x"))], "d:True>a", "d:False>b", "a>x", "b>x"))).RunAsync();

        Assert.Equal(lines.Split(' '), run.Lines);
        Assert.Equal(RunStatus.Finished, run.State.Status);
    }

    /// <summary>The branch that takes another way comes last: nobody else is there to let the target go.</summary>
    [Fact]
    public async Task Stream_LastBranchTakesAnotherWay_RunsAllTheSame()
    {
        var run = await new RunHarness(Workflow(Chart([Fork, Line("a"), Yes, Line("other"), With("Stream", Line("x"))], "f:A>a", "f:B>d", "a>x", "d:False>x", "d:True>other"))).RunAsync();

        Assert.Equal(["a", "other", "x"], run.Lines.Order());
    }

    [Fact]
    public async Task Race_FirstTimer_CancelsTheOther()
    {
        var chart = Chart([Fork, Delay("slow", "1.00:00:00"), Delay("fast", "00:01:00"), With("Race", Line("x")), Delay("late", "2.00:00:00")], "f:A>slow", "f:B>fast", "slow>x", "fast>x", "x>late");
        var run = new RunHarness(Workflow(chart));
        var began = run.Now;

        await run.RunAsync();

        Assert.Equal(["x"], run.Lines);
        Assert.Equal(TimeSpan.FromMinutes(1) + TimeSpan.FromDays(2), run.Now - began);
        Assert.Contains(run.Facts, fact => (string?)fact["event"] == "Canceled" && ((string?)fact["node"])?.EndsWith(":slow", StringComparison.Ordinal) == true);
    }

    /// <summary>What the winner's own activity begins beside it has lost as well, in each round.</summary>
    [Fact]
    public async Task Race_InALoop_RunsOnceInEachRound()
    {
        var chart = Chart(
            [Line("a"), Line("b"), With("Race", Line("x")), Set("add", "i", NCalc("i + 1")), Activity("d", "Elsa.FlowDecision", new { condition = NCalc("i < 3") }), Line("end")],
            "a>b", "a>x", "b>x", "x>add", "add>d", "d:True>a", "d:False>end");

        var run = await new RunHarness(Workflow(chart, Variable("i", 0, "Int32"))).RunAsync();

        Assert.Equal(["a", "x", "a", "x", "a", "x", "end"], run.Lines);
    }

    [Theory]
    [InlineData("Stream")]
    [InlineData("Merge")]
    public async Task Loop_WithAJoinInside_JoinsInEachRound(string mode)
    {
        var chart = Chart(
            [Fork, Line("a"), Line("b"), With(mode, Set("add", "i", NCalc("i + 1"))), Activity("d", "Elsa.FlowDecision", new { condition = NCalc("i < 2") }), Line("end")],
            "f:A>a", "f:B>b", "a>add", "b>add", "add>d", "d:True>f", "d:False>end");

        var run = await new RunHarness(Workflow(chart, Variable("i", 0, "Int32"))).RunAsync();

        Assert.Equal(["a", "b", "a", "b", "end"], run.Lines);
    }

    /// <summary>Converge counts the way back of a loop too, so nothing gets past it.</summary>
    [Theory]
    [InlineData("Merge", "s x x")]
    [InlineData("Converge", "s")]
    public async Task LoopBack_OnlyConvergeWaitsForIt(string mode, string lines)
    {
        var chart = Chart([Line("s"), With(mode, Line("x")), Set("add", "i", NCalc("i + 1")), Activity("d", "Elsa.FlowDecision", new { condition = NCalc("i < 2") })], "s>x", "x>add", "add>d", "d:True>x");

        var run = await new RunHarness(Workflow(chart, Variable("i", 0, "Int32"))).RunAsync();

        Assert.Equal(lines.Split(' '), run.Lines);
    }

    [Theory]
    [InlineData("WaitAny", "a j")]
    [InlineData("WaitAll", "a b j")]
    [InlineData("WaitAllActive", "a b j")]
    public async Task Join_InAChartOfTokens_KeepsItsMode(string mode, string lines)
    {
        var chart = Chart([Fork, Line("a"), Line("b"), Activity("j", "Elsa.FlowJoin", new { mode = Literal(mode) }), With("Stream", Line("end"))], "f:A>a", "f:B>b", "a>j", "b>j", "j>end");

        var run = await new RunHarness(Workflow(chart)).RunAsync();

        Assert.Equal([.. lines.Split(' ').Where(line => line != "j"), "end"], run.Lines);
    }

    [Theory]
    [InlineData("CounterBased", "a x")]
    [InlineData("TokenBased", "a")]
    public async Task Chart_ThatNamesItsMode_RunsInIt(string mode, string lines)
    {
        var chart = Chart([Yes, Line("a"), Line("b"), With("Merge", Line("x"))], "d:True>a", "d:False>b", "a>x", "b>x");
        chart["customProperties"] = new JObject { ["Flowchart:ExecutionMode"] = mode };

        var run = await new RunHarness(Workflow(chart)).RunAsync();

        Assert.Equal(lines.Split(' '), run.Lines);
    }

    private static JObject With(string mode, JObject activity)
    {
        activity["customProperties"] = new JObject { ["mergeMode"] = mode };
        return activity;
    }

    private static JObject Delay(string id, string span) => Activity(id, "Elsa.Delay", new { timeSpan = Literal(span) });
}
