using Automation.Engine.Persistence.Steps;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace Automation.Engine.Persistence.PostgreSql;

public static class PostgreSqlRegistration
{
    /// <summary>The store on PostgreSQL 13 or later. Call <see cref="IStoreSetup.MigrateAsync"/> before use.</summary>
    /// <param name="connectionString">As Npgsql takes it; statements are prepared after their second use unless it says otherwise.</param>
    public static IServiceCollection AddPostgreSqlStore(this IServiceCollection services, string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        if (settings.MaxAutoPrepare == 0) (settings.MaxAutoPrepare, settings.AutoPrepareMinUsages) = (100, 2);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(_ => NpgsqlDataSource.Create(settings));
        services.AddDbContextFactory<PostgreSqlDbContext>((provider, options) => options.UseNpgsql(provider.GetRequiredService<NpgsqlDataSource>()));
        services.AddSingleton<IDbContextFactory<AutomationDbContext>, ContextFactory<PostgreSqlDbContext>>();
        services.AddSingleton<IStoreSetup, PostgreSqlStoreSetup>();
        services.AddSingleton<IEngineStore, PostgreSqlEngineStore>();
        return services;
    }
}
