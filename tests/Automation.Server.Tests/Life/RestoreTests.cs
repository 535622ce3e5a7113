using Automation.Engine.Effects;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Automation.Testing;
using Microsoft.EntityFrameworkCore;

using static Automation.Server.Tests.Life.Stores;

namespace Automation.Server.Tests.Life;

/// <summary>A backup is taken under load, the installation goes on and dies; what is restored elsewhere repeats nothing that was done.</summary>
public sealed class RestoreTests
{
    private const int Orders = 20;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Restore_OfABackupTakenUnderLoad_RepeatsNoFinishedEffect(bool onPostgres)
    {
        if (onPostgres && PostgresServer.Shared is null) Assert.Skip(PostgresServer.WhyNot);
        var stop = TestContext.Current.CancellationToken;
        using var folder = new TempDirectory();
        var (old, fresh) = (folder.File("old"), folder.File("new"));
        var (oldBase, newBase) = onPostgres ? (await PostgresServer.Shared!.CreateDatabaseAsync(stop), await PostgresServer.Shared.CreateDatabaseAsync(stop)) : (null, null);
        var backup = folder.File("backup.file");
        await using var shop = await DoubleShop.StartAsync(old, oldBase, stop);

        using (var server = await StartAsync(shop, old, oldBase, out var hooks, stop))
        {
            using var client = new HttpClient { BaseAddress = new Uri(hooks) };
            shop.Close();
            for (var number = 1; number <= Orders; number++) await shop.OrderAsync(client, number, stop);
            await UntilAsync(old, oldBase, db => db.Effects.CountAsync(row => row.State == (int)EffectState.Done, stop), count => count > 0, stop);
            Assert.Equal(0, await VerbAsync(["backup", backup, "--data", old], oldBase));

            // The old life goes on until all is done, with what came after the backup.
            shop.Open();
            for (var number = Orders + 1; number <= 2 * Orders; number++) await shop.OrderAsync(client, number, stop);
            await QuietAsync(old, oldBase, 4 * 2 * Orders, stop);
            server.Kill();
        }

        Assert.Equal(2 * Orders, Count(shop)["keyed-later"]);
        Assert.Equal(0, await VerbAsync(["restore", backup, "--data", fresh], newBase));
        Assert.NotEqual(0, await VerbAsync(["restore", backup, "--data", fresh], newBase));
        var open = await ReadAsync(fresh, newBase, db => db.Effects.CountAsync(row => row.State == (int)EffectState.Planned || row.State == (int)EffectState.Sending, stop));
        var waiting = await ReadAsync(fresh, newBase, db => db.Timers.CountAsync(stop));
        Assert.True(open > 0 && waiting > 0, $"the backup was taken while nothing was on its way: {open} effects, {waiting} timers");
        await GoesOnAsync(shop, old, fresh, newBase, stop);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Restore_OfEventsThatStillWaited_BeginsTheSameRunsUnderTheSameKeys(bool onPostgres)
    {
        if (onPostgres && PostgresServer.Shared is null) Assert.Skip(PostgresServer.WhyNot);
        var stop = TestContext.Current.CancellationToken;
        using var folder = new TempDirectory();
        var (old, fresh) = (folder.File("old"), folder.File("new"));
        var (oldBase, newBase) = onPostgres ? (await PostgresServer.Shared!.CreateDatabaseAsync(stop), await PostgresServer.Shared.CreateDatabaseAsync(stop)) : (null, null);
        await using var shop = await DoubleShop.StartAsync(old, oldBase, stop);
        await DoubleShop.StoreAsync(Orders, old, oldBase, stop);
        Assert.Equal(0, await VerbAsync(["backup", folder.File("backup.file"), "--data", old], oldBase));

        using (var server = await StartAsync(shop, old, oldBase, out _, stop))
        {
            await QuietAsync(old, oldBase, 4 * Orders, stop);
            server.Kill();
        }

        Assert.Equal(0, await VerbAsync(["restore", folder.File("backup.file"), "--data", fresh], newBase));
        Assert.Equal(Orders, await ReadAsync(fresh, newBase, db => db.Events.CountAsync(row => row.Status == EventStatus.Waiting, stop)));
        await GoesOnAsync(shop, old, fresh, newBase, stop);
        var (first, second) = (await RunIdsAsync(old, oldBase), await RunIdsAsync(fresh, newBase));
        Assert.Equal(first, second);

        Task<List<Guid>> RunIdsAsync(string place, string? database) => ReadAsync(place, database, db => db.Runs.Select(run => run.Id).OrderBy(id => id).ToListAsync(stop));
    }

    /// <summary>The new life does what is left, and no receiver sees anything twice.</summary>
    private static async Task GoesOnAsync(DoubleShop shop, string old, string fresh, string? database, CancellationToken stop)
    {
        var before = Count(shop);
        File.Copy(Path.Combine(old, "master.key"), Path.Combine(fresh, "master.key"));
        using (var server = await StartAsync(shop, fresh, database, out _, stop))
        {
            await server.SaysAsync("Restored from a backup", stop);
            await QuietAsync(fresh, database, 4 * Orders, stop);
        }

        var doubled = shop.Done.Where(call => call.Value.Count > 1).Select(call => $"{call.Key} ({string.Join(' ', call.Value.Select(key => key.Length > 6 ? key[..6] : "?"))})")
            .Concat(shop.Sms.Ledger.GroupBy(message => message.Text).Where(message => message.Count() > 1).Select(message => $"sms {message.Key}")).ToList();
        Assert.True(doubled.Count == 0, $"done twice: {string.Join(", ", doubled)}");
        Assert.Equal(before.OrderBy(count => count.Key), Count(shop).OrderBy(count => count.Key));
        // Everything else went on: only what nobody can look up waits, for a person.
        var left = await ReadAsync(fresh, database, db => db.Effects.Where(row => row.State != (int)EffectState.Done).ToListAsync(stop));
        Assert.NotEmpty(left);
        Assert.All(left, effect => Assert.Equal(((int)EffectState.Unknown, (int)EffectPolicy.Hold), (effect.State, effect.Policy)));
        var waits = left.Select(effect => effect.RunId).ToHashSet();
        var runs = await ReadAsync(fresh, database, db => db.Runs.ToListAsync(stop));
        Assert.Equal(4 * Orders, runs.Count);
        Assert.All(runs, run => Assert.Equal(waits.Contains(run.Id) ? (int)RunStatus.Suspended : (int)RunStatus.Finished, run.Status));
    }

    private static Dictionary<string, int> Count(DoubleShop shop)
    {
        var counts = shop.Done.GroupBy(call => call.Key.Split('/')[0]).ToDictionary(group => group.Key, group => group.Sum(call => call.Value.Count));
        counts["sms"] = shop.Sms.Ledger.Count;
        return counts;
    }
}
