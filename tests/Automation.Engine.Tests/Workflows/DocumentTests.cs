using Automation.Engine.Workflows;
using Automation.Engine.Workflows.Interpreter;
using Newtonsoft.Json.Linq;
using static Automation.Engine.Tests.Workflows.Doc;

namespace Automation.Engine.Tests.Workflows;

public sealed class DocumentTests
{
    // As Studio 3.8.2 saves it: text values, pickers with whole objects, null inputs, unknown keys.
    private const string FromStudio = """
        {
          "$schema": "https://elsaworkflows.io/schemas/workflow-definition/v3.0.0/schema.json",
          "id": "8f1", "definitionId": "d1", "tenantId": null, "name": "Big deals", "description": null, "createdAt": "0001-01-01T00:00:00+00:00",
          "version": 3, "toolVersion": "3.8.2.0", "isReadonly": false, "isSystem": false, "isLatest": true, "isPublished": false,
          "variables": [{ "id": "v1", "name": "Total", "typeName": "Decimal", "isArray": false, "value": "1.5", "storageDriverTypeName": "WorkflowInstanceStorageDriver" },
                        { "id": "v2", "name": "Greeting", "typeName": "String", "isArray": false, "value": null, "storageDriverTypeName": null }],
          "inputs": [{ "type": "String", "isArray": false, "name": "who", "displayName": "Who", "uiHint": "singleline" }],
          "outputs": [{ "type": "Boolean", "isArray": false, "name": "IsBig", "displayName": "Is big" }],
          "outcomes": [], "customProperties": { "logPersistenceConfig": {} }, "options": { "usableAsActivity": false, "incidentStrategyType": null },
          "root": {
            "id": "flow1", "nodeId": "Workflow1:flow1", "name": "Flowchart1", "type": "Elsa.Flowchart", "version": 1,
            "customProperties": { "notFoundConnections": [], "canStartWorkflow": false, "runAsynchronously": false },
            "metadata": { "somethingNew": 1 },
            "activities": [
              { "id": "write", "nodeId": "Workflow1:flow1:write", "name": "WriteLine1", "type": "Elsa.WriteLine", "version": 1,
                "metadata": { "designer": { "position": { "x": 10.5, "y": -3 } } },
                "text": { "typeName": "String", "expression": { "type": "Variable", "value": "{\"id\":\"v2\",\"name\":\"Greeting\"}" } } },
              { "id": "fresh", "nodeId": "Workflow1:flow1:fresh", "name": "WriteLine2", "type": "Elsa.WriteLine", "version": 1, "metadata": {} },
              { "id": "set", "nodeId": "Workflow1:flow1:set", "name": "SetVariable1", "type": "Elsa.SetVariable", "version": 1,
                "variable": { "id": "v2", "name": "OldName", "typeName": "String" },
                "value": { "typeName": null, "expression": { "type": "Input", "value": "{\"name\":\"who\",\"type\":\"String\"}" }, "memoryReference": { "id": "set:input-1" } } },
              { "id": "if", "nodeId": "Workflow1:flow1:if", "name": "If1", "type": "Elsa.If", "version": 1,
                "condition": { "typeName": "Boolean", "expression": { "type": "NCalc", "value": "Total > 1" } },
                "result": { "typeName": "Boolean", "memoryReference": { "id": "IsBig" } },
                "then": { "id": "big", "nodeId": "Workflow1:flow1:if:big", "type": "Elsa.WriteLine", "version": 1, "text": "big" }, "else": null }
            ],
            "connections": [
              { "source": { "activity": "set", "port": "Done" }, "target": { "activity": "write", "port": "In" }, "vertices": [{ "x": 1, "y": 2 }] },
              { "source": { "activity": "write", "port": "Done" }, "target": { "activity": "fresh", "port": "In" } },
              { "source": { "activity": "fresh" }, "target": { "activity": "if" } }
            ]
          },
          "links": []
        }
        """;

    [Fact]
    public async Task Input_JsonOfOlderDocuments_IsReadAsObject()
    {
        var run = await new RunHarness(Workflow(Sequence("s", Set("v", "got", Expression("Json", """{"a":[1,2]}""")), Line("l", Expression("Variable", "got"))), Variable("got"))).RunAsync();

        Assert.Equal(["""{"a":[1,2]}"""], run.Lines);
    }

