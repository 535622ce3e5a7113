using Automation.Activities.Flow;
using Automation.Activities.Waits;
using Automation.ElsaModel.Tests.Children;
using Automation.ElsaModel.Tests.Values;
using Automation.Engine.Expressions;
using Automation.Engine.Hosting.Definitions;
using Automation.Engine.Workflows;
using Automation.Engine.Workflows.Interpreter;
using Newtonsoft.Json.Linq;

namespace Automation.ElsaModel.Tests.Documents;

public sealed class DocumentTests
{
    [Theory]
    [InlineData(2, "12")]
    [InlineData(0, "sold out")]
    public async Task CodeWorkflow_ImportedAndReadBack_RunsAlike(int left, string line)
    {
        var ids = 0;
        var stored = DefinitionDocument.Taken(JObject.Parse(new OrderWorkflow().ToDocument().ToString()), () => $"new{++ids}");
        var registry = new ActivityRegistry().RegisterAssembly(typeof(OrderWorkflow).Assembly).RegisterAssembly(typeof(Flowchart).Assembly);
        var shown = DefinitionDocument.Given(stored, new AccountActivities(registry));
        Assert.DoesNotContain("NotFoundActivity", shown.ToString(), StringComparison.Ordinal);
        Assert.Equal("Workflow1:new1:stock", (string?)shown.SelectToken("root.activities[1].nodeId"));

        var run = new RunHarness(shown);
        run.Roots["deal"] = new JObject { ["left"] = left };
        await run.RunAsync(new { net = 10 });

        Assert.Equal([line], run.Lines.Select(text => text.TrimEnd('0').TrimEnd('.')));
    }

    [Fact]
    public void CodeWorkflow_Document_HasStudiosForms()
    {
        var document = new CodeWorkflow(builder =>
        {
            var names = builder.WithVariable<List<string>>("names", ["Anna"]);
            builder.WithOutput<bool>("ok", "Went well.");
            builder.Root = new Sequence
            {
                Activities =
                {
                    new Greet { Id = "greet", Customer = new(names) },
                    new FlowJoin { Mode = new(FlowJoinMode.WaitAll) },
                    new Delay { TimeSpan = new(TimeSpan.FromMinutes(90)) },
                    new FlowFork { Branches = new(["A", "B"]) },
                    new Switch { Cases = { new SwitchCase { Label = "dear", Condition = new("NCalc", "deal.price > 9"), Activity = new Repeat { Body = new Greet() } } } },
                },
            };
        }).ToDocument();

        Assert.StartsWith("https://elsaworkflows.io/schemas/workflow-definition", (string?)document["$schema"], StringComparison.Ordinal);
        Assert.Equal(("String", true, "Anna"), ((string?)document["variables"]![0]!["typeName"], (bool)document["variables"]![0]!["isArray"]!, (string?)document["variables"]![0]!["value"]![0]));
        Assert.Equal(("Boolean", "Went well."), ((string?)document["outputs"]![0]!["type"], (string?)document["outputs"]![0]!["description"]));
        Assert.Equal(("Variable", """{"id":"names","name":"names"}"""), Expression("activities[0].customer"));
        Assert.Equal(("Literal", "WaitAll"), Expression("activities[1].mode"));
        Assert.Equal(("Literal", "01:30:00"), Expression("activities[2].timeSpan"));
        Assert.Equal(("Object", """["A","B"]"""), Expression("activities[3].branches"));
        Assert.Equal("NCalc", (string?)document.SelectToken("root.activities[4].cases[0].condition.type"));
        Assert.Equal("Shop.Greet", (string?)document.SelectToken("root.activities[4].cases[0].activity.body.type"));

        (string?, string?) Expression(string path) => ((string?)document.SelectToken($"root.{path}.expression.type"), (string?)document.SelectToken($"root.{path}.expression.value"));
    }

    [Fact]
    public void CodeWorkflow_WithoutRoot_SaysSo() =>
        Assert.Contains("sets no root", Assert.Throws<InvalidOperationException>(() => new CodeWorkflow(_ => { }).ToDocument()).Message, StringComparison.Ordinal);
}
