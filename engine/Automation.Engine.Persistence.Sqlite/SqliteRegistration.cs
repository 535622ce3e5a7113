using Automation.Engine.Persistence.Backup;
using Automation.Engine.Persistence.Retention;
using Automation.Engine.Persistence.Steps;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Automation.Engine.Persistence.Sqlite;

public static class SqliteRegistration
{
    /// <summary>The embedded store in one file; its folder is made when absent. Call <see cref="IStoreSetup.MigrateAsync"/> before use.</summary>
    public static IServiceCollection AddSqliteStore(this IServiceCollection services, string path)
    {
        var connection = new SqliteConnectionStringBuilder { DataSource = path, ForeignKeys = false }.ConnectionString;
        services.AddDbContextFactory<SqliteDbContext>(options => options.UseSqlite(connection).AddInterceptors(new SqlitePragmas()));
        services.AddSingleton<IDbContextFactory<AutomationDbContext>, ContextFactory<SqliteDbContext>>();
        services.AddSingleton<IStoreSetup, SqliteStoreSetup>();
        services.AddSingleton<IStoreBackup, SqliteBackup>();
        services.AddSingleton<SqliteEngineStore>();
        services.AddSingleton<IEngineStore>(provider => provider.GetRequiredService<SqliteEngineStore>());
        services.AddSingleton<IRetentionStore, SqliteRetention>();
        return services;
    }
}
