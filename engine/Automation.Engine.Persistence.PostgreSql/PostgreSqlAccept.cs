using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Steps;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;

namespace Automation.Engine.Persistence.PostgreSql;

/// <summary>Accepts a batch of hooks: one round trip locks and reads, one writes.</summary>
internal sealed class PostgreSqlAccept(IModel model)
{
    // New rows first, then locks, both in the order of the key: two batches never wait for each other crosswise.
    private const string MakeMailboxes = $$"""
        INSERT INTO mailboxes ({{EngineSql.MailboxColumns}}, last_number, done_number, epoch, state, open, updated_at)
        SELECT u.a, u.c, u.t, u.i, 0, 0, 0, '{}', true, $5 FROM unnest({{MailboxArrays.Unnest}}) AS u(a, c, t, i)
        ORDER BY u.a, u.c, u.t COLLATE "C", u.i COLLATE "C"
        ON CONFLICT DO NOTHING
        """;

    private const string LockMailboxes = $"""
        SELECT m.account_id, m.connection_id, m.entity_type, m.entity_id, m.last_number, m.epoch, m.last_transition_key, m.last_transition_at
        FROM mailboxes AS m JOIN unnest({MailboxArrays.Unnest}) AS u(a, c, t, i) ON {MailboxArrays.Match}
        ORDER BY m.account_id, m.connection_id, m.entity_type, m.entity_id
        FOR NO KEY UPDATE OF m
        """;

    private const string FindKeys = """
        SELECT e.account_id, e.connection_id, e.dedup_key, e.id, e.body_hash
        FROM events AS e JOIN unnest($1::uuid[], $2::uuid[], $3::text[]) AS u(a, c, k)
          ON e.account_id = u.a AND e.connection_id = u.c AND e.dedup_key = u.k
        """;

    private const string FindTransitions = $"""
        SELECT e.account_id, e.connection_id, e.dedup_key, e.id, e.body_hash
        FROM unnest({MailboxArrays.Unnest}) AS u(a, c, t, i) JOIN mailboxes AS m ON {MailboxArrays.Match}
        JOIN events AS e ON e.account_id = m.account_id AND e.connection_id = m.connection_id AND e.dedup_key = m.last_transition_key
        """;

    private const string WriteMailboxes = $"""
        UPDATE mailboxes AS m SET last_number = u.n, last_transition_key = u.k, last_transition_at = u.at, updated_at = u.now
        FROM unnest({MailboxArrays.Unnest}, $5::bigint[], $6::text[], $7::timestamptz[], $8::timestamptz[]) AS u(a, c, t, i, n, k, at, now)
        WHERE {MailboxArrays.Match}
        """;

    private readonly BulkTable<HookRow> hooks = new(model);
    private readonly BulkTable<EventRow> events = new(model);

    public async Task<Written<IReadOnlyList<AcceptResult>>> RunAsync(NpgsqlTransaction transaction, IReadOnlyList<AcceptItem> items, CancellationToken cancellationToken)
    {
        var mailboxes = new Dictionary<MailboxKey, MailboxCursor>();
        var known = new Dictionary<DedupKey, KnownEvent>();
        await ReadAsync(transaction, items, mailboxes, known, cancellationToken);

        var plan = new AcceptPlanner(known, mailboxes).Plan(items);
        return new(plan.Results, plan.HasWrites ? await WriteAsync(transaction, plan, cancellationToken) : null);
    }

    private static async Task ReadAsync(
        NpgsqlTransaction transaction, IReadOnlyList<AcceptItem> items,
        Dictionary<MailboxKey, MailboxCursor> mailboxes, Dictionary<DedupKey, KnownEvent> known, CancellationToken cancellationToken)
    {
        var keys = AcceptPlanner.MailboxesOf(items);
        if (keys.Count == 0) return;
        var windowed = AcceptPlanner.MailboxesOf(items, e => e.Event.DedupWithinWindow);
        var arrays = MailboxArrays.Of(keys);

        await using var batch = new NpgsqlBatch(transaction.Connection, transaction);
        batch.Add(MakeMailboxes, [.. arrays, items[0].Now.ToUniversalTime()]);
        batch.Add(LockMailboxes, arrays);
        var dedup = AcceptPlanner.KeysOf(items);
        batch.Add(FindKeys, dedup.Select(k => k.Account).ToArray(), dedup.Select(k => k.Connection).ToArray(), dedup.Select(k => k.Key).ToArray());
        if (windowed.Count > 0) batch.Add(FindTransitions, MailboxArrays.Of(windowed));

        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) ReadCursor(reader, mailboxes);
        while (await reader.NextResultAsync(cancellationToken))
            while (await reader.ReadAsync(cancellationToken))
                known[new(reader.GetGuid(0), reader.GetGuid(1), reader.GetString(2))] = new(reader.GetGuid(3), reader.IsDBNull(4) ? null : reader.GetString(4));
    }

    private static void ReadCursor(NpgsqlDataReader row, Dictionary<MailboxKey, MailboxCursor> mailboxes)
    {
        var key = MailboxArrays.Read(row);
        mailboxes.Add(key, new(key, true, row.GetInt64(4), row.GetInt64(5),
            row.IsDBNull(6) ? null : row.GetString(6), row.IsDBNull(7) ? null : row.GetFieldValue<DateTimeOffset>(7)));
    }

    private async Task<string> WriteAsync(NpgsqlTransaction transaction, AcceptPlan plan, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(transaction.Connection, transaction);
        hooks.Insert(batch, plan.Hooks);
        events.Insert(batch, plan.Events);
        if (plan.Mailboxes.Count > 0)
            batch.Add(WriteMailboxes,
            [
                .. MailboxArrays.Of([.. plan.Mailboxes.Select(m => m.Key)]),
                plan.Mailboxes.Select(m => m.LastNumber).ToArray(), plan.Mailboxes.Select(m => m.LastTransitionKey).ToArray(),
                plan.Mailboxes.Select(m => m.LastTransitionAt).ToArray(), plan.Mailboxes.Select(m => m.UpdatedAt).ToArray(),
            ]);
        return await batch.WriteAsync(cancellationToken);
    }
}
