using Automation.Engine.Events;
using Automation.Engine.Persistence.Steps;
using Microsoft.EntityFrameworkCore;

namespace Automation.Persistence.Tests.Contract;

public abstract class AcceptContract : StoreContract
{
    [Fact]
    public async Task Accept_NewDeal_StoresEventHookAndMailbox()
    {
        var e = Deals.Event("k");

        var accepted = await AcceptAsync(e);

        Assert.Equal((e.Id, 1L, true, false, 1), (accepted.Id, accepted.Stored!.Number, accepted.NewMailbox, accepted.IdReused, accepted.Stored.Tries));
        var snapshot = await Store.Engine.LoadAsync(Deals.Key(), Cancellation);
        var waiting = Assert.Single(snapshot!.Waiting);
        Assert.Equal(accepted.Stored with { Event = waiting.Event }, waiting);
        Assert.Equal((1L, 0L, 0L, true), (snapshot.Row.LastNumber, snapshot.Row.DoneNumber, snapshot.Row.Epoch, snapshot.Row.Open));
        Assert.Equal("{\"price\":10.10,\"note\":\"2026-03-02T12:00:00Z\"}", waiting.Event.Data.ToString(Newtonsoft.Json.Formatting.None));
        Assert.Equal(Deals.Noon, waiting.Event.SourceTime);
        Assert.Equal([1, 2, 3], (await Store.ReadAsync(db => db.Hooks.SingleAsync())).Body);
    }

    [Fact]
    public async Task Accept_ThreeCopies_StoresOneAndNamesIt()
    {
        var first = await AcceptAsync(Deals.Event("k"));
        var second = await AcceptAsync(Deals.Event("k"));
        var third = await AcceptAsync(Deals.Event("k"));

        Assert.True(second.Duplicate && third.Duplicate);
        Assert.Equal((first.Id, first.Id), (second.Id, third.Id));
        Assert.Equal((1, 1), await Store.ReadAsync(async db => (await db.Events.CountAsync(), await db.Hooks.CountAsync())));
    }

    [Fact]
    public async Task Accept_CopiesInOneBatch_StoresOne()
    {
        var results = await Store.Engine.AcceptAsync(
            [Deals.Item(Deals.Event("k"), Deals.Event("k")), Deals.Item(Deals.Event("k")), Deals.Item(Deals.Event("k", deal: "2"))], Cancellation);

        var all = results.SelectMany(r => r.Events).ToList();
        Assert.Single(all, e => !e.Duplicate);
        Assert.Single(all.Select(e => e.Id).Distinct());
        Assert.Equal(1, await Store.ReadAsync(db => db.Hooks.CountAsync()));
    }

    [Fact]
    public async Task Accept_CopiesInParallel_StoresOne()
    {
        var items = Enumerable.Range(0, 12).Select(i => Deals.Item(Deals.Event("k", deal: (i % 3).ToString(System.Globalization.CultureInfo.InvariantCulture))));

        var results = await Task.WhenAll(items.Select(item => Task.Run(() => AcceptAsync(item))));

        var winner = Assert.Single(results, r => !r.Events[0].Duplicate);
        Assert.All(results, r => Assert.Equal(winner.Events[0].Id, r.Events[0].Id));
        Assert.Equal(1, await Store.ReadAsync(db => db.Events.CountAsync()));
    }

