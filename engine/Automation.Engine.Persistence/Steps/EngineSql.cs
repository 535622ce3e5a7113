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
}