    [Fact]
    public async Task Document_FromStudio_Runs()
    {
        var run = await new RunHarness((JObject)JsonText.Parse(FromStudio)).RunAsync(new { who = "Anna" });

        Assert.Equal(["Anna", "", "big"], run.Lines);
        Assert.True((bool)run.Outputs["IsBig"]!);
        Assert.Equal(1.5m, (decimal)run.Variable("Total"));
        Assert.Contains(run.Facts, fact => (string)fact["node"]! == "Workflow1:flow1:if:big");
    }

    [Fact]
    public async Task Activity_UnknownType_FailsOnlyWhenReached()
    {
        var chart = Chart([Line("a"), Activity("d", "Elsa.FlowDecision", new { condition = Expression("Input", "go") }), Activity("odd", "Acme.Rocket", new { fuel = "full" })], "a>d", "d:True>odd");

        var stays = await new RunHarness(Workflow(chart)).RunAsync(new { go = false });
        var goes = await new RunHarness(Workflow(chart)).RunAsync(new { go = true });

        Assert.Equal(RunStatus.Finished, stays.State.Status);
        Assert.Equal(("activity_unknown", "Acme.Rocket"), (goes.State.Incidents[0].Code, goes.State.Incidents[0].ActivityType));
    }

    [Fact]
    public void Compile_SeveralProblems_TellsAllWithTheirPlaces()
    {
        var document = Workflow(Chart([Activity("a", "Elsa.Delay", new { timeSpan = Literal("soon") }), Activity("a", "Elsa.WriteLine"), Activity("x", "")]), Variable("n", "many", "Int32"));

        var problem = Assert.Throws<DefinitionInvalidException>(() => new RunHarness(document));

        Assert.Equal(
            [("variables[0].value", "value_invalid"), ("root.activities[0].timeSpan", "value_invalid"), ("root.activities[1]", "id_repeated"), ("root.activities[2]", "type_missing")],
            problem.Problems.Select(p => (p.Path, p.Code)));
    }

    [Fact]
    public void Compile_WithoutRoot_IsRefused() =>
        Assert.Equal("root_missing", Assert.Throws<DefinitionInvalidException>(() => new RunHarness([])).Problems[0].Code);

    [Theory]
    [InlineData("True", typeof(bool), true)]
    [InlineData("5", typeof(int), 5)]
    [InlineData("WaitAll", typeof(Activities.Flow.FlowJoinMode), Activities.Flow.FlowJoinMode.WaitAll)]
    [InlineData("", typeof(int), 0)]
    [InlineData("", typeof(int?), null)]
    [InlineData("2.5", typeof(double), 2.5)]
    public void Convert_Text_GivesTheType(string text, Type type, object? expected) => Assert.Equal(expected, ValueConverter.Convert(text, type, TimeZoneInfo.Utc));

    [Theory]
    [InlineData("2.5", typeof(int))]
    [InlineData("99999999999", typeof(int))]
    [InlineData("maybe", typeof(bool))]
    [InlineData("soon", typeof(DateTimeOffset))]
    public void Convert_NoSuchThing_IsAFormatException(string text, Type type) => Assert.Throws<FormatException>(() => ValueConverter.Convert(text, type, TimeZoneInfo.Utc));

    [Fact]
    public void Convert_Lists_FromTextAndJson()
    {
        Assert.Equal(["a", "b"], (string[])ValueConverter.Convert("""["a","b"]""", typeof(string[]), TimeZoneInfo.Utc)!);
        Assert.Equal([1, 2], (ICollection<int>)ValueConverter.Convert(new JArray("1", 2), typeof(ICollection<int>), TimeZoneInfo.Utc)!);
        Assert.Equal("v", ((IDictionary<string, string>)ValueConverter.Convert("""{"k":"v"}""", typeof(IDictionary<string, string>), TimeZoneInfo.Utc)!)["k"]);
    }

    [Fact]
    public void Registry_Activity_IsDescribedOnce()
    {
        var flow = new ActivityRegistry().RegisterAssembly(typeof(Activities.Flow.If).Assembly).Find("Elsa.If", 1)!;

        Assert.Equal(["Condition"], flow.Inputs.Select(input => input.Name));
        Assert.Equal(["Then", "Else"], flow.Ports.Select(port => port.Name));
        Assert.Equal(["Result"], flow.Outputs.Select(output => output.Name));
        Assert.Equal((true, "Если", "checkbox" != flow.Inputs[0].UIHint), (flow.IsDeterministic, flow.DisplayNameRu, true));
    }
}
