using Automation.Engine.Persistence.Rows;
using Automation.Persistence.Tests.Contract;
using Automation.Testing;
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

    /// <summary>The server ends the session of one that does nothing within its transaction, and with it the locks.</summary>
    [Fact]
    public async Task Accept_ByAProcessThatIsPausedAtItsCommit_HoldsTheOthersUpForSecondsOnly()
    {
        await using var world = await World.OpenAsync();
        await world.Store.Engine.AcceptAsync([deals.Item(Deals.Event("warm"))], Cancellation);
        await using var other = PostgreSqlTestStores.Open(world.Database);
        var overtaking = Task.CompletedTask;
        world.Proxy.Meanwhile = () => overtaking = other.Engine.AcceptAsync([deals.Item(Deals.Event("other"))], Cancellation).WaitAsync(TimeSpan.FromSeconds(20), Cancellation);

        world.Proxy.Arm(Cut.BeforeCommitIsSent);
        await world.Store.Engine.AcceptAsync([deals.Item(Deals.Event("paused"))], Cancellation);
        await overtaking;

        Assert.Equal(1, world.Proxy.Cuts);
        Assert.Equal(["warm", "other", "paused"], await world.Store.ReadAsync(db => db.Events.OrderBy(e => e.Number).Select(e => e.DedupKey).ToListAsync(Cancellation)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ServerCrashesAtCommit_AndGivesTheTransactionsIdToAnother_NothingIsTakenForCommitted(bool accepting)
    {
        using var postgres = PostgresServer.StartOwn();
        Assert.SkipWhen(postgres is null, PostgresServer.WhyNot);
        var settings = new NpgsqlConnectionStringBuilder(await postgres!.CreateDatabaseAsync(Cancellation)) { Pooling = false };
        var direct = settings.ConnectionString;
        await using var proxy = new CuttingProxy(settings.Port);
        (settings.Host, settings.Port, settings.SslMode) = ("127.0.0.1", proxy.Port, SslMode.Disable);
        await using var store = PostgreSqlTestStores.Open(settings.ConnectionString);
        await store.Setup.MigrateAsync(Cancellation);
        await store.Engine.AcceptAsync([deals.Item(Deals.Event("warm"))], Cancellation);
        proxy.Meanwhile = async () =>
        {
            postgres.Stop("immediate");
            postgres.StartAgain();
            // Others get the ids that the crash has forgotten.
            await using var others = NpgsqlDataSource.Create(direct);
            for (var i = 0; i < 20; i++)
            {
                await using var command = others.CreateCommand("SELECT pg_current_xact_id()");
                await command.ExecuteScalarAsync(Cancellation);
            }
        };

        proxy.Arm(Cut.BeforeCommitIsSent);
        if (accepting)
        {
            Assert.NotNull((await store.Engine.AcceptAsync([deals.Item(Deals.Event("k"))], Cancellation))[0].Events[0].Stored);
            Assert.Equal(["warm", "k"], await store.ReadAsync(db => db.Events.OrderBy(e => e.Number).Select(e => e.DedupKey).ToListAsync(Cancellation)));
        }
        else
        {
            var run = Deals.NewId();
            Assert.Equal([true], await store.Engine.CommitAsync([deals.Step(newEpoch: 1) with { NewRuns = [deals.Run()], Journal = [deals.Journal(run, 1)] }], Cancellation));
            Assert.Equal((1, 1), await store.ReadAsync(async db => (await db.Runs.CountAsync(Cancellation), await db.Journal.CountAsync(Cancellation))));
        }

        Assert.Equal(1, proxy.Cuts);
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
