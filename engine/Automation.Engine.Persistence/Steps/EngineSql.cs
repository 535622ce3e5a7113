namespace Automation.Engine.Persistence.Steps;

/// <summary>Statements that both databases understand alike. Numbers are those of EventStatus, EffectState and RunStatus.</summary>
public static class EngineSql
{
    public const string MailboxColumns = "account_id, connection_id, entity_type, entity_id";

    /// <summary>States an effect leaves only by a try or a person: planned, sending, unknown.</summary>
    public const string EffectUnfinished = "state IN (0, 1, 4)";

    /// <summary>Running or suspended.</summary>
    public const string RunOpen = "status IN (0, 1)";

    /// <summary>A page of mailboxes to wake. Each branch is cut to the page before the union, so that both walk their index.</summary>
    public static string FindUnfinished(bool after) => $"""
        SELECT {MailboxColumns} FROM (
          SELECT * FROM (
            SELECT DISTINCT {MailboxColumns} FROM events
            WHERE status = 0{After(after)} ORDER BY {MailboxColumns} LIMIT @limit) AS waiting
          UNION
          SELECT * FROM (
            SELECT DISTINCT {MailboxColumns} FROM effects
            WHERE {EffectUnfinished} AND state <> 4 AND (next_try_at IS NULL OR next_try_at <= @now){After(after)} ORDER BY {MailboxColumns} LIMIT @limit) AS sending
        ) AS unfinished ORDER BY {MailboxColumns} LIMIT @limit
        """;

    private static string After(bool after) => after ? $" AND ({MailboxColumns}) > (@account, @connection, @type, @id)" : "";

    private const string FirstInMailbox = """
        status = 0 AND NOT EXISTS (
          SELECT 1 FROM events AS earlier
          WHERE earlier.account_id = events.account_id AND earlier.connection_id = events.connection_id
            AND earlier.entity_type = events.entity_type AND earlier.entity_id = events.entity_id
            AND earlier.status = 0 AND earlier.number < events.number)
        """;

    /// <summary>Work that began <c>@limit</c> times and never ended: its node is fenced off, the mailbox goes on behind it.</summary>
    public const string FencePoisoned = $"""
        UPDATE mailboxes SET epoch = epoch + 1, updated_at = @now,
          done_number = (
            SELECT min(events.number) FROM events
            WHERE events.account_id = mailboxes.account_id AND events.connection_id = mailboxes.connection_id
              AND events.entity_type = mailboxes.entity_type AND events.entity_id = mailboxes.entity_id AND events.status = 0)
        WHERE ({MailboxColumns}) IN (SELECT {MailboxColumns} FROM events WHERE tries >= @limit AND {FirstInMailbox})
        """;

    /// <summary>The events whose mailboxes <see cref="FencePoisoned"/> has fenced. Poison is told from the rest by <c>@limit</c>.</summary>
    public const string RaiseTries = $"""
        UPDATE events SET
          tries = CASE WHEN tries >= @limit THEN tries ELSE tries + 1 END,
          status = CASE WHEN tries >= @limit THEN 2 ELSE 0 END,
          error_code = CASE WHEN tries >= @limit THEN 'poison_crash' ELSE error_code END,
          error_message = CASE WHEN tries >= @limit THEN 'The process died while it worked on this event.' ELSE error_message END,
          processed_at = CASE WHEN tries >= @limit THEN @now ELSE processed_at END
        WHERE {FirstInMailbox}
        RETURNING status
        """;
}
