using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Steps;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;

namespace Automation.Engine.Persistence.PostgreSql;

/// <summary>Accepts a batch of hooks: one round trip locks and reads, one writes.</summary>
internal sealed class PostgreSqlAccept(IModel model)
{
    // Known mailboxes are locked first, new ones inserted last, both in the order of the key: two batches never wait for each other crosswise.
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

    private const string MakeMailboxes = $$"""
        INSERT INTO mailboxes ({{EngineSql.MailboxColumns}}, last_number, last_transition_key, last_transition_at, updated_at, done_number, epoch, state, open)
        SELECT u.*, 0, 0, '{}', true FROM unnest({{MailboxArrays.Unnest}}, $5::bigint[], $6::text[], $7::timestamptz[], $8::timestamptz[]) AS u
        """;

    private const string WriteMailboxes = $"""
        UPDATE mailboxes AS m SET last_number = u.n, last_transition_key = u.k, last_transition_at = u.at, updated_at = u.now
        FROM unnest({MailboxArrays.Unnest}, $5::bigint[], $6::text[], $7::timestamptz[], $8::timestamptz[]) AS u(a, c, t, i, n, k, at, now)
        WHERE {MailboxArrays.Match}
        """;

    private const string Stands = "SELECT EXISTS (SELECT 1 FROM events WHERE id = ANY($1)) OR EXISTS (SELECT 1 FROM hooks WHERE id = ANY($2))";

    private readonly BulkTable<HookRow> hooks = new(model);
    private readonly BulkTable<EventRow> events = new(model);

    public async Task<Written<IReadOnlyList<AcceptResult>>> RunAsync(NpgsqlTransaction transaction, IReadOnlyList<AcceptItem> items, CancellationToken cancellationToken)
    {
        var mailboxes = new Dictionary<MailboxKey, MailboxCursor>();
        var known = new Dictionary<DedupKey, KnownEvent>();
        var id = await ReadAsync(transaction, items, mailboxes, known, cancellationToken);
        var plan = new AcceptPlanner(known, mailboxes).Plan(items);
        return new(plan.Results, id, plan.HasWrites ? Writes(transaction, plan) : null, () => new(Stands, plan.Events.Select(row => row.Id).ToArray(), plan.Hooks.Select(row => row.Id).ToArray()));
    }

    /// <returns>The transaction's id.</returns>
    private static async Task<string> ReadAsync(
        NpgsqlTransaction transaction, IReadOnlyList<AcceptItem> items,
        Dictionary<MailboxKey, MailboxCursor> mailboxes, Dictionary<DedupKey, KnownEvent> known, CancellationToken cancellationToken)
    {
        var keys = AcceptPlanner.MailboxesOf(items);
        var windowed = AcceptPlanner.MailboxesOf(items, e => e.Event.DedupWithinWindow);
        var arrays = MailboxArrays.Of(keys);

        await using var batch = new NpgsqlBatch(transaction.Connection, transaction);
        batch.Add(Batches.TransactionId);
        batch.Add(LockMailboxes, arrays);
        var dedup = AcceptPlanner.KeysOf(items);
        batch.Add(FindKeys, dedup.Select(k => k.Account).ToArray(), dedup.Select(k => k.Connection).ToArray(), dedup.Select(k => k.Key).ToArray());
        if (windowed.Count > 0) batch.Add(FindTransitions, MailboxArrays.Of(windowed));

        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var id = reader.GetString(0);
        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) ReadCursor(reader, mailboxes);
        while (await reader.NextResultAsync(cancellationToken))
            while (await reader.ReadAsync(cancellationToken))
                known[new(reader.GetGuid(0), reader.GetGuid(1), reader.GetString(2))] = new(reader.GetGuid(3), reader.IsDBNull(4) ? null : reader.GetString(4));
        foreach (var key in keys)
            if (!mailboxes.ContainsKey(key)) mailboxes.Add(key, MailboxCursor.ForNew(key));
        return id;
    }

    private static void ReadCursor(NpgsqlDataReader row, Dictionary<MailboxKey, MailboxCursor> mailboxes)
    {
        var key = MailboxArrays.Read(row);
        mailboxes.Add(key, new(key, true, row.GetInt64(4), row.GetInt64(5),
            row.IsDBNull(6) ? null : row.GetString(6), row.IsDBNull(7) ? null : row.GetFieldValue<DateTimeOffset>(7)));
    }

    private NpgsqlBatch Writes(NpgsqlTransaction transaction, AcceptPlan plan)
    {
        var batch = new NpgsqlBatch(transaction.Connection, transaction);
        Add(batch, WriteMailboxes, [.. plan.Mailboxes.Where(mailbox => mailbox.Exists)]);
        Add(batch, MakeMailboxes, [.. plan.Mailboxes.Where(mailbox => !mailbox.Exists).OrderBy(mailbox => mailbox.Key, MailboxOrder.Instance)]);
        hooks.Insert(batch, plan.Hooks);
        events.Insert(batch, plan.Events);
        return batch;
    }

    private static void Add(NpgsqlBatch batch, string sql, List<MailboxCursor> mailboxes)
    {
        if (mailboxes.Count == 0) return;
        batch.Add(sql,
        [
            .. MailboxArrays.Of([.. mailboxes.Select(m => m.Key)]),
            mailboxes.Select(m => m.LastNumber).ToArray(), mailboxes.Select(m => m.LastTransitionKey).ToArray(),
            mailboxes.Select(m => m.LastTransitionAt).ToArray(), mailboxes.Select(m => m.UpdatedAt).ToArray(),
        ]);
    }
}
