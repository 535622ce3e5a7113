using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;
using static Automation.Engine.Tests.Workflows.Doc;

namespace Automation.Engine.Tests.Workflows;

/// <summary>What starts a workflow by itself, read at publishing.</summary>
public sealed class TriggerTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);

    private static IReadOnlyList<WorkflowTrigger> Of(params JObject[] activities) => new RunHarness(Workflow(Chart(activities))).Workflow.Triggers(Now, TimeZoneInfo.FindSystemTimeZoneById("Europe/Moscow"));

    [Fact]
    public void Triggers_MarkedOnes_HaveElsasHashes()
    {
        var found = Of(
            Starting("e", "Elsa.Event", new { eventName = Literal("paid") }), Activity("other", "Elsa.Event", new { eventName = Literal("unmarked") }),
            Starting("h", "Elsa.HttpEndpoint", new { path = Literal("/Orders/{id}/"), supportedMethods = Expression("Object", """["GET","POST"]""") }),
            Starting("c", "Elsa.Cron", new { cronExpression = Literal("0 0 10 ? * MON-FRI") }), Starting("t", "Elsa.Timer", new { interval = Literal("00:05:00") }));

        Assert.Equal(["e", "h", "h", "c", "t"], found.Select(one => one.ActivityId));
        Assert.Equal(SharedStimuli.EventHash("paid"), found[0].Hash);
        Assert.Equal(["get", "post"], found.Where(one => one.ActivityId == "h").Select(one => (string?)one.Payload["method"]));
        Assert.Equal("Orders/{id}", (string?)found[1].Payload["path"]);
        Assert.Equal("00:05:00", (string?)found[4].Payload["interval"]);
    }

    [Theory]
    [InlineData("Elsa.Event", "eventName", "NCalc", "deal.price", "trigger_not_plain")]
    [InlineData("Elsa.Event", "eventName", "Literal", "", "event_missing")]
    [InlineData("Elsa.HttpEndpoint", "path", "Literal", "/", "path_missing")]
    [InlineData("Elsa.HttpEndpoint", "path", "Literal", "orders/{id", "path_invalid")]
    [InlineData("Elsa.HttpEndpoint", "path", "Literal", "{id}/{id}", "path_invalid")]
    [InlineData("Elsa.HttpEndpoint", "path", "Literal", "a//b", "path_invalid")]
    [InlineData("Elsa.Timer", "interval", "Literal", "00:00:00", "interval_too_short")]
    public void Triggers_NotSetUpWell_AreRefusedWithTheirPlace(string type, string input, string expression, string value, string code)
    {
        var activity = Starting("bad", type, null);
        activity[input] = Expression(expression, value);
        var problem = Assert.Single(Assert.Throws<DefinitionInvalidException>(() => Of(activity)).Problems);

        Assert.Equal((code, "Workflow1:chart:bad"), (problem.Code, problem.Path));
    }

    private static JObject Starting(string id, string type, object? properties)
    {
        var activity = Activity(id, type, properties);
        activity["customProperties"] = new JObject { ["canStartWorkflow"] = true };
        return activity;
    }
}
