using Automation.Activities.Data;
using Automation.Activities.Flow;
using Automation.ElsaModel.Tests.Outcomes;
using Automation.Engine.Effects;
using Automation.Engine.Workflows;
using Microsoft.Extensions.DependencyInjection;

namespace Automation.ElsaModel.Tests.Outside;

public sealed class OutsideTests
{
    private sealed class Desk : IInvoiceDesk
    {
        public List<(string Customer, decimal Sum)> Posted { get; } = [];

        public Task<string> PostAsync(string customer, decimal sum, CancellationToken cancellationToken)
        {
            if (sum < 0) throw new ArgumentOutOfRangeException(nameof(sum), "The desk takes no credit notes.");
            Posted.Add((customer, sum));
            return Task.FromResult($"R-{Posted.Count}");
        }
    }

    private readonly Desk _desk = new();

    private RunHarness Harness(Action<IWorkflowBuilder> build) => CodeWorkflow.Harness(build, services => services.AddSingleton<IInvoiceDesk>(_desk));

    [Fact]
    public async Task Service_OfAnActivityWithOwnIo_IsCalledAfterTheCommitAndNotOnReplay()
    {
        var run = Harness(builder =>
        {
            var number = builder.WithVariable<string>("number");
            builder.Root = new PostInvoice { Customer = new("Anna"), Sum = new(5m), Result = new(number) };
        });
        await run.StartAsync();
        Assert.Equal((RunStatus.Suspended, EffectPolicy.Retry), (run.State.Status, Assert.Single(run.Effects).Request.Policy));
        Assert.Empty(_desk.Posted);

        await run.DriveAsync();

        Assert.Equal(("Anna", 5m), Assert.Single(_desk.Posted));
        Assert.Equal("R-1", (string?)run.Variable("number"));
        Assert.Equal(["Started", "EffectPlanned", "Resumed", "InvoicePosted", "Completed"], run.Facts.Where(fact => (string)fact["type"]! == "Shop.PostInvoice").Select(fact => (string)fact["event"]!));
        Assert.Equal(run.Snapshots, await run.ReplayAsync());
        Assert.Single(_desk.Posted);
    }

    [Fact]
    public async Task Service_Throws_IsAnIncident()
    {
        var run = await Harness(builder => builder.Root = new PostInvoice { Customer = new("Anna"), Sum = new(-1m) }).RunAsync();

        Assert.Equal((RunStatus.Faulted, "activity_failed"), (run.State.Status, Assert.Single(run.State.Incidents).Code));
        Assert.Contains("no credit notes", run.State.Incidents[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Service_NotRegistered_IsNamedInTheIncident()
    {
        var run = await CodeWorkflow.RunAsync(builder => builder.Root = new PostInvoice { Customer = new("Anna"), Sum = new(1m) });

        Assert.Contains("Shop.PostInvoice needs the service IInvoiceDesk", Assert.Single(run.State.Incidents).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OwnState_OfAnActivityWithOwnIo_LastsFromCallToCall()
    {
        var run = await Harness(builder =>
        {
            var posted = builder.WithVariable<int>("posted");
            builder.Root = new PostAll { Customers = new(["Anna", "Ben"]), Result = new(posted) };
        }).RunAsync();
        Assert.Single(_desk.Posted);

        await run.HitAsync();
        await run.HitAsync();

        Assert.Equal(["Anna", "Ben"], _desk.Posted.Select(invoice => invoice.Customer));
        Assert.Equal((RunStatus.Finished, 2), (run.State.Status, (int)run.Variable("posted")));
        Assert.Equal([EffectPolicy.Hold], run.Effects.Select(effect => effect.Request.Policy).Distinct());
    }

    [Fact]
    public async Task Service_Optional_IsAskedForFirst() =>
        Assert.Equal("desk_missing", Assert.Single((await CodeWorkflow.RunAsync(builder => builder.Root = new PostAll { Customers = new(["Anna"]) })).State.Incidents).Code);

    [Fact]
    public async Task Child_OfAnActivityWithOwnIo_HandsItsOutcomesToElsasCallback()
    {
        var run = await Harness(builder => builder.Root = new PostAfter { Body = new CheckStock { Left = new(1) } }).RunAsync();

        Assert.Equal(("In stock", 1m), Assert.Single(_desk.Posted));
        Assert.Equal((RunStatus.Finished, 2), (run.State.Status, run.Effects.Count));
    }

    [Fact]
    public async Task Cancel_AfterTheCommit_EndsTheActivity()
    {
        var run = await Harness(builder => builder.Root = new Sequence { Activities = { new WalkAway(), new WriteLine { Text = new("next") } } }).RunAsync();

        Assert.Equal("Running Canceled", (string?)run.Facts.Single(fact => (string)fact["event"]! == "WalkedAway")["message"]);
        Assert.Contains(run.Facts, fact => (string)fact["event"]! == "Canceled" && (string)fact["type"]! == "Shop.WalkAway");
        Assert.Equal(["next"], run.Lines);
    }

    [Fact]
    public async Task PublishEvent_AfterTheCommit_GoesOutWithTheNextStep()
    {
        var run = Harness(builder => builder.Root = new Announce { News = new("paid") });
        await run.StartAsync();
        Assert.Empty(run.Published);

        await run.DriveAsync();

        Assert.Equal(("news", "news", "paid", false), Assert.Single(run.Published) is var news ? (news.Name, news.CorrelationId, (string?)news.Payload, news.Local) : default);
        Assert.Equal("news", run.State.CorrelationId);
    }
}
