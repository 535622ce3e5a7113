using Automation.Activities.Data;
using Automation.Activities.Flow;
using Automation.Activities.Waits;
using Automation.Engine.Expressions;
using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.ElsaModel.Tests.Children;

public sealed class ChildTests
{
    private static Sequence Lane(string id, TimeSpan time) => new() { Id = id, Activities = { new Delay { TimeSpan = new(time) }, new WriteLine { Text = new(id) } } };

    [Fact]
    public async Task Container_ChildrenAtOnce_FirstEndsTheOthers()
    {
        var run = await CodeWorkflow.RunAsync(builder => builder.Root = new Sequence
        {
            Activities = { new Race { Activities = { Lane("slow", TimeSpan.FromHours(1)), Lane("quick", TimeSpan.FromMinutes(1)) } }, new WriteLine { Text = new("end") } },
        });

        Assert.Equal(["quick", "end"], run.Lines);
        var data = run.Facts.Single(fact => (string)fact["event"]! == "Completed" && (string)fact["type"]! == "Shop.Race")["data"]!;
        Assert.Equal(("quick", 2), ((string?)data["winner"], (int)data["beaten"]!));
        Assert.Equal(["Elsa.Delay", "Elsa.Sequence"], run.Facts.Where(fact => (string)fact["event"]! == "Canceled").Select(fact => (string)fact["type"]!).Order());
        Assert.Empty(run.State.Bookmarks);
    }

    [Fact]
    public async Task Container_OwnVariables_AreSeenByItAndItsChildren()
    {
        var last = new Variable<string>("last", "nobody");
        var run = await CodeWorkflow.RunAsync(builder => builder.Root = new Together
        {
            Variables = { last },
            Activities = { new WriteLine { Text = new(last), CustomProperties = { ["mark"] = "last" } }, new Sequence { CustomProperties = { ["mark"] = "other" }, Activities = { new Delay(), new WriteLine { Text = new(last) } } } },
        });

        Assert.Equal(["nobody", "Completed Running"], run.Lines);
        Assert.Equal("Completed Running", (string?)run.Variable("other"));
        Assert.Equal(JTokenType.Null, run.Variable("last").Type);
    }

    [Theory]
    [InlineData("count > 2", 3)]
    [InlineData("count > 99", 10)]
    public async Task Loop_LazyConditionAndOwnState_LastOverWaits(string until, int rounds)
    {
        var run = await CodeWorkflow.RunAsync(builder =>
        {
            var count = builder.WithVariable("count", 0);
            var done = builder.WithVariable<int>("rounds");
            builder.Root = new Repeat
            {
                Until = new(new Expression("NCalc", until)),
                Rounds = new(done),
                Body = new Sequence { Activities = { new Delay(), new SetVariable { Variable = count, Value = new(new Expression("NCalc", "count + 1")) } } },
            };
        });

        Assert.Equal((rounds, rounds), ((int)run.Variable("rounds"), (int)run.Variable("count")));
        Assert.Equal(rounds + 1, run.Snapshots.Count);
        Assert.Equal(run.Snapshots, await run.ReplayAsync());
    }

    [Fact]
    public async Task Ancestors_OfAChild_NearestFirst()
    {
        var run = await CodeWorkflow.RunAsync(builder =>
        {
            var where = builder.WithVariable<string>("where");
            builder.Root = new Sequence { Activities = { new Repeat { AtMost = new(1), Body = new WhereAmI { Result = new(where) } } } };
        });

        Assert.Equal("Shop.Repeat Elsa.Sequence Elsa.Workflow", (string?)run.Variable("where"));
    }

    [Fact]
    public async Task Composite_BuiltInCode_RunsItsActivitiesWithItsVariables()
    {
        var document = new CodeWorkflow(builder =>
        {
            var text = builder.WithVariable<string>("text");
            builder.Root = new Sequence { Activities = { new GreetLater { Customer = new("Anna"), Result = new(text) }, new WriteLine { Text = new(text) } } };
        }).ToDocument();
        Assert.Equal(["type", "version", "customer", "result"], ((JObject)document["root"]!["activities"]![0]!).Properties().Select(member => member.Name));

        var run = await new RunHarness(document).RunAsync();

        Assert.Equal(["Hello, Anna!"], run.Lines);
        Assert.Equal(run.Snapshots, await run.ReplayAsync());
    }

    /// <summary>Studio writes null for a port that it does not show.</summary>
    [Fact]
    public async Task Composite_RootIsNullInTheDocument_KeepsItsOwn()
    {
        var run = await new RunHarness(Doc.Workflow(Doc.Activity("g", "Shop.GreetLater", new { customer = "Ben", root = (object?)null, result = Doc.Output("text") }), Doc.Variable("text"))).RunAsync();

        Assert.Equal("Hello, Ben!", (string?)run.Variable("text"));
    }

    [Theory]
    [InlineData(5000, "kept")]
    [InlineData(10, "dropped")]
    public async Task Composite_CompleteWithin_EndsTheCompositeOnly(int price, string line)
    {
        var chart = Doc.Chart([Doc.Activity("c", "Shop.KeepDear"), Doc.Line("kept"), Doc.Line("dropped")], "c:Kept>kept", "c:Dropped>dropped");
        var run = new RunHarness(Doc.Workflow(chart));
        run.Roots["deal"] = new JObject { ["price"] = price };
        await run.RunAsync();

        Assert.Equal([line], run.Lines);
    }
}
