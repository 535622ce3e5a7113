using Automation.Engine.Workflows;
using Automation.Engine.Workflows.Interpreter;
using Newtonsoft.Json.Linq;
using static Automation.Engine.Tests.Workflows.Doc;

namespace Automation.Engine.Tests.Workflows;

/// <summary>Workflows used as activities of others.</summary>
public sealed class CompositeTests
{
    /// <summary>"Greet client": says the name that it is given, gives a text back, and leaves by Known or Unknown.</summary>
    private static JObject Greeting(int version = 1) => new()
    {
        ["name"] = "Greet client",
        ["variables"] = new JArray(Variable("own", "mine", "String")),
        ["inputs"] = new JArray(new JObject { ["name"] = "Who", ["type"] = "String" }),
        ["outputs"] = new JArray(new JObject { ["name"] = "Text", ["type"] = "String" }),
        ["outcomes"] = new JArray("Known", "Unknown"),
        ["options"] = new JObject { ["usableAsActivity"] = true },
        ["root"] = Sequence("body",
            Line("hello", Expression("Input", "Who")),
            Line("wait", Expression("Variable", "own")),
            Activity("pause", "Elsa.Delay", new { timeSpan = Literal("00:01:00") }),
            Line("again", Expression("Input", "Who")),
            Activity("give", "Elsa.SetOutput", new { outputName = Literal("Text"), outputValue = Expression("Input", "Who") }),
            Activity("end", "Elsa.Complete", new { outcomes = Expression("Object", $"[\"{(version == 1 ? "Known" : "Unknown")}\"]") })),
    };

    private static Source Of(params CompositeDefinition[] definitions) => new(definitions);

    [Fact]
    public async Task Composite_InputsOutputsOutcomes_AreItsOwn()
    {
        var chart = Chart([Activity("g", "GreetClient", new { who = NCalc("deal.price"), text = Output("got") }), Line("known", Expression("Variable", "got")), Line("unknown")], "g:Known>known", "g:Unknown>unknown");
        var run = new RunHarness(Workflow(chart, Variable("got"), Variable("own", "outer", "String")), composites: Of(new CompositeDefinition("c1", "greet", 1, Greeting())));
        await run.RunAsync(new { Who = "outer" });

        Assert.Equal(["5000", "mine", "5000", "5000"], run.Lines);
        Assert.Equal("5000", (string?)run.Variable("got"));
        Assert.False(((JObject)run.Outputs).ContainsKey("Text"));
        Assert.Equal(run.Snapshots, await run.ReplayAsync());
    }

    [Fact]
    public async Task Composite_TwoVersions_EachRunsAsItWas()
    {
        var root = Sequence("s", Pinned("a", 1), Pinned("b", 2));
        var second = Greeting(2);
        ((JObject)second["root"]!["activities"]![0]!)["text"] = Literal("newer");
        var run = await new RunHarness(Workflow(root), composites: Of(new("c1", "greet", 1, Greeting()), new("c2", "greet", 2, second))).RunAsync();

        Assert.Equal(["x", "mine", "x", "newer", "mine", "x"], run.Lines);
        Assert.Equal(RunStatus.Finished, run.State.Status);
    }

    [Fact]
    public void Composite_ThatUsesItself_IsRefused()
    {
        var document = Workflow(Activity("again", "Loop"));
        (document["name"], document["options"]) = ("Loop", new JObject { ["usableAsActivity"] = true });
        var refused = Assert.Throws<DefinitionInvalidException>(() => new RunHarness(Workflow(Activity("a", "Loop")), composites: Of(new CompositeDefinition("l1", "loop", 1, document))));

        Assert.Equal("composite_loop", refused.Problems[0].Code);
    }

    [Fact]
    public async Task Composite_ThatIsMissing_IsAnIncidentWhenReached()
    {
        var run = await new RunHarness(Workflow(Sequence("s", Line("before"), Activity("g", "GreetClient")))).RunAsync();

        Assert.False(run.Workflow.IsWhole);
        Assert.Equal((RunStatus.Faulted, "activity_unknown"), (run.State.Status, run.State.Incidents[0].Code));
        Assert.Equal(["before"], run.Lines);
    }

    [Theory]
    [InlineData("Greet client", "GreetClient")]
    [InlineData("напомнить о встрече", "НапомнитьОВстрече")]
    [InlineData("--", "d1")]
    public void TypeName_OfAName_IsInPascalCase(string name, string type) => Assert.Equal(type, CompositeDescriber.TypeName(name, "d1"));

    private static JObject Pinned(string id, int version)
    {
        var activity = Activity(id, "GreetClient", new { who = Literal("x") });
        activity["version"] = version;
        return activity;
    }

    private sealed class Source(CompositeDefinition[] definitions) : ICompositeSource
    {
        public CompositeDefinition? Find(string typeName, int version) =>
            definitions.FirstOrDefault(one => CompositeDescriber.TypeName((string?)one.Document["name"], one.DefinitionId) == typeName && one.Version == version);
    }
}
