using Automation.Engine.Accounts;
using Automation.Engine.Persistence.Backup;
using Automation.Engine.Persistence.Model;
using Automation.Engine.Persistence.Rows;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Persistence.Sqlite;

/// <summary>A copy is a database file of its own, packed. It is read in one snapshot, which holds up neither readers nor the writer (WAL).</summary>
internal sealed class SqliteBackup(IDbContextFactory<SqliteDbContext> contexts, IIdSource ids, TimeProvider clock) : IStoreBackup
{
    public string Extension => ".db";

    public async Task<DateTimeOffset> WriteAsync(string file, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var source = new SqliteConnectionStringBuilder(db.Database.GetConnectionString()).DataSource;
        if (!File.Exists(source)) throw new BackupException($"There is no database at {source}; name its directory with --data.");
        if (await SchemaCheck.IsBehindAsync(db, cancellationToken)) throw new BackupException("The database is of an earlier release; start this one once before.");
        var taken = MicrosecondsConverter.Truncate(clock.GetUtcNow());
        await BackupFile.WriteAsync(file, async part =>
        {
            try
            {
                await db.Database.ExecuteSqlAsync($"VACUUM INTO {part}", cancellationToken);
                await MarkAsync(part, taken, cancellationToken);
            }
            catch (SqliteException e)
            {
                throw new BackupException($"The database could not be copied: {e.Message}", e);
            }
        });
        return taken;
    }

    public async Task<DateTimeOffset> RestoreAsync(string file, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var target = new SqliteConnectionStringBuilder(db.Database.GetConnectionString()).DataSource;
        string[] there = [target, target + "-wal", target + "-shm"];
        if (there.FirstOrDefault(File.Exists) is { } found)
            throw new BackupException($"{found} exists: an installation is never written over. Stop its server, move its files away, or name another directory with --data.");
        var taken = await CheckAsync(file, cancellationToken);
        await BackupFile.WriteAsync(target, async part =>
        {
            await using var copy = BackupFile.Create(part);
            await using var from = File.OpenRead(file);
            await from.CopyToAsync(copy, cancellationToken);
        });
        return taken;
    }

    /// <summary>Who copies the file by hand is known at the start, too.</summary>
    private async Task MarkAsync(string copy, DateTimeOffset taken, CancellationToken cancellationToken)
    {
        await using var db = Open(copy, SqliteOpenMode.ReadWrite);
        db.Restores.Add(new RestoreRow { Id = ids.NewId(), TakenAt = taken });
        await db.SaveChangesAsync(cancellationToken);
    }

    private static async Task<DateTimeOffset> CheckAsync(string file, CancellationToken cancellationToken)
    {
        if (!File.Exists(file)) throw new BackupException($"There is no file {file}.");
        try
        {
            await using var db = Open(file, SqliteOpenMode.ReadOnly);
            var answer = await db.Database.SqlQuery<string>($"PRAGMA quick_check").ToListAsync(cancellationToken);
            if (answer is not ["ok"]) throw new BackupException($"{file} is damaged: {answer.FirstOrDefault()}. Take another backup.");
            await SchemaCheck.IsBehindAsync(db, cancellationToken);
            return (await db.Restores.FirstOrDefaultAsync(row => row.StartedAt == null, cancellationToken))?.TakenAt
                ?? throw new BackupException($"{file} is a database, but no backup: a server has worked on it.");
        }
        catch (SqliteException e)
        {
            throw new BackupException($"{file} is no backup of an embedded database: {e.Message}", e);
        }
    }

    // No pool: the file is moved afterwards.
    private static SqliteDbContext Open(string file, SqliteOpenMode mode) => new(
        new DbContextOptionsBuilder<SqliteDbContext>().UseSqlite(new SqliteConnectionStringBuilder { DataSource = file, Mode = mode, Pooling = false, ForeignKeys = false }.ConnectionString).Options);
}
