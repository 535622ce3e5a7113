using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Steps;
using Microsoft.EntityFrameworkCore;

namespace Automation.Persistence.Tests.Contract;

public abstract class CommitContract : StoreContract
{
    [Fact]
    public async Task Commit_WholeStep_LoadsAsWritten()
    {
        var e = await AcceptAsync(Deals.Event("k"));
        var (run, done) = (Deals.Run(), Deals.Run(status: 2));
        var step = Deals.Step(newEpoch: 1) with
        {
            State = new("{\"a\":1}", 1, "p", "s", "m", true),
            Events = [new(e.Id, EventStatus.Done, null, null, "{\"price\":10}")],
            NewRuns = [run, done],
            NewEffects = [Deals.Effect("second", position: 2), Deals.Effect("first", position: 1), Deals.Effect("unknown", state: 4, position: 3)],
            NewTimers = [Deals.Timer(Deals.Noon.AddDays(1)), Deals.Timer(Deals.Noon.AddHours(1))],
            NewBookmarks = [Deals.Bookmark(run.Id, "b1"), Deals.Bookmark(run.Id, "b2")],
            Journal = [Deals.Journal(run.Id, 1), Deals.Journal(null, 0), Deals.Journal(null, 0)],
            Links = [Deals.Link("1", "2")],
        };

        Assert.True(await CommitAsync(step));

        var loaded = (await Store.Engine.LoadAsync(Deals.Key(), Cancellation))!;
        Assert.Equal((1L, 1L, 1L, "{\"a\":1}", "p", "s", "m"),
            (loaded.Row.Epoch, loaded.Row.DoneNumber, loaded.Row.LastNumber, loaded.Row.State, loaded.Row.PipelineId, loaded.Row.StageId, loaded.Row.AssignedTo));
        Assert.Empty(loaded.Waiting);
        Assert.Equivalent(run, Assert.Single(loaded.OpenRuns), strict: true);
        Assert.Equal(["first", "second", "unknown"], loaded.Effects.Select(effect => effect.Key));
        Assert.Equivalent(step.NewEffects[1], loaded.Effects[0], strict: true);
        Assert.Equal(step.NewTimers.Select(t => t.Id).Reverse(), loaded.Timers.Select(t => t.Id));
        Assert.Equal((2, 3, 1), await Store.ReadAsync(async db => (await db.Bookmarks.CountAsync(), await db.Journal.CountAsync(), await db.Links.CountAsync())));
        var ended = await Store.ReadAsync(db => db.Events.SingleAsync());
        Assert.Equal((EventStatus.Done, "{\"price\":10}", Deals.Noon), (ended.Status, ended.State, ended.ProcessedAt));
    }

    [Fact]
    public async Task Commit_NextStep_ChangesWhatItNames()
    {
        await AcceptAsync(Deals.Event("k"));
        var (run, gone, kept) = (Deals.Run(), Deals.Timer(Deals.Noon), Deals.Timer(Deals.Noon.AddDays(1)));
        await CommitAsync(Deals.Step(newEpoch: 1) with
        {
            State = new("{}", 1, "p", "s", "m", true),
            NewRuns = [run],
            NewEffects = [Deals.Effect("e1"), Deals.Effect("e2")],
            NewTimers = [gone, kept],
            NewBookmarks = [Deals.Bookmark(run.Id, "b1")],
            Links = [Deals.Link("1", "2", "old")],
        });
        (run.Status, run.State, run.Sequence, run.FinishedAt) = (2, "{\"x\":2}", 7, Deals.Noon.AddHours(1));

        Assert.True(await CommitAsync(Deals.Step(epoch: 1) with
        {
            Now = Deals.Noon.AddHours(1),
            ChangedRuns = [run],
            Effects = [new("e1", 2, 1, "{\"id\":\"7\"}", null, null, null), new("e2", 0, 2, null, "timeout", "late", Deals.Noon.AddHours(2))],
            RemovedTimers = [gone.Id],
            ClearedBookmarkRuns = [run.Id],
            NewBookmarks = [Deals.Bookmark(run.Id, "b1"), Deals.Bookmark(run.Id, "b3")],
            Links = [Deals.Link("1", "2", "new")],
        }));

        var loaded = (await Store.Engine.LoadAsync(Deals.Key(), Cancellation))!;
        Assert.Equal((1L, "p", Deals.Noon.AddHours(1)), (loaded.Row.Epoch, loaded.Row.PipelineId, loaded.Row.UpdatedAt));
        Assert.Empty(loaded.OpenRuns);
        Assert.Equal(kept.Id, Assert.Single(loaded.Timers).Id);
        var effect = Assert.Single(loaded.Effects);
        Assert.Equal(("e2", 0, 2, "timeout", Deals.Noon.AddHours(2)), (effect.Key, effect.State, effect.Tries, effect.ErrorCode, effect.NextTryAt));
        await using var db = await Store.Contexts.CreateDbContextAsync(Cancellation);
        Assert.Equivalent(run, await db.Runs.SingleAsync(Cancellation), strict: true);
        Assert.Equal(Deals.Noon.AddHours(1), (await db.Effects.SingleAsync(x => x.Key == "e1", Cancellation)).FinishedAt);
        Assert.Equal(["b1", "b3"], await db.Bookmarks.Select(b => b.BookmarkId).OrderBy(b => b).ToListAsync(Cancellation));
        Assert.Equal("new", (await db.Links.SingleAsync(Cancellation)).Data);
    }

