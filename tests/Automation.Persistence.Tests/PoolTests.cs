using Automation.Engine.Persistence;
using Automation.Engine.Persistence.PostgreSql;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Automation.Persistence.Tests;

/// <summary>How the store on PostgreSQL connects.</summary>
public sealed class PoolTests
{
    [Theory]
    [InlineData("Host=localhost", 16)]
    [InlineData("Host=localhost;Maximum Pool Size=100", 100)]
    [InlineData("Host=localhost;Minimum Pool Size=20", 20)]
    public async Task Pool_IsSmall_WhereTheOperatorNamesNoSize(string connection, int size)
    {
        await using var services = new ServiceCollection().AddPostgreSqlStore(connection).BuildServiceProvider();
        await using var context = await services.GetRequiredService<IDbContextFactory<AutomationDbContext>>().CreateDbContextAsync(TestContext.Current.CancellationToken);
        Assert.Equal(size, new NpgsqlConnectionStringBuilder(context.Database.GetConnectionString()).MaxPoolSize);
    }

    [Fact]
    public async Task Query_DatabaseAway_ThrowsWhatCountsAsTheStoresFault()
    {
        await using var services = new ServiceCollection().AddPostgreSqlStore("Host=127.0.0.1;Port=1;Username=a;Database=a").BuildServiceProvider();
        await using var context = await services.GetRequiredService<IDbContextFactory<AutomationDbContext>>().CreateDbContextAsync(TestContext.Current.CancellationToken);
        var fault = await Assert.ThrowsAnyAsync<Exception>(() => context.Accounts.AnyAsync(TestContext.Current.CancellationToken));
        Assert.True(StoreFault.Is(fault), fault.GetType().Name);
    }
}
