using Automation.Engine.Hosting.Definitions;
using Automation.Engine.Workflows;
using Automation.Engine.Workflows.Interpreter;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Hosting.Tests.Definitions;

/// <summary>What starts a funnel's workflow, put in for Studio and taken out of what Studio saves.</summary>
public sealed class FunnelStartTests
{
    private static readonly AccountActivities Activities = new(new ActivityRegistry().RegisterAssembly(typeof(Automation.Activities.Flow.Flowchart).Assembly));

    public static TheoryData<string, string?> Flows => new()
    {
        { Chart("a b", "a>b"), "a" },
        { Chart("b a", "a>b b>a"), "b" },
        { Chart("a b", "a>b", "\"start\": \"b\","), "b" },
        { Chart("a S b", "S>b b>a"), "b" },
        { Chart("a S", "S>a a>S"), "a" },
        { Chart("trigger a", "a>trigger"), "a" },
        { Chart("", ""), null },
        { """{ "id": "row", "type": "Elsa.Sequence", "version": 1, "activities": [ { "id": "a", "type": "Elsa.WriteLine", "version": 1 } ] }""", null },
        { """{ "id": "a", "type": "Elsa.WriteLine", "version": 1 }""", null },
        { """{ "id": "both", "type": "Elsa.Parallel", "version": 1, "activities": [ { "id": "a", "type": "Elsa.WriteLine", "version": 1 } ] }""", null },
    };

    [Theory]
    [MemberData(nameof(Flows))]
    public void Shown_AndSavedAsItIs_IsTheSameWorkflow(string root, string? leadsTo)
    {
        var stored = Stored(root);
        var shown = Shown(stored);
        Assert.Equal(leadsTo, LedTo(shown).SingleOrDefault());
        Same(stored, Saved(shown));
        Same(stored, Saved(Shown(Saved(shown))));
    }

