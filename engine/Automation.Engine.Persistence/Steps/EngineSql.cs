namespace Automation.Engine.Persistence.Steps;

/// <summary>Statements that both databases understand alike. Numbers are those of EventStatus, EffectState and RunStatus.</summary>
public static class EngineSql
{
    public const string MailboxColumns = "account_id, connection_id, entity_type, entity_id";

    /// <summary>States an effect leaves only by a try or a person: planned, sending, unknown.</summary>
    public const string EffectUnfinished = "state IN (0, 1, 4)";

    /// <summary>What follows an insert of effects: one that failed or was cancelled may go out again under its key (R9); any other stays as it is.</summary>
    public const string EffectAgain = """
        ON CONFLICT (key) DO UPDATE SET position = excluded.position, request = excluded.request, summary = excluded.summary,
          context_id = excluded.context_id, callback = excluded.callback, state = excluded.state, tries = excluded.tries, result = NULL, error_code = NULL,
          error_message = NULL, planned_at = excluded.planned_at, first_try_at = coalesce(effects.first_try_at, excluded.first_try_at), next_try_at = NULL, finished_at = NULL, deaths = 0
        WHERE effects.state IN (3, 5)
        """;

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
