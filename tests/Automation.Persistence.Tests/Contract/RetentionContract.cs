using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Retention;
using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;

namespace Automation.Persistence.Tests.Contract;

/// <summary>What is over goes after its time; what waits, is asked about or may be redriven stays with all it needs.</summary>
public abstract class RetentionContract : StoreContract
{
    private static readonly DateTimeOffset Now = new(2027, 3, 15, 12, 0, 0, TimeSpan.Zero);
    private readonly List<object> rows = [];

    [Fact]
    public async Task Retention_OldRows_GoOnlyWhenNothingNeedsThem()
    {
        Account();
        // Goes: over for more than 90 days.
        Work("over", 200, status: 2);
        Work("cancelled", 200, status: 4);
        // Given up longer ago than 400 days.
        Event("long dead", 500, EventStatus.Dead);
        Work("long faulted", 500, status: 3);
        // Stays: too young, or needed.
        Work("young", 10, status: 2);
        Work("waits", 500, status: 1);
        Work("faulted", 200, status: 3);
        Work("quarantined", 200, status: 5);
        Work("asked about", 200, status: 2, effect: 4);
        Work("failed action", 200, status: 2, effect: 3);
        Work("has a timer", 200, status: 2, timer: true);
        Event("unread", 500, EventStatus.Waiting);
        Event("dead", 200, EventStatus.Dead);
        rows.Add(Hook("broken", 200, "payload_invalid"));
        rows.Add(Hook("long broken", 500, "payload_invalid"));
        await Store.WriteAsync([.. rows]);

        var report = await RunAsync();

        string[] kept = ["asked about", "dead", "failed action", "faulted", "has a timer", "quarantined", "unread", "waits", "young"];
        Assert.Equal(kept, await Store.ReadAsync(db => db.Events.Select(row => row.DedupKey).OrderBy(key => key).ToListAsync(Cancellation)));
        Assert.Equal(kept.Where(name => name is not ("dead" or "unread")), await Store.ReadAsync(db => db.Runs.Select(row => row.Name!).OrderBy(name => name).ToListAsync(Cancellation)));
        Assert.Equal(kept.Where(name => name is not ("dead" or "unread")), await Store.ReadAsync(db => db.Effects.Select(row => row.Key).OrderBy(key => key).ToListAsync(Cancellation)));
        Assert.Equal(["broken", "dead", "unread", "young"], (await Store.ReadAsync(db => db.Hooks.Select(row => row.ContentType!).ToListAsync(Cancellation))).Order());
        // The journal goes by its own time, 400 days; a run that waits keeps all of it.
        Assert.Equal(kept.Concat(["cancelled", "over"]).Where(name => name is not ("dead" or "unread")).Order(), (await Store.ReadAsync(db => db.Journal.Select(row => row.Facts).ToListAsync(Cancellation))).Order());
        Assert.Equal((3, 3, 4), (report.Runs, report.Effects, report.Events));
        Assert.Equal(new RetentionReport(0, 0, 0, 0, 0, 0), await RunAsync());
    }

    [Fact]
    public async Task Retention_SmallTables_KeepWhatMayBeAskedFor()
    {
        Account();
        foreach (var (name, days) in new[] { ("new", 10), ("old", 100), ("very old", 500) })
        {
            var redrive = new RedriveRow { Id = Id(name, days), AccountId = Deals.Account.Value, By = name, Request = "{}", PerSecond = 10, Total = 1, Done = 1, NextAt = Ago(days), CreatedAt = Ago(days), FinishedAt = Ago(days) };
            rows.AddRange(redrive,
                new RedriveItemRow { RedriveId = redrive.Id, AccountId = Deals.Account.Value, ConnectionId = Deals.Connection.Value, EntityType = EntityTypes.Deal, EntityId = name, Kind = "run", Target = name },
                new EffectBudgetRow { AccountId = Deals.Account.Value, Day = Ago(days).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), Taken = days },
                new ApiKeyRow { Id = Id($"key {name}", days), AccountId = Deals.Account.Value, Hash = Id($"key {name}", days).ToByteArray(), Name = name, Kind = "session", CreatedAt = Ago(days), ExpiresAt = Ago(days) },
                new AssignmentRecord { Key = name, AccountId = Deals.Account.Value, ConnectionId = Deals.Connection.Value, EntityType = EntityTypes.Deal, EntityId = name, Pool = "", ManagerId = "1", At = Ago(days) });
        }

