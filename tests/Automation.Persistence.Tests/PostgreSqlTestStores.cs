using System.Collections.Concurrent;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.PostgreSql;
using Automation.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Automation.Persistence.Tests;

public static class PostgreSqlTestStores
{
    private static readonly ConcurrentBag<string> Free = [];

    /// <summary>An up-to-date, empty database of its own; the test is skipped where there is no server.</summary>
    public static async Task<TestStore> OpenAsync()
    {
        var database = await TakeAsync();
        return new(Services(database), new Return(database));
    }

    /// <summary>An up-to-date, empty database; give it back with <see cref="GiveBack"/>.</summary>
    public static async Task<string> TakeAsync()
    {
        Assert.SkipWhen(PostgresServer.Shared is null, PostgresServer.WhyNot);
        var isUsed = Free.TryTake(out var database);
        database ??= await PostgresServer.Shared!.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        await using var store = Open(database);
        if (isUsed) await store.ReadAsync(db => db.Database.ExecuteSqlRawAsync(EmptyAll(db)));
        else await store.Setup.MigrateAsync(TestContext.Current.CancellationToken);
        return database;
    }

    public static void GiveBack(string database) => Free.Add(database);

    public static async Task<TestStore> OpenEmptyAsync()
    {
        Assert.SkipWhen(PostgresServer.Shared is null, PostgresServer.WhyNot);
        return Open(await PostgresServer.Shared!.CreateDatabaseAsync(TestContext.Current.CancellationToken));
    }

    public static TestStore Open(string database) => new(Services(database), null);

    private static ServiceProvider Services(string database) =>
        new ServiceCollection().AddPostgreSqlStore(new NpgsqlConnectionStringBuilder(database) { MaxPoolSize = 8 }.ConnectionString).AddPersistence(Path.GetTempPath(), null).BuildServiceProvider();

    private static string EmptyAll(AutomationDbContext db) =>
        string.Concat(db.Model.GetEntityTypes().Select(entity => $"DELETE FROM {entity.GetTableName()};"));

    private sealed class Return(string database) : IDisposable
    {
        public void Dispose() => GiveBack(database);
    }
}
