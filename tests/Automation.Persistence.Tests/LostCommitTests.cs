using Automation.Engine.Persistence.Rows;
using Automation.Persistence.Tests.Contract;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Automation.Persistence.Tests;

/// <summary>The connection breaks at COMMIT: nothing is lost, nothing is done twice (R4).</summary>
public sealed class LostCommitTests
{
    private readonly Deals deals = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Cut.BeforeCommitIsSent)]
    [InlineData(Cut.AfterCommitIsDone)]
    public async Task Accept_CutAtCommit_StoresOnceAndSaysStored(Cut cut)
    {
        await using var world = await World.OpenAsync();
        await world.Store.Engine.AcceptAsync([deals.Item(Deals.Event("warm"))], Cancellation);

        world.Proxy.Arm(cut);
        var accepted = (await world.Store.Engine.AcceptAsync([deals.Item(Deals.Event("k"))], Cancellation))[0].Events[0];

        Assert.Equal(1, world.Proxy.Cuts);
        Assert.Equal(2, accepted.Stored!.Number);
        Assert.Equal(["warm", "k"], await world.Store.ReadAsync(db => db.Events.OrderBy(e => e.Number).Select(e => e.DedupKey).ToListAsync(Cancellation)));
    }

    [Theory]
    [InlineData(Cut.BeforeCommitIsSent)]
    [InlineData(Cut.AfterCommitIsDone)]
    public async Task Commit_CutAtCommit_WritesOnceAndSaysCommitted(Cut cut)
    {
        await using var world = await World.OpenAsync();
        await world.Store.Engine.AcceptAsync([deals.Item(Deals.Event("k"))], Cancellation);
        var run = Deals.NewId();

        world.Proxy.Arm(cut);
        var committed = await world.Store.Engine.CommitAsync([deals.Step(newEpoch: 1) with { NewRuns = [deals.Run()], Journal = [deals.Journal(run, 1)] }], Cancellation);

        Assert.Equal([true], committed);
        Assert.Equal(1, world.Proxy.Cuts);
        Assert.Equal((1, 1), await world.Store.ReadAsync(async db => (await db.Runs.CountAsync(Cancellation), await db.Journal.CountAsync(Cancellation))));
    }

    private sealed record World(string Database, CuttingProxy Proxy, TestStore Store) : IAsyncDisposable
    {
        public static async Task<World> OpenAsync()
        {
            var database = await PostgreSqlTestStores.TakeAsync();
            var settings = new NpgsqlConnectionStringBuilder(database);
            var proxy = new CuttingProxy(settings.Port);
            (settings.Host, settings.Port, settings.SslMode) = ("127.0.0.1", proxy.Port, SslMode.Disable);
            return new(database, proxy, PostgreSqlTestStores.Open(settings.ConnectionString));
        }

        public async ValueTask DisposeAsync()
        {
            await Store.DisposeAsync();
            await Proxy.DisposeAsync();
            PostgreSqlTestStores.GiveBack(Database);
        }
    }
}
