using Automation.Engine.Effects;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Backup;
using Automation.Engine.Persistence.Rows;
using Automation.Testing;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json;

namespace Automation.Persistence.Tests.Contract;

public abstract class BackupContract : StoreContract
{
    protected abstract Task<TestStore> OpenEmptyAsync();

    private IStoreBackup Backup => Store.Get<IStoreBackup>();

    [Fact]
    public async Task Restore_IntoAnEmptyPlace_HoldsEveryRowAndSaysWhatItIs()
    {
        using var folder = new TempDirectory();
        await FillAsync();
        var taken = await Backup.WriteAsync(folder.File("copy"), Cancellation);
        await AcceptAsync(Deals.Event("later"));

        await using var place = await OpenEmptyAsync();
        Assert.Equal(taken, await place.Get<IStoreBackup>().RestoreAsync(folder.File("copy"), Cancellation));
        await place.Setup.MigrateAsync(Cancellation);

        Assert.Equal(["first"], await place.ReadAsync(db => db.Events.Select(row => row.DedupKey).ToListAsync(Cancellation)));
        Assert.Equal(await RowsAsync(Store), await RowsAsync(place));
        Assert.Null(Assert.Single(await place.ReadAsync(db => db.Restores.ToListAsync(Cancellation))).StartedAt);
        Assert.Empty(await Store.ReadAsync(db => db.Restores.ToListAsync(Cancellation)));
    }

    [Fact]
    public async Task Restore_WhereAnInstallationIs_ChangesNothing()
    {
        using var folder = new TempDirectory();
        await FillAsync();
        await Backup.WriteAsync(folder.File("copy"), Cancellation);
        await AcceptAsync(Deals.Event("later"));

        await Assert.ThrowsAsync<BackupException>(() => Backup.RestoreAsync(folder.File("copy"), Cancellation));
        await Assert.ThrowsAsync<BackupException>(() => Backup.WriteAsync(folder.File("copy"), Cancellation));

        Assert.Equal(2, await Store.ReadAsync(db => db.Events.CountAsync(Cancellation)));
    }

    [Fact]
    public async Task Restore_OfSomethingElse_IsRefused()
    {
        using var folder = new TempDirectory();
        await File.WriteAllTextAsync(folder.File("copy"), "no backup at all, but long enough for a header of a hundred bytes or so, which a database would have", Cancellation);
        await using var place = await OpenEmptyAsync();

        await Assert.ThrowsAsync<BackupException>(() => place.Get<IStoreBackup>().RestoreAsync(folder.File("copy"), Cancellation));
        await Assert.ThrowsAsync<BackupException>(() => place.Get<IStoreBackup>().RestoreAsync(folder.File("none"), Cancellation));
    }

    [Fact]
    public async Task FirstStart_OnACopy_LeavesUnfinishedEffectsOfUnknownOutcome()
    {
        await Store.WriteAsync(
            Effect("planned", EffectState.Planned), Effect("sending", EffectState.Sending), Effect("done", EffectState.Done), Effect("held", EffectState.Unknown),
            new RestoreRow { Id = Deals.NewId(), TakenAt = Deals.Noon });
        var marks = Store.Get<RestoreMarks>();

        Assert.Equal(new RestoreReport(Deals.Noon, 2), await marks.SettleAsync(Cancellation));
        Assert.Null(await marks.SettleAsync(Cancellation));

        var rows = await Store.ReadAsync(db => db.Effects.AsNoTracking().OrderBy(row => row.Key).ToListAsync(Cancellation));
        Assert.Equal([("done", 2), ("held", 4), ("planned", 1), ("sending", 1)], rows.Select(row => (row.Key, row.State)));
        Assert.Equal((Deals.Noon, (DateTimeOffset?)null), (rows[2].FirstTryAt, rows[2].NextTryAt));
        var point = Store.Get<RestorePoint>();
        Assert.Equal(Deals.Noon.AddMinutes(-1), point.Doubtful(Deals.Noon.AddDays(-1)));
        Assert.Equal(Deals.Noon.AddMinutes(1), point.Doubtful(Deals.Noon.AddMinutes(1)));
        Assert.Null(point.Doubtful(TimeProvider.System.GetUtcNow().AddMinutes(1)));
    }

    private async Task FillAsync()
    {
        await Store.WriteAsync(new AccountRow { Id = Deals.Account.Value, Slug = "a", Name = "A", TimeZone = "Europe/Moscow", Language = "ru", CreatedAt = Deals.Noon });
        await AcceptAsync(Deals.Event("first"));
        await Store.WriteAsync(Effect("planned", EffectState.Planned));
    }

    private EffectRow Effect(string key, EffectState state) => new()
    {
        Key = key,
        AccountId = Deals.Account.Value,
        ConnectionId = Deals.Connection.Value,
        EntityType = EntityTypes.Deal,
        EntityId = "1",
        RunId = Deals.NewId(),
        Position = 1,
        Kind = "sms",
        Request = "{}",
        Policy = (int)EffectPolicy.Verify,
        Summary = "SMS",
        ContextId = "1",
        Callback = "",
        State = (int)state,
        PlannedAt = Deals.Noon,
        NextTryAt = state == EffectState.Planned ? Deals.Noon.AddHours(1) : null,
    };

    private static Task<string> RowsAsync(TestStore store) => store.ReadAsync(async db => JsonConvert.SerializeObject(new object[]
    {
        await db.Accounts.ToListAsync(Cancellation), await db.Hooks.Where(row => db.Events.Any(e => e.HookId == row.Id && e.DedupKey == "first")).ToListAsync(Cancellation),
        await db.Effects.ToListAsync(Cancellation), await db.Events.Where(row => row.DedupKey == "first").ToListAsync(Cancellation),
    }));
}
