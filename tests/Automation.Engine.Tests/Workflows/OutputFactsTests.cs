using Automation.Engine.Effects;
using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;
using static Automation.Engine.Tests.Workflows.Doc;

namespace Automation.Engine.Tests.Workflows;

/// <summary>The values that activities gave, as the journal tells them.</summary>
public sealed class OutputFactsTests
{
    [Fact]
    public async Task Outputs_ThatAreSet_StandWithTheEnd()
    {
        var run = await new RunHarness(Workflow(Sequence("s", Activity("if", "Elsa.If", new { condition = Literal("True") }), Line("line")))).RunAsync();

        Assert.Equal("""{"Result":true}""", Outputs(run, "Completed", "Elsa.If")?.ToString(Newtonsoft.Json.Formatting.None));
        Assert.Null(Outputs(run, "Completed", "Elsa.WriteLine"));
    }

    [Fact]
    public async Task Outputs_BoundToAVariable_AreToldAndKept()
    {
        var run = new RunHarness(Workflow(Activity("got", "Elsa.Event", new { eventName = Literal("go"), result = Output("x") }), Variable("x")));
        await run.RunAsync();
        await run.HitAsync(new { note = new string('я', 5_000), more = new[] { 1, 2 } });

        var told = (string)Outputs(run, "Completed", "Elsa.Event")!["Result"]!;
        Assert.Equal((201, true, '…'), (told.Length, told.StartsWith("""{"note":"яя""", StringComparison.Ordinal), told[^1]));
        Assert.Equal(5_000, ((string)run.Variable("x")["note"]!).Length);
        Assert.Equal(run.Snapshots, await run.ReplayAsync());
    }

    [Fact]
    public async Task Outputs_SetBeforeAWait_AreToldWithTheirStep()
    {
        var body = Sequence("body", Activity("before", "Elsa.Delay", new { timeSpan = Literal("00:01:00") }),
            Activity("give", "Elsa.SetOutput", new { outputName = Literal("Text"), outputValue = Literal("done") }), Activity("after", "Elsa.Delay", new { timeSpan = Literal("00:01:00") }));
        var inner = new JObject { ["name"] = "Greet", ["outputs"] = new JArray(new JObject { ["name"] = "Text", ["type"] = "String" }), ["options"] = new JObject { ["usableAsActivity"] = true }, ["root"] = body };
        var run = await new RunHarness(Workflow(Activity("g", "Greet")), composites: new One(new("c1", "greet", 1, inner))).RunAsync();

        Assert.Equal("done", (string?)Outputs(run, "OutputSet", "Greet")?["Text"]);
        Assert.Equal(RunStatus.Finished, run.State.Status);
        Assert.Equal(run.Snapshots, await run.ReplayAsync());
    }

    [Fact]
    public async Task Outputs_ThatMayHoldSecrets_AreNotTold()
    {
        var run = new RunHarness(Workflow(Activity("h", "Elsa.FlowSendHttpRequest", new { url = Literal("https://example.org/"), responseHeaders = Output("x") }), Variable("x")))
        {
            Answer = effect => new EffectOutcome(effect.Key, true, JObject.Parse("""{"status":200,"body":"ok","headers":{"set-cookie":"key=1"}}"""), null, null),
        };
        await run.RunAsync();

        Assert.Equal(["StatusCode", "ParsedContent"], Outputs(run, "Completed", "Elsa.FlowSendHttpRequest")!.Properties().Select(output => output.Name));
        Assert.Equal("key=1", (string?)run.Variable("x")["set-cookie"]);
    }

    private static JObject? Outputs(RunHarness run, string name, string type) => run.Facts.Single(fact => (string)fact["event"]! == name && (string)fact["type"]! == type)["outputs"] as JObject;

    private sealed class One(CompositeDefinition definition) : ICompositeSource
    {
        public CompositeDefinition? Find(string typeName, int version) => typeName == (string?)definition.Document["name"] ? definition : null;
    }
}
