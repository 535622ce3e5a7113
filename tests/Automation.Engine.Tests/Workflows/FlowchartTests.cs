using Automation.Engine.Workflows;
using static Automation.Engine.Tests.Workflows.Doc;

namespace Automation.Engine.Tests.Workflows;

public sealed class FlowchartTests
{
    [Fact]
    public async Task Flowchart_ThreeSteps_RunsThemInOrder()
    {
        var run = await new RunHarness(Workflow(Chart([Line("c"), Set("b", "x", Literal("5")), Line("a")], "a>b", "b>c"), Variable("x", null, "Int32"))).RunAsync();

        Assert.Equal(RunStatus.Finished, run.State.Status);
        Assert.Equal(["a", "b", "c"], run.Completed);
        Assert.Equal(5, (int)run.Variable("x"));
    }

    [Theory]
    [InlineData("deal.price > 1000", "yes")]
    [InlineData("deal.price < 1000", "no")]
    public async Task FlowDecision_Condition_TakesItsWay(string condition, string line)
    {
        var chart = Chart([Activity("d", "Elsa.FlowDecision", new { condition = NCalc(condition) }), Line("yes"), Line("no"), Line("end")], "d:True>yes", "d:False>no", "yes>end", "no>end");

        var run = await new RunHarness(Workflow(chart)).RunAsync();

        Assert.Equal([line, "end"], run.Lines);
        Assert.Equal(5000, (int)run.Facts.First(f => (string)f["node"]! == "Workflow1:chart:d")["seen"]![0]!["value"]!);
    }

    [Fact]
    public async Task Flowchart_EffectThenLine_WaitsForTheEffect()
    {
        var chart = Chart([Line("a"), Activity("send", "Elsa.FlowSendHttpRequest", new { url = Literal("https://example.org/x") }), Line("b")], "a>send", "send>b");
        var run = new RunHarness(Workflow(chart)) { Answer = e => new(e.Key, true, Newtonsoft.Json.Linq.JObject.Parse("""{"status":200,"body":"{}","contentType":"application/json"}"""), null, null) };

        await run.StartAsync();
        Assert.Equal(RunStatus.Suspended, run.State.Status);
        var effect = Assert.Single(run.Effects);
        await run.DriveAsync();

        Assert.Equal(RunStatus.Finished, run.State.Status);
        Assert.Equal(["a", "b"], run.Lines);
        Assert.Matches("^[0-9a-f]{64}$", effect.Key);
        Assert.Equal(run.Snapshots, await run.ReplayAsync());
    }
}
