using Automation.Engine.Persistence.PostgreSql;
using Automation.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Automation.Persistence.Tests;

public static class PostgreSqlTestStores
{
    private static readonly Lazy<Task<string>> Template = new(MakeTemplateAsync);

    /// <summary>An up-to-date, empty database of its own; the test is skipped where there is no server.</summary>
    public static async Task<TestStore> OpenAsync() => Open(await CreateAsync());

    public static async Task<string> CreateAsync()
    {
        Assert.SkipWhen(PostgresServer.Shared is null, PostgresServer.WhyNot);
        return await PostgresServer.Shared!.CreateDatabaseAsync(TestContext.Current.CancellationToken, await Template.Value);
    }

    public static async Task<TestStore> OpenEmptyAsync()
    {
        Assert.SkipWhen(PostgresServer.Shared is null, PostgresServer.WhyNot);
        return Open(await PostgresServer.Shared!.CreateDatabaseAsync(TestContext.Current.CancellationToken));
    }

    public static TestStore Open(string connectionString) =>
        new(new ServiceCollection().AddPostgreSqlStore(new NpgsqlConnectionStringBuilder(connectionString) { MaxPoolSize = 8 }.ConnectionString).BuildServiceProvider(), null);

    private static async Task<string> MakeTemplateAsync()
    {
        var template = await PostgresServer.Shared!.CreateDatabaseAsync(CancellationToken.None);
        await using (var store = Open(template)) await store.Setup.MigrateAsync(CancellationToken.None);
        return new NpgsqlConnectionStringBuilder(template).Database!;
    }
}
