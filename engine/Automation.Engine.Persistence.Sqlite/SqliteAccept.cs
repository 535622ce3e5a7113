using Automation.Engine.Accounts;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence.Model;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Steps;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Automation.Engine.Persistence.Sqlite;

/// <summary>Accepts a batch of hooks within the writer's transaction.</summary>
internal sealed class SqliteAccept(IModel model)
{
    private const string Key = "account_id = @p0 AND connection_id = @p1";
    private readonly SqliteTable<HookRow> hooks = new(model);
    private readonly SqliteTable<EventRow> events = new(model);

    public IReadOnlyList<AcceptResult> Run(SqliteSession session, IReadOnlyList<AcceptItem> items)
    {
        var mailboxes = AcceptPlanner.MailboxesOf(items).ToDictionary(key => key, key => ReadCursor(session, key));
        var known = new Dictionary<DedupKey, KnownEvent>();
        foreach (var key in AcceptPlanner.KeysOf(items).Concat(TransitionKeys(mailboxes.Values)).Distinct()) Find(session, key, known);

        var plan = new AcceptPlanner(known, mailboxes).Plan(items);
        hooks.Insert(session, plan.Hooks);
        events.Insert(session, plan.Events);
        foreach (var mailbox in plan.Mailboxes) Write(session, mailbox);
        return plan.Results;
    }

    private static IEnumerable<DedupKey> TransitionKeys(IEnumerable<MailboxCursor> mailboxes) =>
        from mailbox in mailboxes
        where mailbox.LastTransitionKey is not null
        select new DedupKey(mailbox.Key.Account.Value, mailbox.Key.Connection.Value, mailbox.LastTransitionKey!);

    private static MailboxCursor ReadCursor(SqliteSession session, MailboxKey key) => session.Query(
        $"SELECT last_number, epoch, last_transition_key, last_transition_at FROM mailboxes WHERE {Key} AND entity_type = @p2 AND entity_id = @p3",
        row => new MailboxCursor(key, true, row.GetInt64(0), row.GetInt64(1),
            row.IsDBNull(2) ? null : row.GetString(2), row.IsDBNull(3) ? null : MicrosecondsConverter.FromMicroseconds(row.GetInt64(3))),
        key.Account.Value, key.Connection.Value, key.EntityType, key.EntityId).FirstOrDefault() ?? MailboxCursor.ForNew(key);

    private static void Find(SqliteSession session, DedupKey key, Dictionary<DedupKey, KnownEvent> known)
    {
        var found = session.Query(
            $"SELECT id, body_hash FROM events WHERE {Key} AND dedup_key = @p2",
            row => new KnownEvent(GuidBytesConverter.FromBytes(row.GetFieldValue<byte[]>(0)), row.IsDBNull(1) ? null : row.GetString(1)),
            key.Account, key.Connection, key.Key);
        if (found.Count > 0) known[key] = found[0];
    }

    private static void Write(SqliteSession session, MailboxCursor mailbox) => session.Execute(
        $$"""
        INSERT INTO mailboxes ({{EngineSql.MailboxColumns}}, last_number, done_number, epoch, state, open, last_transition_key, last_transition_at, updated_at)
        VALUES (@p0, @p1, @p2, @p3, @p4, 0, 0, '{}', 1, @p5, @p6, @p7)
        ON CONFLICT ({{EngineSql.MailboxColumns}}) DO UPDATE SET last_number = excluded.last_number,
          last_transition_key = excluded.last_transition_key, last_transition_at = excluded.last_transition_at, updated_at = excluded.updated_at
        """,
        mailbox.Key.Account.Value, mailbox.Key.Connection.Value, mailbox.Key.EntityType, mailbox.Key.EntityId,
        mailbox.LastNumber, mailbox.LastTransitionKey, mailbox.LastTransitionAt, mailbox.UpdatedAt);
}
