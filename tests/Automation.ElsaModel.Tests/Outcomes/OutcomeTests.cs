using Automation.Activities.Data;
using Automation.Activities.Flow;
using Automation.Engine.Workflows;

namespace Automation.ElsaModel.Tests.Outcomes;

public sealed class OutcomeTests
{
    private static Task<RunHarness> RunAsync(Activity first, params string[] exits)
    {
        first.Id = "first";
        return CodeWorkflow.RunAsync(builder => builder.Root = new Flowchart
        {
            Activities = [first, .. exits.Select(exit => new WriteLine { Id = exit, Text = new(exit) })],
            Connections = [.. exits.Select(exit => new FlowConnection("first", exit, exit, "In"))],
        });
    }

    [Theory]
    [InlineData(3, "In stock")]
    [InlineData(0, "Sold out")]
    public async Task FlowNode_Outcome_ChoosesTheArrow(int left, string exit) =>
        Assert.Equal([exit], (await RunAsync(new CheckStock { Left = new(left) }, "In stock", "Sold out")).Lines);

    [Theory]
    [InlineData("South", "South")]
    [InlineData("West", "Elsewhere")]
    public async Task DynamicOutcomes_Entered_AreExits(string region, string exit)
    {
        var run = await RunAsync(new RouteByRegion { Region = new(region), Regions = new(["North", "South"]) }, "North", "South", "Elsewhere");

        Assert.Equal([exit], run.Lines);
        Assert.Equal(exit, (string?)run.Facts.Single(fact => (string)fact["event"]! == "Completed" && (string)fact["type"]! == "Shop.RouteByRegion")["outcomes"]![0]);
    }

    [Fact]
    public async Task Fault_Exception_IsAnIncidentAndEndsTheActivity()
    {
        var run = await RunAsync(new RefuseOver { Sum = new(1500m) }, "Done");

        Assert.Equal((RunStatus.Faulted, "activity_failed"), (run.State.Status, Assert.Single(run.State.Incidents).Code));
        Assert.Contains("over the limit", run.State.Incidents[0].Message, StringComparison.Ordinal);
        Assert.Equal(500m, (decimal)run.Facts.Single(fact => (string)fact["event"]! == "Faulted")["data"]!["over"]!);
        Assert.Empty(run.Lines);
    }

    [Fact]
    public async Task Fault_NotRaised_GoesOn() => Assert.Equal(["Done"], (await RunAsync(new RefuseOver { Sum = new(1000m) }, "Done")).Lines);

    [Fact]
    public async Task Fault_OwnCodeAfterTheCommit_IsTheIncidents() =>
        Assert.Equal(("no_credit", "The customer has no credit."), await RunAsync(new NoCredit(), "Done") is { State.Incidents: [var incident] } ? (incident.Code, incident.Message) : default);

    [Fact]
    public async Task Cancel_Itself_TakesNoExitAndIsLogged()
    {
        var run = await RunAsync(new StandDown(), "Done");

        Assert.Empty(run.Lines);
        Assert.Equal(["Started", "StoodDown", "Canceled"], run.Facts.Where(fact => (string)fact["type"]! == "Shop.StandDown").Select(fact => (string)fact["event"]!));
        var entry = run.Facts.Single(fact => (string)fact["event"]! == "StoodDown");
        Assert.Equal(("Nobody needs it.", "tests"), ((string?)entry["message"], (string?)entry["payload"]!["reason"]));
        Assert.Equal(RunStatus.Finished, run.State.Status);
    }
}
