using Automation.Engine.Accounts;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Steps;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Persistence.Sqlite;

/// <summary>The embedded store: one file, one writer, one transaction a call.</summary>
public sealed class SqliteEngineStore : IEngineStore, IDisposable
{
    private const string Mailbox = "account_id = @p0 AND connection_id = @p1 AND entity_type = @p2 AND entity_id = @p3";
    private readonly SqliteWriter writer;
    private readonly SqliteReaders readers;
    internal SqliteWriter Writer => writer;

    internal SqliteReaders Readers => readers;

    private readonly SqliteAccept accept;
    private readonly SqliteCommit commit;
    private readonly SqliteTable<MailboxRow> mailboxes;
    private readonly SqliteTable<EventRow> events;
    private readonly SqliteTable<RunRow> runs;
    private readonly SqliteTable<EffectRow> effects;
    private readonly SqliteTable<TimerRow> timers;

    public SqliteEngineStore(IDbContextFactory<SqliteDbContext> contexts)
    {
        using var db = contexts.CreateDbContext();
        // Not pooled: a reader's or the writer's prepared statements live as long as this store.
        var connection = new SqliteConnectionStringBuilder(db.Database.GetConnectionString()) { Pooling = false }.ConnectionString;
        writer = new(connection);
        readers = new(connection);
        accept = new(db.Model);
        commit = new(db.Model);
        mailboxes = new(db.Model);
        events = new(db.Model);
        runs = new(db.Model);
        effects = new(db.Model);
        timers = new(db.Model);
    }

    public Task<IReadOnlyList<AcceptResult>> AcceptAsync(IReadOnlyList<AcceptItem> items, CancellationToken cancellationToken) =>
        writer.WriteAsync(session => accept.Run(session, items), cancellationToken);

    public Task<IReadOnlyList<bool>> CommitAsync(IReadOnlyList<StepCommit> steps, CancellationToken cancellationToken) =>
        writer.WriteAsync<IReadOnlyList<bool>>(session => [.. steps.Select(step => commit.Run(session, step))], cancellationToken);

    public Task<MailboxSnapshot?> LoadAsync(MailboxKey key, CancellationToken cancellationToken) =>
        Task.FromResult(readers.Read(session => Load(session, key)));

    public Task<IReadOnlyList<TimerRow>> ReadDueTimersAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<TimerRow>>(readers.Read(session => timers.Read(session, "WHERE due_at <= @p0 ORDER BY due_at, id LIMIT @p1", now, limit)));

    public Task<IReadOnlyList<MailboxKey>> FindUnfinishedAsync(DateTimeOffset now, MailboxKey? after, int limit, CancellationToken cancellationToken)
    {
        var sql = EngineSql.FindUnfinished(after is not null).Replace("@limit", "@p0").Replace("@now", "@p1")
            .Replace("@account", "@p2").Replace("@connection", "@p3").Replace("@type", "@p4").Replace("@id", "@p5");
        object?[] values = after is null ? [limit, now] : [limit, now, after.Account.Value, after.Connection.Value, after.EntityType, after.EntityId];
        return Task.FromResult<IReadOnlyList<MailboxKey>>(readers.Read(session => session.Query(sql, ReadKey, values)));
    }

    public void Dispose()
    {
        writer.Dispose();
        readers.Dispose();
    }

    private static MailboxKey ReadKey(SqliteDataReader row) => new(
        new AccountId(GuidBytesConverter.FromBytes(row.GetFieldValue<byte[]>(0))),
        new ConnectionId(GuidBytesConverter.FromBytes(row.GetFieldValue<byte[]>(1))), row.GetString(2), row.GetString(3));

    private MailboxSnapshot? Load(SqliteSession session, MailboxKey key)
    {
        object?[] values = [key.Account.Value, key.Connection.Value, key.EntityType, key.EntityId];
        if (mailboxes.Read(session, $"WHERE {Mailbox}", values) is not [var row]) return null;
        return new(
            row,
            [.. events.Read(session, $"WHERE {Mailbox} AND status = 0 ORDER BY number", values).Select(StoredEvents.From)],
            runs.Read(session, $"WHERE {Mailbox} AND {EngineSql.RunOpen} ORDER BY id", values),
            effects.Read(session, $"WHERE {Mailbox} AND {EngineSql.EffectUnfinished} ORDER BY planned_at, position, key", values),
            timers.Read(session, $"WHERE {Mailbox} ORDER BY due_at, id", values));
    }
}
