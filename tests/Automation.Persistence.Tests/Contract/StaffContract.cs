using Automation.Engine.Persistence.Connections;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Staff;

namespace Automation.Persistence.Tests.Contract;

/// <summary>Managers, loads and links over what steps wrote.</summary>
public abstract class StaffContract : StoreContract
{
    private ManagerStore Managers => new(Store.Contexts);

    [Fact]
    public async Task CountLoads_OpenAndClosedDeals_CountsTheOpenOnesAsked()
    {
        await AddDealAsync("1", "p1", "new", "anna", open: true);
        await AddDealAsync("2", "p1", "work", "anna", open: true);
        await AddDealAsync("3", "p2", "new", "anna", open: true);
        await AddDealAsync("4", "p1", "new", "boris", open: true);
        await AddDealAsync("5", "p1", "won", "boris", open: false);
        await AddDealAsync("6", "p1", "new", null, open: true);

        Assert.Equal(new Dictionary<string, int> { ["anna"] = 3, ["boris"] = 1 }, await LoadsAsync([], [], []));
        Assert.Equal(new Dictionary<string, int> { ["anna"] = 2, ["boris"] = 1 }, await LoadsAsync(["p1"], [], []));
        Assert.Equal(new Dictionary<string, int> { ["anna"] = 1 }, await LoadsAsync([], ["p1/work", "p2/won"], []));
        Assert.Equal(new Dictionary<string, int> { ["anna"] = 2 }, await LoadsAsync([], [], ["1", "4"]));
        Assert.Empty(await new ManagerStore(Store.Contexts).CountLoadsAsync(new Deals().Account, Deals.Connection, [], [], [], Cancellation));
    }

    [Fact]
    public async Task CountAssigned_SinceMidnight_CountsByManager()
    {
        await AcceptAsync(Deals.Event("k"));
        await CommitAsync(Deals.Step() with { Assignments = [Deals.Assignment("a", "anna"), Deals.Assignment("b", "anna"), Deals.Assignment("c", "boris")] });

        Assert.Equal(2, (await Managers.CountAssignedAsync(Deals.Account, Deals.Connection, Deals.Noon, Cancellation))["anna"]);
        Assert.Empty(await Managers.CountAssignedAsync(Deals.Account, Deals.Connection, Deals.Noon.AddMicroseconds(1), Cancellation));
        Assert.Equal("boris", (await Managers.FindAssignmentAsync(Deals.Account, "c", Cancellation))!.ManagerId);
    }

    [Fact]
    public async Task List_TwoManagers_GivesThemInListOrder()
    {
        await Store.WriteAsync(Manager("b", 1), Manager("a", 2), Manager("c", 0));

        var listed = await Managers.ListAsync(Deals.Account, Deals.Connection, Cancellation);

        Assert.Equal(["c", "b", "a"], listed.Select(manager => manager.UserId));
        Assert.Equal(1.25m, listed[0].Weight);
    }

    [Fact]
    public async Task FindLink_FromEitherSide_GivesTheNewest()
    {
        await AcceptAsync(Deals.Event("k"));
        await CommitAsync(Deals.Step() with { Links = [Deals.Link("1", "2", "{\"n\":1}")] });
        await CommitAsync(Deals.Step() with { Now = Deals.Noon.AddHours(1), Links = [Deals.Link("3", "1", "{\"n\":2}")] });
        var links = new LinkStore(Store.Contexts);

        Assert.Equal((Deals.Key("3"), Deals.Key("1")), await EndsAsync(Deals.Key("1")));
        Assert.Equal((Deals.Key("1"), Deals.Key("2")), await EndsAsync(Deals.Key("2")));
        Assert.Null(await links.FindAsync("other", Deals.Key("1"), Cancellation));
        Assert.Null(await links.FindAsync("child", new Deals { Connection = Deals.Connection }.Key("1"), Cancellation));

        async Task<(Engine.Mailboxes.MailboxKey From, Engine.Mailboxes.MailboxKey To)> EndsAsync(Engine.Mailboxes.MailboxKey side)
        {
            var link = await links.FindAsync("child", side, Cancellation);
            return (link!.From, link.To);
        }
    }

    private Task<IReadOnlyDictionary<string, int>> LoadsAsync(string[] pipelines, string[] stages, string[] excluding) =>
        Managers.CountLoadsAsync(Deals.Account, Deals.Connection, pipelines, stages, excluding, Cancellation);

    private async Task AddDealAsync(string deal, string pipeline, string stage, string? manager, bool open)
    {
        await AcceptAsync(Deals.Event("k" + deal, deal));
        await CommitAsync(Deals.Step(deal) with { State = new("{}", 1, pipeline, stage, manager, open) });
    }

    private ManagerRow Manager(string id, int position) =>
        new() { AccountId = Deals.Account.Value, ConnectionId = Deals.Connection.Value, UserId = id, Name = id, Position = position, Weight = 1.25m };
}
