using Automation.Engine.Hosting.Definitions;
using Automation.Engine.Workflows.Interpreter;
using Newtonsoft.Json.Linq;

namespace Automation.Hosting.Tests.Definitions;

public sealed class DefinitionDocumentTests
{
    private static readonly AccountActivities Activities = new(new ActivityRegistry().RegisterAssembly(typeof(Automation.Activities.Flow.Flowchart).Assembly));

    private static JObject Document(string root) => JObject.Parse($$"""{ "id": "v1", "definitionId": "d1", "version": 7, "isLatest": true, "name": "Проба", "variables": null, "toolVersion": "3.5.0.0", "x-ours": { "kept": [1, null] }, "root": {{root}} }""");

    [Fact]
    public void Taken_NullsAndServedFields_AreMended()
    {
        var taken = DefinitionDocument.Taken(Document("null"), () => "new");

        Assert.Equal(("Elsa.Flowchart", "new"), ((string?)taken["root"]!["type"], (string?)taken["root"]!["id"]));
        Assert.All(new[] { "variables", "inputs", "outputs", "outcomes" }, name => Assert.IsType<JArray>(taken[name]));
        Assert.All(new[] { "id", "definitionId", "version", "isLatest" }, name => Assert.Null(taken[name]));
        Assert.Equal("""{"kept":[1,null]}""", taken["x-ours"]!.ToString(Newtonsoft.Json.Formatting.None));
    }

    [Fact]
    public void Given_NestedActivities_HaveNodeIdsAlongTheirWay()
    {
        var given = DefinitionDocument.Given(Document("""
            { "id": "flow", "type": "Elsa.Flowchart", "version": 1, "metadata": { "type": "looks like one", "version": 1 }, "activities": [
              { "id": "if1", "type": "Elsa.If", "version": 1, "condition": { "expression": { "type": "Literal", "value": { "type": "data", "version": 1 } } }, "then": { "id": "line", "type": "Elsa.WriteLine", "version": 1 } },
              { "id": "sw", "type": "Elsa.Switch", "version": 1, "cases": [ { "label": "a", "condition": { "type": "NCalc", "value": "true" }, "activity": { "id": "deep", "type": "Elsa.WriteLine" } } ] }
            ] }
            """), Activities);

        Assert.Equal(["Workflow1:flow", "Workflow1:flow:if1", "Workflow1:flow:if1:line", "Workflow1:flow:sw", "Workflow1:flow:sw:deep"], DefinitionDocument.Activities(given).Select(activity => (string?)activity["nodeId"]));
        Assert.Equal(1, (int?)given.SelectToken("root.activities[1].cases[0].activity.version"));
        Assert.Null(given.SelectToken("root.activities[0].condition.expression.value.nodeId"));
    }

    [Fact]
    public void UnknownActivity_TravelsInAPlaceholder_AndComesBackAsItWas()
    {
        var stored = DefinitionDocument.Taken(Document("""{ "id": "flow", "type": "Elsa.Flowchart", "version": 1, "activities": [ { "id": "x", "type": "Acme.Fax", "version": 3, "number": { "expression": { "type": "Literal", "value": 1.10 } }, "own": [null] } ], "connections": [] }"""), () => "new");
        var given = DefinitionDocument.Given(stored, Activities);
        var placeholder = given.SelectToken("root.activities[0]")!;

        Assert.Equal(("Elsa.NotFoundActivity", "Acme.Fax", 3), ((string?)placeholder["type"], (string?)placeholder["missingTypeName"], (int?)placeholder["missingTypeVersion"]));
        placeholder["metadata"] = JObject.Parse("""{ "designer": { "position": { "x": 10 } } }""");
        var back = DefinitionDocument.Taken(given, () => "new").SelectToken("root.activities[0]")!;
        var expected = (JObject)stored.SelectToken("root.activities[0]")!.DeepClone();
        expected["metadata"] = placeholder["metadata"]!.DeepClone();
        Assert.True(JToken.DeepEquals(expected, back), back.ToString());
    }

    [Fact]
    public void TakenAndGiven_Again_ChangesNothing()
    {
        var stored = DefinitionDocument.Taken(Document("""{ "type": "Elsa.Sequence", "activities": [ { "type": "Elsa.WriteLine", "text": { "typeName": "String", "expression": { "type": "Literal", "value": "да" } } } ] }"""), () => "new");
        var again = DefinitionDocument.Taken(DefinitionDocument.Given(stored, Activities), () => "other");

        // Studio reads a version of every activity, so one that had none has it from then on.
        Assert.Equal(1, (int?)again.SelectToken("root.version"));
        Assert.True(JToken.DeepEquals(again, DefinitionDocument.Taken(DefinitionDocument.Given(again, Activities), () => "third")));
    }

    [Fact]
    public void Given_OlderConnections_AreInTodaysForm_AndThoseToNowherePutAside()
    {
        var stored = DefinitionDocument.Taken(Document("""
            { "id": "flow", "type": "Elsa.Flowchart", "version": 1, "customProperties": { "own": 1 }, "activities": [ { "id": "a", "type": "Elsa.WriteLine" }, { "id": "b", "type": "Elsa.Flowchart", "activities": [ { "id": "c", "type": "Elsa.WriteLine" } ], "connections": [ { "source": "c", "target": "a" } ] } ],
              "connections": [
                { "source": "a", "sourcePort": "Yes", "target": "b", "targetPort": "In", "vertices": [ { "x": 1, "y": 2 } ], "x-ours": true },
                { "source": { "activity": "b" }, "target": { "activity": "a", "port": "In" } },
                { "source": "b", "target": "gone" }, { "source": { "activity": "gone", "port": "Done" }, "target": { "activity": "a", "port": "In" } }, null ] }
            """), () => "new");
        var given = DefinitionDocument.Given(stored, Activities);

        Assert.Equal(
            """[{"source":{"activity":"a","port":"Yes"},"target":{"activity":"b","port":"In"},"vertices":[{"x":1,"y":2}],"x-ours":true},{"source":{"activity":"b","port":"Done"},"target":{"activity":"a","port":"In"}}]""",
            given.SelectToken("root.connections")!.ToString(Newtonsoft.Json.Formatting.None));
        Assert.Equal(
            """{"own":1,"notFoundConnections":[{"source":"b","target":"gone"},{"source":{"activity":"gone","port":"Done"},"target":{"activity":"a","port":"In"}},null]}""",
            given.SelectToken("root.customProperties")!.ToString(Newtonsoft.Json.Formatting.None));
        // A chart within sees its own activities only.
        Assert.Equal(("[]", """[{"source":"c","target":"a"}]"""), (Text("root.activities[1].connections"), Text("root.activities[1].customProperties.notFoundConnections")));

        var saved = DefinitionDocument.Taken(given, () => "other");
        Assert.True(JToken.DeepEquals(saved, DefinitionDocument.Taken(DefinitionDocument.Given(saved, Activities), () => "third")));

        string Text(string path) => given.SelectToken(path)!.ToString(Newtonsoft.Json.Formatting.None);
    }
}
