using Automation.Engine.Accounts;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Steps;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;

namespace Automation.Engine.Persistence.PostgreSql;

/// <summary>Reads mailboxes with what is open in them: those that are asked for at the same moment in one round trip and one snapshot.</summary>
#pragma warning disable CA1001 // The groups hold nothing to let go of: their loops wait, and go with the store.
internal sealed class PostgreSqlLoad
#pragma warning restore CA1001
{
    private const string Asked = $"JOIN unnest({MailboxArrays.Unnest}) AS u(a, c, t, i) ON account_id = u.a AND connection_id = u.c AND entity_type = u.t AND entity_id = u.i";
    private readonly NpgsqlDataSource source;
    private readonly BulkTable<MailboxRow> mailboxes;
    private readonly BulkTable<EventRow> events;
    private readonly BulkTable<RunRow> runs;
    private readonly BulkTable<EffectRow> effects;
    private readonly BulkTable<TimerRow> timers;
    private readonly GroupCommitter<MailboxKey, MailboxSnapshot?> groups;

    public PostgreSqlLoad(NpgsqlDataSource source, IModel model)
    {
        this.source = source;
        (mailboxes, events, runs, effects, timers) = (new(model), new(model), new(model), new(model), new(model));
        groups = new(ReadAsync, new() { MaxBatch = 128, Loops = 2 });
    }

    /// <returns>Null when there is no such mailbox.</returns>
    public Task<MailboxSnapshot?> OneAsync(MailboxKey key, CancellationToken cancellationToken) => groups.AddAsync(key, cancellationToken);

    private async Task<IReadOnlyList<MailboxSnapshot?>> ReadAsync(IReadOnlyList<MailboxKey> keys, CancellationToken cancellationToken)
    {
        var arrays = MailboxArrays.Of([.. keys.Distinct()]);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        batch.Add("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY");
        batch.Add(mailboxes.Select(Asked), arrays);
        batch.Add(events.Select($"{Asked} WHERE status = 0 ORDER BY number"), arrays);
        batch.Add(runs.Select($"{Asked} WHERE {EngineSql.RunOpen} ORDER BY id"), arrays);
        batch.Add(effects.Select($"{Asked} WHERE {EngineSql.EffectUnfinished} ORDER BY planned_at, position, key"), arrays);
        batch.Add(timers.Select($"{Asked} ORDER BY due_at, id"), arrays);
        batch.Add("COMMIT");
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var rows = (await mailboxes.ReadAllAsync(reader, cancellationToken)).ToDictionary(KeyOf);
        var waiting = await NextAsync(events, reader, cancellationToken);
        var open = await NextAsync(runs, reader, cancellationToken);
        var unfinished = await NextAsync(effects, reader, cancellationToken);
        var armed = await NextAsync(timers, reader, cancellationToken);
        return [.. keys.Select(key => rows.TryGetValue(key, out var row)
            ? new MailboxSnapshot(row, [.. waiting[key].Select(StoredEvents.From)], [.. open[key]], [.. unfinished[key]], [.. armed[key]])
            : null)];
    }

    private static async Task<ILookup<MailboxKey, TRow>> NextAsync<TRow>(BulkTable<TRow> table, NpgsqlDataReader reader, CancellationToken cancellationToken) where TRow : MailboxScoped
    {
        await reader.NextResultAsync(cancellationToken);
        return (await table.ReadAllAsync(reader, cancellationToken)).ToLookup(KeyOf);
    }

    private static MailboxKey KeyOf(MailboxScoped row) => new(new AccountId(row.AccountId), new ConnectionId(row.ConnectionId), row.EntityType, row.EntityId);
}
