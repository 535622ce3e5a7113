using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Steps;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Automation.Engine.Persistence.PostgreSql;

/// <summary>The store for one node or many. Accept and commit take two round trips each: read under locks, then write and COMMIT.</summary>
public sealed class PostgreSqlEngineStore : IEngineStore
{
    private readonly NpgsqlDataSource source;
    private readonly PostgreSqlTransactions transactions;
    private readonly PostgreSqlAccept accept;
    private readonly PostgreSqlCommit commit;
    private readonly PostgreSqlLoad load;
    private readonly BulkTable<TimerRow> timers;

    /// <param name="clock">Paces the look-up of a lost commit.</param>
    public PostgreSqlEngineStore(NpgsqlDataSource source, IDbContextFactory<PostgreSqlDbContext> contexts, TimeProvider clock)
    {
        using var db = contexts.CreateDbContext();
        this.source = source;
        transactions = new(source, clock);
        accept = new(db.Model);
        commit = new(db.Model);
        load = new(source, db.Model);
        timers = new(db.Model);
    }

    public Task<IReadOnlyList<AcceptResult>> AcceptAsync(IReadOnlyList<AcceptItem> items, CancellationToken cancellationToken) =>
        transactions.RunAsync(transaction => accept.RunAsync(transaction, items, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<bool>> CommitAsync(IReadOnlyList<StepCommit> steps, CancellationToken cancellationToken) =>
        transactions.RunAsync(transaction => commit.RunAsync(transaction, steps, cancellationToken), cancellationToken);

    public Task<MailboxSnapshot?> LoadAsync(MailboxKey key, CancellationToken cancellationToken) => load.OneAsync(key, cancellationToken);

    public async Task<IReadOnlyList<TimerRow>> ReadDueTimersAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        await using var batch = source.CreateBatch();
        batch.Add(timers.Select("WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2"), now.ToUniversalTime(), limit);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        return await timers.ReadAllAsync(reader, cancellationToken);
    }

    public async Task<IReadOnlyList<MailboxKey>> FindUnfinishedAsync(DateTimeOffset now, MailboxKey? after, int limit, CancellationToken cancellationToken)
    {
        var sql = Numbered(EngineSql.FindUnfinished(after is not null))
            .Replace("@account", "$3").Replace("@connection", "$4").Replace("@type", "$5").Replace("@id", "$6");
        await using var batch = source.CreateBatch();
        if (after is null) batch.Add(sql, limit, now.ToUniversalTime());
        else batch.Add(sql, limit, now.ToUniversalTime(), after.Account.Value, after.Connection.Value, after.EntityType, after.EntityId);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var keys = new List<MailboxKey>();
        while (await reader.ReadAsync(cancellationToken)) keys.Add(MailboxArrays.Read(reader));
        return keys;
    }

    private static string Numbered(string sql) => sql.Replace("@limit", "$1").Replace("@now", "$2");
}
