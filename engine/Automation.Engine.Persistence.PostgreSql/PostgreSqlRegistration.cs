using Automation.Engine.Persistence.Backup;
using Automation.Engine.Persistence.Cluster;
using Automation.Engine.Persistence.Retention;
using Automation.Engine.Persistence.Steps;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Automation.Engine.Persistence.PostgreSql;

public static class PostgreSqlRegistration
{
    private static readonly TimeSpan PlainIdle = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The store on PostgreSQL 13 or later. Call <see cref="IStoreSetup.MigrateAsync"/> before use. Where no <see cref="TimeProvider"/> is
    /// registered yet, it becomes one that follows the database's clock.
    /// </summary>
    /// <param name="connectionString">
    /// As Npgsql takes it. The hot path has a pool of its own with prepared statements. Where it names no <c>Maximum Pool Size</c>, a node
    /// holds at most 24 + 16 connections and two more, so that two nodes fit into PostgreSQL's default of 100; work above that queues.
    /// </param>
    public static IServiceCollection AddPostgreSqlStore(this IServiceCollection services, string connectionString)
    {
        services.AddSingleton(provider => new DatabaseClock(provider.GetRequiredService<EngineDataSource>().Source, TimeProvider.System));
        services.TryAddSingleton<TimeProvider>(provider => provider.GetRequiredService<DatabaseClock>());
        services.AddSingleton(_ => new EngineDataSource(connectionString));
        services.AddDbContextFactory<PostgreSqlDbContext>(options => options.UseNpgsql(
            // Npgsql's own strategy would wrap what a lost connection throws in another exception; whoever can wait for the store waits by itself.
            PoolSize.AtMost(16, connectionString, PlainIdle).ConnectionString, npgsql => npgsql.ExecutionStrategy(dependencies => new NonRetryingExecutionStrategy(dependencies))));
        services.AddSingleton<IDbContextFactory<AutomationDbContext>, ContextFactory<PostgreSqlDbContext>>();
        services.AddSingleton<IMemberStore>(provider => new PostgreSqlMembers(provider.GetRequiredService<EngineDataSource>().Source));
        services.AddSingleton<IChangeSource>(provider => new PostgreSqlChanges(connectionString, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IStoreSetup, PostgreSqlStoreSetup>();
        services.AddSingleton<IRetentionStore, PostgreSqlRetention>();
        services.AddSingleton<IStoreBackup, PostgreSqlBackup>();
        services.AddSingleton<IEngineStore>(provider => new PostgreSqlEngineStore(
            provider.GetRequiredService<EngineDataSource>().Source, provider.GetRequiredService<IDbContextFactory<PostgreSqlDbContext>>(),
            provider.GetRequiredService<TimeProvider>()));
        return services;
    }
}