        rows.Add(new RedriveRow { Id = Id("open", 500), AccountId = Deals.Account.Value, By = "open", Request = "{}", PerSecond = 10, Total = 1, NextAt = Ago(500), CreatedAt = Ago(500) });
        rows.Add(new ApiKeyRow { Id = Id("for ever", 500), AccountId = Deals.Account.Value, Hash = Id("for ever", 500).ToByteArray(), Name = "for ever", Kind = "key", CreatedAt = Ago(500) });
        await Store.WriteAsync([.. rows]);

        await RunAsync();

        Assert.Equal(["new", "open"], await Store.ReadAsync(db => db.Redrives.Select(row => row.By).OrderBy(by => by).ToListAsync(Cancellation)));
        Assert.Equal(["new"], await Store.ReadAsync(db => db.RedriveItems.Select(row => row.Target).ToListAsync(Cancellation)));
        Assert.Equal([10], await Store.ReadAsync(db => db.EffectBudgets.Select(row => row.Taken).ToListAsync(Cancellation)));
        Assert.Equal(["for ever", "new"], await Store.ReadAsync(db => db.ApiKeys.Select(row => row.Name).OrderBy(name => name).ToListAsync(Cancellation)));
        Assert.Equal(["new", "old"], await Store.ReadAsync(db => db.Assignments.Select(row => row.Key).OrderBy(key => key).ToListAsync(Cancellation)));
    }

    [Fact]
    public async Task Retention_MoreThanOneChunk_AllGo()
    {
        Account();
        for (var i = 0; i < RetentionWalk.Chunk * 2 + 3; i++) Event($"e{i}", 200 + (i % 7), deal: $"{i}", hook: false);
        await Store.WriteAsync([.. rows]);

        Assert.Equal(RetentionWalk.Chunk * 2 + 3, (await RunAsync()).Events);
    }

    private Task<RetentionReport> RunAsync() => new RetentionWalk(Store.Get<IRetentionStore>()).RunAsync(new RetentionOptions().At(Now), Cancellation);

    private void Account() => rows.Add(new AccountRow { Id = Deals.Account.Value, Slug = "a", Name = "A", TimeZone = "Europe/Moscow", Language = "ru", CreatedAt = Now });

    private static DateTimeOffset Ago(int days) => Now.AddDays(-days);

    private static Guid Id(string name, int days) => DerivedId.Of(Ago(days), name);

    /// <summary>A processed event, the run it began, that run's action and its journal row.</summary>
    private void Work(string name, int days, int status, int effect = 2, bool timer = false)
    {
        Event(name, days);
        var run = Deals.Run(status: status);
        (run.Id, run.Name, run.EntityId, run.CreatedAt, run.UpdatedAt, run.FinishedAt) = (Id($"run {name}", days), name, name, Ago(days), Ago(days), status is 2 or 3 or 4 ? Ago(days) : null);
        run.EventId = Id($"event {name}", days);
        var sent = Deals.Effect(name, state: effect);
        (sent.RunId, sent.EntityId, sent.PlannedAt, sent.FinishedAt) = (run.Id, name, Ago(days), effect is 2 or 3 ? Ago(days) : null);
        var told = Deals.Journal(run.Id, 1);
        (told.Id, told.EntityId, told.At, told.Facts) = (Id($"journal {name}", days), name, Ago(days), name);
        rows.AddRange(run, sent, told);
        if (!timer) return;
        var waiting = Deals.Timer(Now.AddDays(1));
        (waiting.RunId, waiting.EntityId) = (run.Id, name);
        rows.Add(waiting);
    }

    private void Event(string name, int days, EventStatus status = EventStatus.Done, string? deal = null, bool hook = true)
    {
        var came = Hook(name, days);
        if (hook) rows.Add(came);
        rows.Add(new EventRow
        {
            Id = Id($"event {name}", days),
            AccountId = Deals.Account.Value,
            ConnectionId = Deals.Connection.Value,
            EntityType = EntityTypes.Deal,
            EntityId = deal ?? name,
            Number = 1,
            Kind = "updated",
            DedupKey = name,
            HookId = came.Id,
            Payload = "{}",
            AcceptedAt = Ago(days),
            Status = status,
            Tries = 1,
            ProcessedAt = status == EventStatus.Waiting ? null : Ago(days),
        });
    }

    private HookRow Hook(string name, int days, string? error = null) => new()
    {
        Id = Id($"hook {name}", days),
        AccountId = Deals.Account.Value,
        ConnectionId = Deals.Connection.Value,
        ReceivedAt = Ago(days),
        ContentType = name,
        Body = [1],
        ErrorCode = error,
    };
}
