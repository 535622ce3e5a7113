using Automation.Engine.Effects;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Automation.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using static Automation.Server.Tests.Life.Stores;

namespace Automation.Server.Tests.Life;

/// <summary>A database of the oldest schema, in which runs, timers, actions and events wait, is brought up to date; all of it goes on (R12).</summary>
public sealed class MigrationTests
{
    private const int Orders = 6;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Migrate_WhileRunsWait_TheyGoOnWithTheVersionTheyBeganWith(bool onPostgres)
    {
        if (onPostgres && PostgresServer.Shared is null) Assert.Skip(PostgresServer.WhyNot);
        var stop = TestContext.Current.CancellationToken;
        using var folder = new TempDirectory();
        var data = folder.File("data");
        var database = onPostgres ? await PostgresServer.Shared!.CreateDatabaseAsync(stop) : null;
        await using var shop = await DoubleShop.StartAsync(data, database, stop);
        shop.Close();
        await DoubleShop.StoreAsync(Orders, data, database, stop);
        using (var server = await StartAsync(shop, data, database, out _, stop))
        {
            await UntilAsync(data, database, db => db.Runs.CountAsync(stop), runs => runs == 4 * Orders, stop);
            server.Kill();
        }

        // Events that nobody has begun, and a new version of the funnel that only they may follow.
        await DoubleShop.StoreAsync(2 * Orders, data, database, stop);
        await shop.PublishAsync("keyed-new", data, database, stop);
        var began = await VersionsAsync();
        await ReadAsync(data, database, async db =>
        {
            await db.GetService<IMigrator>().MigrateAsync("Initial", stop);
            // Killed on the way up: some steps are done, the others are not.
            await db.GetService<IMigrator>().MigrateAsync("Failures", stop);
            Assert.True(await SchemaCheck.IsBehindAsync(db, stop));
            Assert.DoesNotContain("due_source", await ColumnsAsync(db, onPostgres));
            return 0;
        });

        shop.Open();
        using (await StartAsync(shop, data, database, out _, stop)) await QuietAsync(data, database, 4 * 2 * Orders, stop);

        Assert.Equal((Orders, Orders), (Count("keyed-later"), Count("keyed-new")));
        Assert.All(began, run => Assert.Equal(run.Value, VersionsAsync().Result[run.Key]));
        Assert.DoesNotContain(shop.Done, call => call.Value.Count > 1);
        Assert.Equal(2 * 2 * Orders, shop.Sms.Ledger.Select(message => message.Text).Distinct().Count());
        // What was on its way when the process was killed and cannot be looked up waits for a person (R6); everything else has ended.
        var held = await ReadAsync(data, database, db => db.Effects.Where(row => row.State == (int)EffectState.Unknown).Select(row => row.RunId).ToListAsync(stop));
        Assert.Equal(held.Order(), await ReadAsync(data, database, db => db.Runs.Where(run => run.Status != (int)RunStatus.Finished).Select(run => run.Id).OrderBy(id => id).ToListAsync(stop)));

        int Count(string receiver) => shop.Done.Count(call => call.Key.StartsWith(receiver + "/", StringComparison.Ordinal));

        Task<Dictionary<Guid, string>> VersionsAsync() => ReadAsync(data, database, db => db.Runs.ToDictionaryAsync(run => run.Id, run => run.DefinitionVersionId, stop));
    }

    private static Task<List<string>> ColumnsAsync(AutomationDbContext db, bool onPostgres) => onPostgres
        ? db.Database.SqlQuery<string>($"SELECT column_name AS \"Value\" FROM information_schema.columns WHERE table_name = 'timers'").ToListAsync()
        : db.Database.SqlQuery<string>($"SELECT name AS \"Value\" FROM pragma_table_info('timers')").ToListAsync();
}