    [Theory]
    [InlineData("a b", "a>b", true, true)]
    [InlineData("a S", "S>a", true, true)]
    [InlineData("", "", true, true)]
    [InlineData("row", null, true, false)]
    public void Shown_IsTheFirstActivityAndMayStart(string activities, string? arrows, bool isThere, bool inChart)
    {
        var shown = Shown(Stored(arrows is null ? """{ "id": "row", "type": "Elsa.Sequence", "version": 1, "activities": [ { "id": "a", "type": "Elsa.WriteLine", "version": 1 } ] }""" : Chart(activities, arrows)));
        var start = Assert.Single(DefinitionDocument.Activities(shown), FunnelStart.Is);
        Assert.Equal((isThere, $"Workflow1:{(inChart ? "flow" : "row")}:{start["id"]}"), ((bool)start["customProperties"]!["canStartWorkflow"]!, (string?)start["nodeId"]));
        if (!inChart) Assert.Same(start, shown.SelectToken("root.activities[0]"));
        Assert.DoesNotContain("NotFound", shown.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Arrow_DrawnElsewhere_FlowBeginsThere()
    {
        var shown = Shown(Stored(Chart("a b", "a>b")));
        Lead(shown, "b");
        var saved = Saved(shown);
        Assert.Equal("b", (string?)saved.SelectToken("root.start"));
        Assert.Equal("b", LedTo(Shown(saved)).Single());

        shown = Shown(saved);
        Lead(shown, "a");
        Same(Stored(Chart("a b", "a>b")), Saved(shown));
    }

    [Fact]
    public void Arrow_TakenAway_FlowBeginsAsItWould()
    {
        var stored = Stored(Chart("a b", "a>b"));
        var shown = Shown(stored);
        Lead(shown);
        Same(stored, Saved(shown));
        Assert.Equal("a", LedTo(Shown(Saved(shown))).Single());
    }

    [Fact]
    public void SeveralArrows_AStartLeadsToAllOfThem_AndIsTheTriggerInStudio()
    {
        var shown = Shown(Stored(Chart("a b", "")));
        Lead(shown, "a", "b");
        var saved = Saved(shown);
        var start = Assert.Single(saved.SelectToken("root.activities")!, activity => (string?)activity["type"] == "Elsa.Start");
        Assert.Equal(["a", "b"], Targets(saved, (string?)start["id"]));
        Assert.Null(saved.SelectToken("root.start"));

        var again = Shown(saved);
        Assert.DoesNotContain("Elsa.Start", DefinitionDocument.Activities(again).Select(activity => (string?)activity["type"]));
        Assert.Equal(["a", "b"], LedTo(again));
        Same(saved, Saved(again));
    }

    [Fact]
    public void Trigger_CopiedWithAnArrow_FlowBeginsAtBoth()
    {
        var shown = Shown(Stored(Chart("a S b", "S>a")));
        ((JArray)shown.SelectToken("root.activities")!).Add(JObject.Parse("""{ "id": "copy", "type": "Crm.Trigger", "version": 1 }"""));
        foreach (var target in new[] { "a", "b" }) ((JArray)shown.SelectToken("root.connections")!).Add(new JObject { ["source"] = new JObject { ["activity"] = "copy", ["port"] = "Done" }, ["target"] = new JObject { ["activity"] = target, ["port"] = "In" } });
        Assert.Equal(["a", "b"], Targets(Saved(shown), "S"));
    }

    [Fact]
    public void Trigger_Deleted_ComesBackWithTheNextLook()
    {
        var stored = Stored(Chart("a b", "a>b"));
        var shown = Shown(stored);
        Lead(shown);
        Start(shown).Remove();
        Same(stored, Saved(shown));
        Assert.Single(DefinitionDocument.Activities(Shown(Saved(shown))), FunnelStart.Is);
    }

    [Theory]
    [InlineData("a b", "a>b")]
    [InlineData("a S", "S>a")]
    public void Trigger_Moved_StandsThereTheNextTime(string activities, string arrows)
    {
        var shown = Shown(Stored(Chart(activities, arrows)));
        Start(shown)["metadata"] = JObject.Parse("""{ "designer": { "position": { "x": -12.5, "y": 40.0 }, "size": { "width": 300.0, "height": 90.0 } } }""");
        Assert.Equal(-12.5, (double)Start(Shown(Saved(shown))).SelectToken("metadata.designer.position.x")!);
    }

    [Fact]
    public void Moved_NothingElse_IsTheSameWorkflow()
    {
        var stored = Stored(Chart("a", ""));
        var shown = Shown(stored);
        Start(shown)["metadata"]!["designer"]!["position"]!["x"] = 999;
        Same(stored, Saved(shown));
    }

    [Fact]
    public void Trigger_Copied_NoneIsLeftAnywhere()
    {
        var stored = Stored("""
            { "id": "flow", "type": "Elsa.Flowchart", "version": 1, "activities": [
              { "id": "if", "type": "Elsa.If", "version": 1, "then": { "id": "t1", "type": "Crm.Trigger", "version": 1 }, "else": { "id": "row", "type": "Elsa.Sequence", "version": 1, "activities": [ { "id": "t2", "type": "Crm.Trigger", "version": 1 }, { "id": "a", "type": "Elsa.WriteLine", "version": 1 } ] } },
              { "id": "t3", "type": "Crm.Trigger", "version": 1 },
              { "id": "inner", "type": "Elsa.Flowchart", "version": 1, "activities": [ { "id": "x", "type": "Elsa.WriteLine", "version": 1 }, { "id": "y", "type": "Elsa.WriteLine", "version": 1 }, { "id": "t4", "type": "Crm.Trigger", "version": 1 } ],
                "connections": [ { "source": { "activity": "x", "port": "Done" }, "target": { "activity": "t4", "port": "In" } }, { "source": "t4", "target": "y" } ] }
            ], "connections": [ { "source": { "activity": "if", "port": "Done" }, "target": { "activity": "t3", "port": "In" } }, { "source": { "activity": "t3", "port": "Done" }, "target": { "activity": "inner", "port": "In" } } ] }
            """);
        var saved = Saved(Shown(stored));
        Assert.DoesNotContain("Crm.Trigger", saved.ToString(), StringComparison.Ordinal);
        Assert.Equal(["flow", "if", "row", "a", "inner", "x", "y"], DefinitionDocument.Activities(saved).Select(activity => (string?)activity["id"]));
        // What led to one leads on to where it led.
        Assert.Equal(["y"], Targets(new JObject { ["root"] = saved.SelectToken("root.activities[1]")!.DeepClone() }, "x"));
        Assert.Equal(["inner"], Targets(saved, "if"));
    }

    [Fact]
    public void Refuse_WorkflowWithATrigger_NamesThePlace()
    {
        FunnelStart.Refuse(Stored(Chart("a", "")));
        var refused = Assert.Throws<DefinitionInvalidException>(() => FunnelStart.Refuse(Stored("""{ "id": "row", "type": "Elsa.Sequence", "version": 1, "activities": [ { "id": "t", "type": "Crm.Trigger", "version": 1 } ] }""")));
        Assert.Equal(("root.activities[0]", FunnelStart.Code), (refused.Problems[0].Path, refused.Problems[0].Code));
    }

    private static JObject Shown(JObject stored) => DefinitionDocument.Given(FunnelStart.Shown(stored, JObject.Parse("""{ "type": "Crm.Trigger", "version": 1, "customProperties": { "canStartWorkflow": true }, "metadata": { "displayText": "Крупная сделка" } }""")), Activities);

    private static JObject Saved(JObject shown) => FunnelStart.Taken(DefinitionDocument.Taken(shown, () => "new"));

    private static JObject Stored(string root) => DefinitionDocument.Taken(new JObject { ["name"] = "t", ["toolVersion"] = "3.8.2.0", ["root"] = JObject.Parse(root) }, () => "new");

    private static JObject Start(JObject shown) => DefinitionDocument.Activities(shown).Single(FunnelStart.Is);

    private static IEnumerable<string?> LedTo(JObject shown) => DefinitionDocument.Activities(shown).FirstOrDefault(FunnelStart.Is) is { } start ? Targets(shown, (string?)start["id"]) : [];

    private static void Lead(JObject shown, params string[] targets)
    {
        var (id, connections) = ((string?)Start(shown)["id"], (JArray)shown.SelectToken("root.connections")!);
        foreach (var connection in connections.Where(connection => (string?)connection.SelectToken("source.activity") == id).ToList()) connection.Remove();
        foreach (var target in targets) connections.Add(new JObject { ["source"] = new JObject { ["activity"] = id, ["port"] = "Done" }, ["target"] = new JObject { ["activity"] = target, ["port"] = "In" } });
    }

    private static IEnumerable<string?> Targets(JObject document, string? source) =>
        (document.SelectToken("root.connections") ?? new JArray()).Where(connection => (string?)(connection["source"] as JObject)?["activity"] == source).Select(connection => (string?)connection.SelectToken("target.activity"));

    // S stands for a start.
    private static string Chart(string activities, string arrows, string members = "")
    {
        var steps = activities.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => $$"""{ "id": "{{id}}", "type": "{{(id == "S" ? "Elsa.Start" : "Elsa.WriteLine")}}", "version": 1, "metadata": { "designer": { "position": { "x": 80, "y": 80 } } } }""");
        var connections = arrows.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(arrow => arrow.Split('>')).Select(ends => $$"""{ "source": { "activity": "{{ends[0]}}", "port": "Done" }, "target": { "activity": "{{ends[1]}}", "port": "In" } }""");
        return $$"""{ "id": "flow", {{members}} "type": "Elsa.Flowchart", "version": 1, "activities": [ {{string.Join(", ", steps)}} ], "connections": [ {{string.Join(", ", connections)}} ] }""";
    }

    private static void Same(JObject expected, JObject saved) =>
        Assert.Equal(FunnelStart.Bare((JObject)expected.DeepClone()).ToString(Formatting.Indented), FunnelStart.Bare((JObject)saved.DeepClone()).ToString(Formatting.Indented));
}
