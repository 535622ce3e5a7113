using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Persistence.Sqlite;

/// <summary>Migrates the file. One process at a time, by a lock file that the system releases when the process dies.</summary>
internal sealed class SqliteStoreSetup(IDbContextFactory<SqliteDbContext> contexts) : IStoreSetup
{
    /// <summary>The file has one process: nobody waits.</summary>
    public Task<IAsyncDisposable> EnterAsync(CancellationToken cancellationToken) => Task.FromResult<IAsyncDisposable>(new MemoryStream());

    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var path = new SqliteConnectionStringBuilder(db.Database.GetConnectionString()).DataSource;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        if (!await SchemaCheck.IsBehindAsync(db, cancellationToken)) return;

        await using var gate = new FileStream(path + ".migrating", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        // EF's own lock is a row; after a kill it would be waited for without end.
        await db.Database.ExecuteSqlRawAsync("DROP TABLE IF EXISTS \"__EFMigrationsLock\"", cancellationToken);
        await db.Database.MigrateAsync(cancellationToken);
    }
}
