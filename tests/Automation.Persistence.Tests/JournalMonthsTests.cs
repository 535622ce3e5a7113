using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Retention;
using Automation.Engine.Persistence.Rows;
using Automation.Persistence.Tests.Contract;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Automation.Persistence.Tests;

/// <summary>The journal on PostgreSQL: months that are made ahead and dropped whole.</summary>
public sealed class JournalMonthsTests
{
    private static readonly DateTimeOffset January = new(2027, 1, 15, 12, 0, 0, TimeSpan.Zero);
    private static readonly Deals Deals = new();
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Journal_RowsOfAllTimes_FindTheirMonthAndAreReadInOneOrder()
    {
        await using var store = await PostgreSqlTestStores.OpenEmptyAsync();
        await store.Setup.MigrateAsync(Stop);
        var months = store.Get<IRetentionStore>();
        await months.PrepareAsync(January, Stop);
        await months.PrepareAsync(January, Stop);
        DateTimeOffset[] times = [January.AddMonths(-6), new(2027, 1, 31, 23, 59, 59, 999, TimeSpan.Zero), new(2027, 2, 1, 0, 0, 0, TimeSpan.Zero), January.AddMonths(2), January.AddMonths(5)];
        var waiting = Deals.Run();
        await store.WriteAsync([.. times.Select((at, i) => (object)Row(at, i == 1 ? waiting.Id : null)), waiting]);

        Assert.Equal(["journal_before", "journal_2027_01", "journal_2027_02", "journal_2027_03", "journal_other"], await TablesAsync(store));
        Assert.Equal(times.Reverse(), await store.ReadAsync(db => db.Journal.Where(row => row.AccountId == Deals.Account.Value).OrderByDescending(row => row.Id).Select(row => row.At).ToListAsync(Stop)));

        // What a waiting run needs of a dropped month is kept.
        Assert.Equal(2, await months.DropMonthsAsync(new(2027, 2, 20, 0, 0, 0, TimeSpan.Zero), Stop));
        Assert.Equal(["journal_other", "journal_2027_02", "journal_2027_03", "journal_other"], await TablesAsync(store));
        // A month that rows have fallen beside is left out, and no row is refused.
        await months.PrepareAsync(January.AddMonths(5), Stop);
        await store.WriteAsync(Row(January.AddMonths(5).AddHours(1), null));
        Assert.Equal("journal_other", (await TablesAsync(store))[^1]);
    }

    [Fact]
    public async Task Journal_OfAnEarlierRelease_BecomesAPartitionAsItLies()
    {
        await using var store = await PostgreSqlTestStores.OpenEmptyAsync();
        await store.ReadAsync(async db =>
        {
            await db.GetService<IMigrator>().MigrateAsync(db.Database.GetMigrations().TakeWhile(id => !id.EndsWith("_Life", StringComparison.Ordinal)).Last(), Stop);
            return 0;
        });
        var file = await FileAsync(store, "journal");
        await store.WriteAsync(Row(January.AddMonths(-8), null), Row(January.AddMonths(3), null));

        await store.Setup.MigrateAsync(Stop);

        Assert.Equal(file, await FileAsync(store, "journal_before"));
        Assert.Equal(["journal_before", "journal_before"], await TablesAsync(store));
        await store.Get<IRetentionStore>().PrepareAsync(January.AddMonths(4), Stop);
        await store.WriteAsync(Row(January.AddMonths(4), null));
        Assert.Equal("journal_2027_05", (await TablesAsync(store))[^1]);
    }

    private static Task<List<string>> TablesAsync(TestStore store) =>
        store.ReadAsync(db => db.Database.SqlQuery<string>($"SELECT tableoid::regclass::text AS \"Value\" FROM journal ORDER BY id").ToListAsync(Stop));

    private static Task<long> FileAsync(TestStore store, string table) =>
        store.ReadAsync(db => db.Database.SqlQuery<long>($"SELECT relfilenode::bigint AS \"Value\" FROM pg_class WHERE relname = {table}").SingleAsync(Stop));

    private static JournalRow Row(DateTimeOffset at, Guid? run)
    {
        var row = Deals.Journal(run, run is null ? 0 : 1);
        (row.Id, row.At) = (DerivedId.Of(at, $"{at:O}"), at);
        return row;
    }
}
