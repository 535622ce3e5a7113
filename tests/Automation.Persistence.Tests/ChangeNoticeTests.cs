using System.Threading.Channels;
using Automation.Engine.Persistence.Cluster;
using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;

namespace Automation.Persistence.Tests;

/// <summary>Whoever changes what nodes keep in memory, all nodes are told.</summary>
public sealed class ChangeNoticeTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Change_OfWhatIsKeptInMemory_IsToldToAListener()
    {
        await using var store = await PostgreSqlTestStores.OpenAsync();
        var (told, ready) = (Channel.CreateUnbounded<(string, Guid)>(), new TaskCompletionSource());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var listening = store.Get<IChangeSource>().ListenAsync((table, account) => told.Writer.TryWrite((table, account)), () => ready.TrySetResult(), stop.Token);
        await ready.Task.WaitAsync(TimeSpan.FromSeconds(20), Cancellation);

        var account = Guid.Parse("0192f000-0000-7000-8000-000000000001");
        var connection = Guid.Parse("0192f000-0000-7000-8000-000000000002");
        await store.WriteAsync(
            new AccountRow { Id = account, Slug = "a", Name = "A", TimeZone = "Europe/Moscow", Language = "ru" },
            new ConnectionRow { Id = connection, AccountId = account, Kind = "generic", Name = "shop" },
            new FunnelRow { Id = account, AccountId = account, Slug = "f", Name = "F", ConnectionId = connection, Draft = "{}" });
        Assert.Equal(["connections", "funnels"], (await NextAsync(2)).Order());

        await store.ReadAsync(db => db.Connections.ExecuteUpdateAsync(set => set.SetProperty(row => row.FeedCursor, "7"), Cancellation)); // tells nothing
        await store.ReadAsync(db => db.Funnels.ExecuteUpdateAsync(set => set.SetProperty(row => row.Draft, "{ }"), Cancellation)); // nor this
        await store.ReadAsync(db => db.Accounts.ExecuteUpdateAsync(set => set.SetProperty(row => row.Settings, "{ }"), Cancellation));
        await store.ReadAsync(db => db.Funnels.ExecuteUpdateAsync(set => set.SetProperty(row => row.PublishedVersion, 1), Cancellation));
        await store.ReadAsync(db => db.Connections.ExecuteUpdateAsync(set => set.SetProperty(row => row.HookTokenHash, new byte[] { 1 }), Cancellation));
        Assert.Equal(["accounts", "funnels", "connections"], await NextAsync(3));
        await stop.CancelAsync();
        await listening.ContinueWith(_ => { }, TaskScheduler.Default);

        async Task<List<string>> NextAsync(int count)
        {
            var tables = new List<string>();
            while (tables.Count < count)
            {
                var (table, of) = await told.Reader.ReadAsync(Cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(20), Cancellation);
                Assert.Equal(account, of);
                tables.Add(table);
            }

            return tables;
        }
    }
}
