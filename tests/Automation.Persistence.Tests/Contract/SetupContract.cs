using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Automation.Persistence.Tests.Contract;

public abstract class SetupContract
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected abstract Task<TestStore> OpenEmptyAsync();

    [Fact]
    public async Task Migrate_EmptyDatabaseTwice_IsReady()
    {
        await using var store = await OpenEmptyAsync();

        await store.Setup.MigrateAsync(Cancellation);
        await store.Setup.MigrateAsync(Cancellation);

        Assert.Equal(0, await store.ReadAsync(db => db.Events.CountAsync(Cancellation)));
        Assert.False(await store.ReadAsync(db => Task.FromResult(db.Database.HasPendingModelChanges())));
    }

    [Fact]
    public async Task Migrate_SchemaOfANewerRelease_Refuses()
    {
        await using var store = await OpenEmptyAsync();
        await store.Setup.MigrateAsync(Cancellation);
        await store.ReadAsync(db => db.Database.ExecuteSqlRawAsync(
            """INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion") VALUES ('29990101000000_Later', '99.0')""", Cancellation));

        var refusal = await Assert.ThrowsAsync<StartRefusedException>(() => store.Setup.MigrateAsync(Cancellation));

        Assert.Equal("schema_newer_than_app", refusal.Code);
    }

    [Fact]
    public async Task Migrate_WhileABackTestRuns_ItsLeaseIsNoLongerItsEnd()
    {
        await using var store = await OpenEmptyAsync();
        await store.Setup.MigrateAsync(Cancellation);
        var (account, until) = (Guid.CreateVersion7(), new DateTimeOffset(2026, 11, 30, 8, 0, 0, TimeSpan.Zero));
        await store.ReadAsync(async db =>
        {
            db.BackTests.Add(Row("running", null, until));
            db.BackTests.Add(Row("done", until, null));
            return await db.SaveChangesAsync(Cancellation);
        });

        await store.ReadAsync(async db =>
        {
            await db.GetService<IMigrator>().MigrateAsync("Presence", Cancellation);
            return 0;
        });
        Assert.Equal(2, await store.ReadAsync(db => db.BackTests.CountAsync(row => row.FinishedAt == until, Cancellation)));
        await store.Setup.MigrateAsync(Cancellation);

        var rows = await store.ReadAsync(db => db.BackTests.Select(row => new { row.Status, row.FinishedAt, row.LeaseUntil }).ToDictionaryAsync(row => row.Status, Cancellation));
        Assert.Equal((null, until), (rows["running"].FinishedAt, rows["running"].LeaseUntil));
        Assert.Equal((until, null), (rows["done"].FinishedAt, rows["done"].LeaseUntil));

        BackTestRow Row(string status, DateTimeOffset? finished, DateTimeOffset? lease) => new()
        {
            Id = Guid.CreateVersion7(),
            AccountId = account,
            Request = "{}",
            Status = status,
            By = "Анна",
            CreatedAt = until.AddMinutes(-1),
            FinishedAt = finished,
            LeaseUntil = lease,
        };
    }
}
