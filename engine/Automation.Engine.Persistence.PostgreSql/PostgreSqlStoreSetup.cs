using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Persistence.PostgreSql;

/// <summary>Migrates the database. Nodes that start together wait for each other on EF's lock, which dies with its connection.</summary>
internal sealed class PostgreSqlStoreSetup(IDbContextFactory<PostgreSqlDbContext> contexts, DatabaseClock clock) : IStoreSetup
{
    private const long Door = 7_231_904_110_563;

    // A journal of millions of rows is read once when it changes its form, and other nodes wait meanwhile.
    private const int Unlimited = 0;

    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        db.Database.SetCommandTimeout(Unlimited);
        if (await SchemaCheck.IsBehindAsync(db, cancellationToken)) await db.Database.MigrateAsync(cancellationToken);
        await clock.FollowAsync(cancellationToken);
    }

    public async Task<IAsyncDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        var db = await contexts.CreateDbContextAsync(cancellationToken);
        try
        {
            db.Database.SetCommandTimeout(Unlimited);
            // Held by the transaction, which ends with the connection.
            await db.Database.BeginTransactionAsync(cancellationToken);
            // It does nothing while this node prepares the database, and a node that is paused in it holds the others up no longer than that.
            await db.Database.ExecuteSqlRawAsync("SET LOCAL idle_in_transaction_session_timeout = '2min'", cancellationToken);
            await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({Door})", cancellationToken);
            return db;
        }
        catch
        {
            await db.DisposeAsync();
            throw;
        }
    }
}
