using Microsoft.EntityFrameworkCore;

namespace Automation.Persistence.Tests;

public sealed class MigrationLockTests
{
    [Fact]
    public async Task Migrate_LockLeftByAKilledProcess_GoesOn()
    {
        await using var store = SqliteTestStores.OpenEmpty();
        await store.ReadAsync(db => db.Database.ExecuteSqlRawAsync(
            """
            CREATE TABLE "__EFMigrationsLock" ("Id" INTEGER NOT NULL PRIMARY KEY, "Timestamp" TEXT NOT NULL);
            INSERT INTO "__EFMigrationsLock" VALUES (1, '2026-03-02');
            """, TestContext.Current.CancellationToken));

        await store.Setup.MigrateAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, await store.ReadAsync(db => db.Events.CountAsync(TestContext.Current.CancellationToken)));
    }
}