    [Fact]
    public async Task Commit_StaleEpoch_WritesNothingAndHarmsNobody()
    {
        var stale = await AcceptAsync(Deals.Event("a"));
        await AcceptAsync(Deals.Event("b", "2"));
        await CommitAsync(Deals.Step(newEpoch: 1));

        var committed = await Store.Engine.CommitAsync([Everything("1", 0, stale.Id), Everything("2", 0, Deals.NewId())], Cancellation);

        Assert.Equal([false, true], committed);
        await using var db = await Store.Contexts.CreateDbContextAsync(Cancellation);
        Assert.All(new[]
        {
            await db.Runs.Select(x => x.EntityId).ToListAsync(Cancellation), await db.Effects.Select(x => x.EntityId).ToListAsync(Cancellation),
            await db.Timers.Select(x => x.EntityId).ToListAsync(Cancellation), await db.Bookmarks.Select(x => x.EntityId).ToListAsync(Cancellation),
            await db.Journal.Select(x => x.EntityId).ToListAsync(Cancellation), await db.Assignments.Select(x => x.EntityId).ToListAsync(Cancellation),
            await db.Links.Select(x => x.FromEntityId).ToListAsync(Cancellation),
        }, ids => Assert.Equal(["2"], ids));
        Assert.Equal(EventStatus.Waiting, (await db.Events.SingleAsync(x => x.Id == stale.Id, Cancellation)).Status);
        Assert.Equal("{}", (await db.Mailboxes.SingleAsync(x => x.EntityId == "1", Cancellation)).State);
    }

    [Fact]
    public async Task Commit_NoSuchMailbox_IsRefused() => Assert.False(await CommitAsync(Deals.Step()));

    [Fact]
    public async Task Commit_TwoClaimsOfOneMailboxInABatch_FirstWins()
    {
        await AcceptAsync(Deals.Event("k"));

        var committed = await Store.Engine.CommitAsync(
            [Deals.Step(newEpoch: 1) with { NewRuns = [Deals.Run()] }, Deals.Step(newEpoch: 1) with { NewRuns = [Deals.Run()] }, Deals.Step(epoch: 1)], Cancellation);

        Assert.Equal([true, false, true], committed);
        Assert.Equal(1, await Store.ReadAsync(db => db.Runs.CountAsync()));
    }

