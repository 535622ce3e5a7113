using Automation.Engine.Persistence;
using Microsoft.EntityFrameworkCore;

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
}
