using System.IO.Compression;
using Automation.Engine.Accounts;
using Automation.Engine.Persistence.Backup;
using Automation.Engine.Persistence.Cluster;
using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Newtonsoft.Json;
using Npgsql;

namespace Automation.Engine.Persistence.PostgreSql;

/// <summary>All tables in one snapshot, each as the database's own COPY writes it (docs/adr/0013). No program of the database's is needed.</summary>
internal sealed class PostgreSqlBackup(IDbContextFactory<PostgreSqlDbContext> contexts, IIdSource ids) : IStoreBackup
{
    public string Extension => ".zip";

    public async Task<DateTimeOffset> WriteAsync(string file, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        if (await SchemaCheck.IsBehindAsync(db, cancellationToken)) throw new BackupException("The database is of an earlier release; start this one once before.");
        var connection = await OpenAsync(db, cancellationToken);
        // Before the snapshot: nothing that it holds can be missing from it.
        var taken = await AskAsync<DateTime>(connection, "SELECT clock_timestamp()", cancellationToken);
        await using var snapshot = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        var manifest = new BackupManifest(1, new(taken, TimeSpan.Zero), (await db.Database.GetAppliedMigrationsAsync(cancellationToken)).Last(), Tables(db));
        await BackupFile.WriteAsync(file, async part =>
        {
            await using var target = BackupFile.Create(part);
            using var archive = new ZipArchive(target, ZipArchiveMode.Create);
            await using (var head = new StreamWriter(await archive.CreateEntry(BackupManifest.Entry).OpenAsync(cancellationToken))) await head.WriteAsync(manifest.ToJson());
            foreach (var table in manifest.Tables)
            {
                await using var entry = await archive.CreateEntry(table.Entry, CompressionLevel.Fastest).OpenAsync(cancellationToken);
                await using var rows = await connection.BeginRawBinaryCopyAsync($"COPY (SELECT {table.ColumnList} FROM {BackupTable.Quoted(table.Name)}) TO STDOUT (FORMAT binary)", cancellationToken);
                await rows.CopyToAsync(entry, cancellationToken);
            }
        });
        return manifest.TakenAt;
    }

    public async Task<DateTimeOffset> RestoreAsync(string file, CancellationToken cancellationToken)
    {
        if (!File.Exists(file)) throw new BackupException($"There is no file {file}.");
        try
        {
            using var archive = await ZipFile.OpenReadAsync(file, cancellationToken);
            using var head = new StreamReader(await Entry(archive, BackupManifest.Entry).OpenAsync(cancellationToken));
            var manifest = BackupManifest.FromJson(await head.ReadToEndAsync(cancellationToken));
            await using var db = await contexts.CreateDbContextAsync(cancellationToken);
            await MakeSchemaAsync(db, manifest, cancellationToken);
            await FillAsync(db, manifest, archive, cancellationToken);
            return manifest.TakenAt;
        }
        catch (Exception e) when (e is InvalidDataException or JsonException)
        {
            throw new BackupException($"{file} is no backup of a PostgreSQL installation, or it is damaged: {e.Message}", e);
        }
    }

    /// <summary>The schema of the copy; the server brings it up to date when it starts.</summary>
    private static async Task MakeSchemaAsync(PostgreSqlDbContext db, BackupManifest manifest, CancellationToken cancellationToken)
    {
        if (!db.Database.GetMigrations().Contains(manifest.Migration))
            throw new StartRefusedException("schema_newer_than_app", $"the backup has the schema {manifest.Migration}, which this release does not know; use the release that wrote it, or a later one.");
        var applied = (await db.Database.GetAppliedMigrationsAsync(cancellationToken)).ToList();
        // Left by a restore that was killed: the schema is there, and nothing in it.
        if (applied.Count > 0 && (applied.Exists(id => string.CompareOrdinal(id, manifest.Migration) > 0) || await db.Accounts.AnyAsync(cancellationToken)))
            throw new BackupException("The database is not empty: an installation is never written over. Make a new database and name it with --postgres.");
        await db.GetService<IMigrator>().MigrateAsync(manifest.Migration, cancellationToken);
    }

    private async Task FillAsync(PostgreSqlDbContext db, BackupManifest manifest, ZipArchive archive, CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(db, cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        foreach (var table in manifest.Tables)
        {
            await using var entry = await Entry(archive, table.Entry).OpenAsync(cancellationToken);
            await using var rows = await connection.BeginRawBinaryCopyAsync($"COPY {BackupTable.Quoted(table.Name)} ({table.ColumnList}) FROM STDIN (FORMAT binary)", cancellationToken);
            await entry.CopyToAsync(rows, cancellationToken);
        }

        await using (var mark = new NpgsqlCommand("INSERT INTO restores (id, taken_at) VALUES ($1, $2)", connection, transaction) { Parameters = { new() { Value = ids.NewId() }, new() { Value = manifest.TakenAt.ToUniversalTime() } } })
            await mark.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await using var analyze = new NpgsqlCommand("ANALYZE", connection) { CommandTimeout = 0 };
        await analyze.ExecuteNonQueryAsync(cancellationToken);
    }

    private static ZipArchiveEntry Entry(ZipArchive archive, string name) => archive.GetEntry(name) ?? throw new InvalidDataException($"{name} is missing");

    // Who lives in the cluster is no part of what is kept.
    private static List<BackupTable> Tables(PostgreSqlDbContext db) =>
    [
        .. db.Model.GetEntityTypes().Where(entity => entity.ClrType != typeof(MemberRow) && entity.ClrType != typeof(MemberVersionRow))
            .Select(entity => new BackupTable(entity.GetTableName()!, [.. entity.GetProperties().Select(property => property.GetColumnName())])),
    ];

    private static async Task<NpgsqlConnection> OpenAsync(PostgreSqlDbContext db, CancellationToken cancellationToken)
    {
        await db.Database.OpenConnectionAsync(cancellationToken);
        return (NpgsqlConnection)db.Database.GetDbConnection();
    }

    private static async Task<T> AskAsync<T>(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