    [Fact]
    public async Task Commit_ClaimsInParallel_OneWins()
    {
        await AcceptAsync(Deals.Event("k"));

        var committed = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => CommitAsync(Deals.Step(newEpoch: 1) with { NewRuns = [Deals.Run()] }))));

        Assert.Single(committed, won => won);
        Assert.Equal(1, await Store.ReadAsync(db => db.Runs.CountAsync()));
    }

    [Fact]
    public async Task Commit_OverlappingBatchesWithAccepts_NeitherDeadlocksNorLoses()
    {
        var random = new Random(11);
        var all = Enumerable.Range(0, 12).Select(d => $"d{d}").ToArray();
        await Store.Engine.AcceptAsync([.. all.Select(d => Deals.Item(Deals.Event(d, d)))], Cancellation);

        var work = Enumerable.Range(0, 30).Select(i =>
        {
            var deals = random.GetItems(all, 8).Distinct().ToList();
            return i % 2 == 0
                ? Task.Run(async () => (await Store.Engine.AcceptAsync([.. deals.Select(d => Deals.Item(Deals.Event($"{i}-{d}", d)))], Cancellation)).Count)
                : Task.Run(async () => (await Store.Engine.CommitAsync([.. deals.Select(d => Deals.Step(d) with { NewRuns = [Deals.Run(d)] })], Cancellation)).Count(won => won));
        }).ToList();
        var written = await Task.WhenAll(work);

        Assert.Equal(12 + written.Sum(), await Store.ReadAsync(async db => await db.Events.CountAsync() + await db.Runs.CountAsync()));
    }

    [Fact]
    public async Task Commit_JournalSequenceTaken_ThrowsAndWritesNothing()
    {
        await AcceptAsync(Deals.Event("k"));
        var run = Deals.NewId();
        await CommitAsync(Deals.Step(newEpoch: 1) with { Journal = [Deals.Journal(run, 1)] });

        await Assert.ThrowsAsync<RowRefusedException>(() => CommitAsync(Deals.Step(epoch: 1, newEpoch: 2) with { NewRuns = [Deals.Run()], Journal = [Deals.Journal(run, 1)] }));

        var row = (await Store.Engine.LoadAsync(Deals.Key(), Cancellation))!;
        Assert.Equal((1L, 0), (row.Row.Epoch, row.OpenRuns.Count));
    }

    [Fact]
    public async Task Commit_OneBadStepInAGroup_FailsAloneThroughTheCommitter()
    {
        await Store.Engine.AcceptAsync([.. Enumerable.Range(0, 40).Select(i => Deals.Item(Deals.Event($"k{i}", $"d{i}")))], Cancellation);
        var taken = Deals.NewId();
        await CommitAsync(Deals.Step("d0") with { Journal = [Deals.Journal(taken, 1, "d0")] });
        await using var committer = new GroupCommitter<StepCommit, bool>(Store.Engine.CommitAsync, new());

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(async i =>
        {
            var step = Deals.Step($"d{i}", newEpoch: 1) with { Journal = [Deals.Journal(i == 17 ? taken : Deals.NewId(), 1, $"d{i}")] };
            return await Record.ExceptionAsync(() => committer.AddAsync(step, Cancellation)) is null;
        }));

        Assert.Equal(Enumerable.Range(0, 40).Select(i => i != 17), answers);
        Assert.Equal(39, await Store.ReadAsync(db => db.Mailboxes.CountAsync(m => m.Epoch == 1)));
    }

    [Fact]
    public async Task Commit_EffectKeyKnown_KeepsTheFirst()
    {
        await AcceptAsync(Deals.Event("k"));
        await CommitAsync(Deals.Step() with { NewEffects = [Deals.Effect("e", position: 1)] });

        Assert.True(await CommitAsync(Deals.Step() with { NewEffects = [Deals.Effect("e", position: 2), Deals.Effect("f", position: 3)] }));

        Assert.Equal([1L, 3L], (await Store.Engine.LoadAsync(Deals.Key(), Cancellation))!.Effects.Select(effect => effect.Position));
    }

    [Fact]
    public async Task Commit_Assignment_TouchesTheManagerOnce()
    {
        await AcceptAsync(Deals.Event("k"));
        await Store.WriteAsync(new ManagerRow { AccountId = Deals.Account.Value, ConnectionId = Deals.Connection.Value, UserId = "m", Name = "M", LastAssignedAt = Deals.Noon.AddDays(-1) });

        for (var i = 0; i < 2; i++) Assert.True(await CommitAsync(Deals.Step() with { Assignments = [Deals.Assignment("a", "m")] }));

        Assert.Equal((1, Deals.Noon), await Store.ReadAsync(async db => (await db.Assignments.CountAsync(), (await db.Managers.SingleAsync()).LastAssignedAt!.Value)));
    }

    private StepCommit Everything(string deal, long epoch, Guid endedEvent)
    {
        var run = Deals.Run(deal);
        return Deals.Step(deal, epoch, epoch + 1) with
        {
            State = new("{\"late\":true}", 1, null, null, null, false),
            Events = [new(endedEvent, EventStatus.Done, null, null, null)],
            NewRuns = [run],
            NewEffects = [Deals.Effect("e" + deal, deal)],
            NewTimers = [Deals.Timer(Deals.Noon, deal)],
            NewBookmarks = [Deals.Bookmark(run.Id, "b", deal)],
            Journal = [Deals.Journal(run.Id, 1, deal)],
            Links = [Deals.Link(deal, "9")],
            Assignments = [Deals.Assignment("a" + deal, "m", deal)],
        };
    }

    [Fact]
    public async Task Commit_TriesAndDeaths_AreCountedAndOtherwiseLeft()
    {
        await AcceptAsync(Deals.Event("k"));
        var timer = Deals.Timer(Deals.Noon);
        await CommitAsync(Deals.Step(newEpoch: 1) with { NewTimers = [timer], NewEffects = [Deals.Effect("e")] });
        await CommitAsync(Deals.Step(epoch: 1) with { TimerTries = [new(timer.Id, 2)], Effects = [new("e", 1, 2, null, null, null, null) { Deaths = 1 }] });
        await CommitAsync(Deals.Step(epoch: 1) with { Effects = [new("e", 0, 2, null, null, null, null)] });
        var loaded = (await Store.Engine.LoadAsync(Deals.Key(), Cancellation))!;
        Assert.Equal((2, 1), (Assert.Single(loaded.Timers).Tries, Assert.Single(loaded.Effects).Deaths));
    }

    [Theory]
    [InlineData(3, 1, "new")]
    [InlineData(5, 1, "new")]
    [InlineData(2, 2, "s")]
    public async Task Commit_EffectPlannedAgain_OnlyOneThatFailedGoesOutOnceMore(int before, int after, string summary)
    {
        await AcceptAsync(Deals.Event("k"));
        await CommitAsync(Deals.Step(newEpoch: 1) with { NewEffects = [Deals.Effect("e")] });
        await CommitAsync(Deals.Step(epoch: 1) with { Effects = [new("e", before, 9, null, "code", "message", null) { Deaths = 2 }] });
        var again = Deals.Effect("e");
        again.Summary = "new";
        await CommitAsync(Deals.Step(epoch: 1) with { NewEffects = [again] });
        var row = await Store.ReadAsync(db => db.Effects.SingleAsync());
        Assert.Equal((after, summary), (row.State, row.Summary));
        Assert.Equal(before == 2 ? (9, "code", 2) : (1, null, 0), (row.Tries, row.ErrorCode, row.Deaths));
    }
}