    [Fact]
    public async Task Accept_SameDealInParallel_NumbersWithoutGaps()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(() => AcceptAsync(Deals.Event($"k{i}")))));

        Assert.Equal(Enumerable.Range(1, 50).Select(n => (long)n), results.Select(r => r.Stored!.Number).Order());
        Assert.Single(results, r => r.NewMailbox);
    }

    [Fact]
    public async Task Accept_ManyDealsInOverlappingBatches_NumbersEachWithoutGaps()
    {
        var random = new Random(7);
        var batches = Enumerable.Range(0, 24).Select(b => Enumerable.Range(0, 20)
            .Select(i => Deals.Item(Deals.Event($"{b}-{i}", deal: $"d{random.Next(8)}"))).ToList()).ToList();

        await Task.WhenAll(batches.Select(batch => Task.Run(() => Store.Engine.AcceptAsync(batch, Cancellation))));

        var rows = await Store.ReadAsync(db => db.Events.Select(e => new { e.EntityId, e.Number }).ToListAsync());
        Assert.Equal(480, rows.Count);
        foreach (var deal in rows.GroupBy(row => row.EntityId))
            Assert.Equal(Enumerable.Range(1, deal.Count()).Select(n => (long)n), deal.Select(row => row.Number).Order());
    }

    [Fact]
    public async Task Accept_SameDealTwiceInBatch_KeepsOrderOfItems()
    {
        var results = await Store.Engine.AcceptAsync(
            [Deals.Item(Deals.Event("a"), Deals.Event("b", "2")), Deals.Item(Deals.Event("c")), Deals.Item(Deals.Event("d", "2"), Deals.Event("e"))], Cancellation);

        Assert.Equal([1L, 1L, 2L, 2L, 3L], results.SelectMany(r => r.Events).Select(e => e.Stored!.Number));
        Assert.Equal([true, true, false, false, false], results.SelectMany(r => r.Events).Select(e => e.NewMailbox));
    }

    [Fact]
    public async Task Accept_SameIdOtherBody_IsIdReused()
    {
        await AcceptAsync(Deals.Event("k", hash: "one"));

        Assert.True((await AcceptAsync(Deals.Event("k", hash: "two"))).IdReused);
        Assert.False((await AcceptAsync(Deals.Event("k", hash: "one"))).IdReused);
        Assert.False((await AcceptAsync(Deals.Event("k"))).IdReused);
        var batch = await Store.Engine.AcceptAsync([Deals.Item(Deals.Event("n", hash: "one"), Deals.Event("n", hash: "two"))], Cancellation);
        Assert.Equal([false, true], batch[0].Events.Select(e => e.IdReused));
    }

    [Fact]
    public async Task Accept_SameKeyInOtherAccountOrConnection_IsNoCopy()
    {
        await AcceptAsync(Deals.Event("k"));
        var otherAccount = new Deals { Connection = Deals.Connection };
        var otherConnection = new Deals { Account = Deals.Account };

        var results = await Store.Engine.AcceptAsync([otherAccount.Item(Deals.Event("k")), otherConnection.Item(Deals.Event("k"))], Cancellation);

        Assert.All(results, r => Assert.Equal(1, r.Events[0].Stored!.Number));
        Assert.Single((await Store.Engine.LoadAsync(otherAccount.Key(), Cancellation))!.Waiting);
    }

    [Fact]
    public async Task Accept_DeadLetter_StoresHookAlone()
    {
        var result = await AcceptAsync(new AcceptItem(Deals.Account, Deals.Connection, Deals.Noon, Deals.Hook("payload_invalid"), []));

        Assert.Empty(result.Events);
        Assert.Equal("payload_invalid", (await Store.ReadAsync(db => db.Hooks.SingleAsync())).ErrorCode);
    }

    [Fact]
    public async Task Accept_NothingToStore_StoresNoHook()
    {
        await AcceptAsync(new AcceptItem(Deals.Account, Deals.Connection, Deals.Noon, Deals.Hook(), []));

        Assert.Equal(0, await Store.ReadAsync(db => db.Hooks.CountAsync()));
    }

    [Fact]
    public async Task Accept_WindowedCopyWithinTwoHours_IsCopy()
    {
        var first = (await AcceptAsync(Windowed("k"))).Events[0];
        await AcceptAsync(Deals.Event("note", kind: EventKinds.NoteAdded));

        var copy = (await AcceptAsync(Windowed("k", minutes: 120))).Events[0];

        Assert.True(copy.Duplicate);
        Assert.Equal(first.Id, copy.Id);
    }

    [Fact]
    public async Task Accept_WindowedAfterTwoHours_IsStoredAgain()
    {
        await AcceptAsync(Windowed("k"));

        Assert.Equal(2, (await AcceptAsync(Windowed("k", minutes: 121))).Events[0].Stored!.Number);
        Assert.True((await AcceptAsync(Windowed("k", minutes: 122))).Events[0].Duplicate);
        Assert.Equal(["k#1", "k#2"], await Store.ReadAsync(db => db.Events.OrderBy(e => e.Number).Select(e => e.DedupKey).ToListAsync()));
    }

    [Theory]
    [InlineData(EventKinds.StageChanged, false)]
    [InlineData(EventKinds.Created, false)]
    [InlineData(EventKinds.Deleted, false)]
    [InlineData(EventKinds.Restored, false)]
    [InlineData(EventKinds.ResponsibleChanged, false)]
    [InlineData(EventKinds.Updated, true)]
    [InlineData(EventKinds.NoteAdded, true)]
    public async Task Accept_WindowedAfterAnotherEvent_IsCopyUnlessThatWasATransition(string between, bool copy)
    {
        await AcceptAsync(Windowed("k"));
        await AcceptAsync(Deals.Event("other", kind: between));

        Assert.Equal(copy, (await AcceptAsync(Windowed("k", minutes: 5))).Events[0].Duplicate);
    }

    [Fact]
    public async Task Accept_WindowedThereAndBackInOneBatch_StoresAllThree()
    {
        var results = await Store.Engine.AcceptAsync([Windowed("a"), Windowed("b"), Windowed("a"), Windowed("a")], Cancellation);

        Assert.Equal([false, false, false, true], results.Select(r => r.Events[0].Duplicate));
        Assert.Equal(results[2].Events[0].Id, results[3].Events[0].Id);
    }

    [Fact]
    public async Task Accept_RefusedRow_StoresNothingOfTheBatchAndSaysSo()
    {
        var taken = Deals.Event("k");
        await AcceptAsync(taken);
        var sameId = taken with { Event = taken.Event with { DedupKey = "other" } };

        await Assert.ThrowsAsync<Engine.Persistence.RowRefusedException>(
            () => Store.Engine.AcceptAsync([Deals.Item(Deals.Event("good", "2")), Deals.Item(sameId)], Cancellation));

        Assert.Equal(1, await Store.ReadAsync(db => db.Events.CountAsync()));
        Assert.Equal(2, (await AcceptAsync(Deals.Event("next"))).Stored!.Number);
    }

    private AcceptItem Windowed(string key, int minutes = 0) =>
        Deals.ItemAt(Deals.Noon.AddMinutes(minutes), Deals.Event(key, kind: EventKinds.StageChanged, windowed: true));
}
