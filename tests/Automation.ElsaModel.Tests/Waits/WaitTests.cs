using Automation.Activities.Data;
using Automation.Activities.Flow;
using Automation.Engine.Workflows;
using Automation.Engine.Workflows.Interpreter;
using Newtonsoft.Json.Linq;

namespace Automation.ElsaModel.Tests.Waits;

public sealed class WaitTests
{
    [Fact]
    public async Task Bookmark_Callback_TakesWhatTheResumeBrings()
    {
        var run = await CodeWorkflow.RunAsync(builder =>
        {
            var paid = builder.WithVariable<decimal>("paid");
            builder.Root = new WaitForPayment { OrderId = new("A-7"), Result = new(paid) };
        });
        var bookmark = Assert.Single(run.State.Bookmarks);
        Assert.Equal(("A-7", "OnPaidAsync"), ((string?)bookmark.Payload["orderId"], bookmark.Callback));

        await run.HitAsync(new { amount = 12.5m });

        Assert.Equal((RunStatus.Finished, 12.5m), (run.State.Status, (decimal)run.Variable("paid")));
        Assert.Equal(run.Snapshots, await run.ReplayAsync());
    }

    [Fact]
    public async Task SharedStimulus_OfTwoRuns_HasOneHash()
    {
        var one = await CodeWorkflow.RunAsync(builder => builder.Root = new AwaitTide { Harbour = new("Wismar") });
        var other = await CodeWorkflow.RunAsync(builder => builder.Root = new Sequence { Activities = { new WriteLine(), new AwaitTide { Harbour = new("Wismar") }, new WriteLine { Text = new("out") } } });

        var hash = StimulusHash.Of("Shop.AwaitTide", new JObject { ["harbour"] = "Wismar" });
        Assert.Equal([hash, hash], new[] { one, other }.Select(run => run.State.Bookmarks.Single().Hash));
        await other.HitAsync();
        Assert.Equal("out", other.Lines.Last());
    }

    [Fact]
    public async Task SeveralBookmarks_FirstHit_BurnsTheOthers()
    {
        var run = await CodeWorkflow.RunAsync(builder =>
        {
            var captain = builder.WithVariable<string>("captain");
            builder.Root = new AskCaptains { Captains = new(["Ann", "Ben", "Cleo"]), Result = new(captain) };
        });
        Assert.Equal(["Ann", "Ben", "Cleo"], run.State.Bookmarks.Select(bookmark => (string?)bookmark.Payload["captain"]));
        Assert.Equal(3, run.State.Bookmarks.Select(bookmark => bookmark.Hash).Distinct().Count());

        await run.TakeAsync(new Stimulus.BookmarkHit(run.State.Bookmarks[1].Id, new JObject { ["captain"] = "Ben" }));

        Assert.Equal((RunStatus.Finished, "Ben"), (run.State.Status, (string?)run.Variable("captain")));
        Assert.Empty(run.State.Bookmarks);
        Assert.Equal(3, (int)run.Facts.Last(fact => fact["data"] is not null)["data"]!["asked"]!);
    }

    [Fact]
    public async Task Delay_WithCallback_WaitsByTheHandedInClock()
    {
        var run = CodeWorkflow.Harness(builder => builder.Root = new Remind { Every = new(TimeSpan.FromHours(2)) });
        await run.StartAsync();
        var start = run.Now;
        Assert.Equal(start.AddHours(2), Assert.Single(run.State.Bookmarks).DueAt);

        await run.DriveAsync();

        Assert.Equal((RunStatus.Finished, start.AddHours(6)), (run.State.Status, run.Now));
        Assert.Equal([1, 2, 3], run.Published.Select(published => (int)published.Payload["number"]!));
        Assert.Equal(run.Snapshots, await run.ReplayAsync(throughJson: true));
    }

    private static void Order(IWorkflowBuilder builder)
    {
        var order = builder.WithVariable<string>("order");
        builder.Root = new Sequence { Activities = { new OrderPlaced { Id = "placed", Result = new(order) }, new WriteLine { Text = new(order) } } };
    }

    [Fact]
    public async Task Trigger_ThatStartedTheRun_TakesTheWorkflowsInput()
    {
        var run = CodeWorkflow.Harness(Order);
        await run.RunAsync(new { order = "A-1" }, trigger: "placed");

        Assert.Equal((RunStatus.Finished, "A-1"), (run.State.Status, Assert.Single(run.Lines)));
    }

    [Fact]
    public async Task Trigger_InTheMiddle_WaitsAndPrefersWhatTheResumeBrings()
    {
        var run = CodeWorkflow.Harness(Order);
        await run.RunAsync(new { order = "A-1" });
        Assert.Empty(run.Lines);

        await run.HitAsync(new { order = "B-2" });

        Assert.Equal("B-2", Assert.Single(run.Lines));
    }
}
