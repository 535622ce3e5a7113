using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Persistence.PostgreSql;

/// <summary>Migrates the database. Nodes that start together wait for each other on EF's lock, which dies with its connection.</summary>
internal sealed class PostgreSqlStoreSetup(IDbContextFactory<PostgreSqlDbContext> contexts, DatabaseClock clock) : IStoreSetup
{
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        if (await SchemaCheck.IsBehindAsync(db, cancellationToken)) await db.Database.MigrateAsync(cancellationToken);
        await clock.FollowAsync(cancellationToken);
    }
}
