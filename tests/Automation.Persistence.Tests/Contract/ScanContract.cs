using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;

namespace Automation.Persistence.Tests.Contract;

/// <summary>What goes over all mailboxes: timers, recovery, paging of the journal.</summary>
public abstract class ScanContract : StoreContract
{
    [Fact]
    public async Task ReadDueTimers_SomeDue_GivesThemEarliestFirst()
    {
        await Store.Engine.AcceptAsync([Deals.Item(Deals.Event("a", "1"), Deals.Event("b", "2"))], Cancellation);
        var late = Deals.Timer(Deals.Noon, "2");
        var early = Deals.Timer(Deals.Noon.AddSeconds(-1));
        (early.DueSource, early.DueStamp, early.DueRule) = ("ru", long.MinValue, "{}");
        var tick = Deals.Timer(Deals.Noon.AddMicroseconds(1));
        await Store.Engine.CommitAsync([Deals.Step("1") with { NewTimers = [tick, early] }, Deals.Step("2") with { NewTimers = [late] }], Cancellation);

        Assert.Equal([early.Id, late.Id], (await Store.Engine.ReadDueTimersAsync(Deals.Noon, 10, Cancellation)).Select(t => t.Id));
        Assert.Equal([early.Id], (await Store.Engine.ReadDueTimersAsync(Deals.Noon, 1, Cancellation)).Select(t => t.Id));
        Assert.Equivalent(early, (await Store.Engine.ReadDueTimersAsync(Deals.Noon, 1, Cancellation))[0], strict: true);
    }

    [Fact]
    public async Task FindUnfinished_ManyMailboxes_PagesThroughEachOnce()
    {
        var other = new Deals();
        await Store.Engine.AcceptAsync([.. Enumerable.Range(0, 25).SelectMany(i => new[] { Deals.Item(Deals.Event($"a{i}", $"Д{i}"), Deals.Event($"b{i}", $"Д{i}")), other.Item(Deals.Event($"a{i}", $"d{i}")) })], Cancellation);
        await Store.Engine.CommitAsync([Deals.Step("Д0") with { NewEffects = [Deals.Effect("e", "Д0")] }], Cancellation);

        var found = await PageAsync(7);

        Assert.Equal(50, found.Count);
        Assert.Equal(found.Distinct(), found);
        Assert.Equal(found.Order(Engine.Persistence.Steps.MailboxOrder.Instance), found);
    }

    [Fact]
    public async Task FindUnfinished_EffectsOfEveryState_WakesThoseThatHaveWork()
    {
        var states = new (string Deal, int State, DateTimeOffset? Next)[]
        {
            ("planned", 0, null), ("sending", 1, null), ("due", 0, Deals.Noon), ("later", 0, Deals.Noon.AddSeconds(1)), ("done", 2, null), ("failed", 3, null), ("unknown", 4, null), ("cancelled", 5, null),
        };
        foreach (var (deal, state, next) in states)
        {
            var e = (await AcceptAsync(Deals.Item(Deals.Event(deal, deal)))).Events[0];
            await CommitAsync(Deals.Step(deal) with { Events = [new(e.Id, EventStatus.Done, null, null, null)], NewEffects = [Deals.Effect(deal, deal, state, next: next)] });
        }

        Assert.Equal(["due", "planned", "sending"], (await PageAsync(2)).Select(key => key.EntityId));
    }

    [Fact]
    public async Task Commit_TryOfAnEvent_CountsAndLeavesItWaiting()
    {
        await Store.Engine.AcceptAsync([Deals.Item(Deals.Event("a"), Deals.Event("b"))], Cancellation);
        var waiting = (await Store.Engine.LoadAsync(Deals.Key(), Cancellation))!.Waiting;

        await CommitAsync(Deals.Step() with { Events = [new(waiting[0].Id, EventStatus.Waiting, null, null, null, Tries: 2)] });

        Assert.Equal([2, 1], (await Store.Engine.LoadAsync(Deals.Key(), Cancellation))!.Waiting.Select(e => e.Tries));
        await CommitAsync(Deals.Step() with { Events = [new(waiting[0].Id, EventStatus.Done, null, null, null)] });
        var done = await Store.ReadAsync(db => db.Events.SingleAsync(e => e.DedupKey == "a"));
        Assert.Equal((2, EventStatus.Done, (DateTimeOffset?)Deals.Noon), (done.Tries, done.Status, done.ProcessedAt));
    }

    [Fact]
    public async Task Load_ManyAtOnce_EachGetsItsOwn()
    {
        var deals = Enumerable.Range(1, 40).Select(deal => $"{deal}").ToList();
        foreach (var deal in deals)
        {
            var e = (await AcceptAsync(Deals.Item(Deals.Event(deal, deal), Deals.Event($"{deal}b", deal)))).Events[0];
            await CommitAsync(Deals.Step(deal) with { Events = [new(e.Id, EventStatus.Done, null, null, null)], NewEffects = [Deals.Effect(deal, deal, 0)] });
        }

        var loaded = await Task.WhenAll(deals.Append("none").Append("1").Select(deal => Store.Engine.LoadAsync(Deals.Key(deal), Cancellation)));

        Assert.Null(loaded[^2]);
        Assert.All(deals.Append("1").Zip([.. loaded[..^2], loaded[^1]]), pair =>
        {
            var (deal, snapshot) = pair;
            Assert.Equal((deal, $"{deal}b", deal), (snapshot!.Row.EntityId, Assert.Single(snapshot.Waiting).Event.DedupKey, Assert.Single(snapshot.Effects).Key));
        });
    }

    [Fact]
    public async Task Load_OtherAccountsDeal_IsAbsent()
    {
        await AcceptAsync(Deals.Event("k"));

        Assert.Null(await Store.Engine.LoadAsync(new Deals { Connection = Deals.Connection }.Key(), Cancellation));
        Assert.Null(await Store.Engine.LoadAsync(Deals.Key("2"), Cancellation));
    }

    [Fact]
    public async Task Journal_PagedById_ReadsAlikeThroughEf()
    {
        await AcceptAsync(Deals.Event("k"));
        var rows = Enumerable.Range(0, 9).Select(_ => Deals.Journal(null, 0)).ToList();
        await CommitAsync(Deals.Step() with { Journal = rows });
        var after = rows[3].Id;

        var page = await Store.ReadAsync(db => db.Journal.Where(j => j.AccountId == Deals.Account.Value && j.Id > after).OrderBy(j => j.Id).Select(j => j.Id).Take(3).ToListAsync());

        Assert.Equal(rows.Skip(4).Take(3).Select(j => j.Id), page);
    }

    private async Task<List<MailboxKey>> PageAsync(int size)
    {
        var all = new List<MailboxKey>();
        while (await Store.Engine.FindUnfinishedAsync(Deals.Noon, all.LastOrDefault(), size, Cancellation) is { Count: > 0 } page) all.AddRange(page);
        return all;
    }
}
