using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Steps;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;

namespace Automation.Engine.Persistence.PostgreSql;

/// <summary>Everything that the taken steps of a wave change, in one batch.</summary>
internal sealed class StepWrites(IModel model)
{
    private const string EndEvents = """
        UPDATE events AS e SET status = u.status, error_code = u.code, error_message = u.message, state = u.state, tries = coalesce(u.tries, e.tries),
          processed_at = CASE WHEN u.status = 0 THEN NULL ELSE u.now END
        FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::int[]) AS u(id, status, code, message, state, now, tries)
        WHERE e.id = u.id
        """;

    private const string UpdateRuns = """
        UPDATE runs AS r SET status = u.status, state = u.state, meta = u.meta, name = u.name, correlation_id = u.correlation,
          incident_count = u.incidents, sequence = u.sequence, updated_at = u.updated, finished_at = u.finished,
          definition_version_id = u.definition, funnel_version = u.funnel
        FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::int[], $8::bigint[], $9::timestamptz[], $10::timestamptz[], $11::text[], $12::int[])
          AS u(id, status, state, meta, name, correlation, incidents, sequence, updated, finished, definition, funnel)
        WHERE r.id = u.id
        """;

    private const string EndEffects = """
        UPDATE effects AS f SET state = u.state, tries = u.tries, result = u.result, error_code = u.code, error_message = u.message, next_try_at = u.next, deaths = coalesce(u.deaths, f.deaths),
          first_try_at = CASE WHEN u.tries > 0 THEN coalesce(f.first_try_at, u.now) ELSE f.first_try_at END,
          finished_at = CASE WHEN u.state IN (2, 3, 5) THEN u.now ELSE NULL END
        FROM unnest($1::text[], $2::int[], $3::int[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::timestamptz[], $9::int[])
          AS u(key, state, tries, result, code, message, next, now, deaths)
        WHERE f.key = u.key
        """;

    private const string LockManagers = """
        SELECT 1 FROM managers AS m JOIN unnest($1::uuid[], $2::uuid[], $3::text[]) AS u(a, c, id)
          ON m.account_id = u.a AND m.connection_id = u.c AND m.user_id = u.id
        ORDER BY m.account_id, m.connection_id, m.user_id
        FOR NO KEY UPDATE OF m
        """;

    private const string TouchManagers = """
        UPDATE managers AS m SET last_assigned_at = greatest(m.last_assigned_at, u.at)
        FROM (SELECT a, c, id, max(at) AS at FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[]) AS x(a, c, id, at) GROUP BY a, c, id) AS u
        WHERE m.account_id = u.a AND m.connection_id = u.c AND m.user_id = u.id
        """;

    private readonly BulkTable<RunRow> runs = new(model);
    private readonly BulkTable<EffectRow> effects = new(model, EngineSql.EffectAgain);
    private readonly BulkTable<TimerRow> timers = new(model);
    private readonly BulkTable<BookmarkRow> bookmarks = new(model);
    private readonly BulkTable<JournalRow> journal = new(model);
    private readonly BulkTable<LinkRow> links = new(model, $"ON CONFLICT ({LinkKey}) DO UPDATE SET data = excluded.data, at = excluded.at");
    private readonly BulkTable<AssignmentRecord> assignments = new(model, "ON CONFLICT (account_id, key) DO NOTHING");

    private const string LinkKey = "account_id, relation, from_connection_id, from_entity_type, from_entity_id, to_connection_id, to_entity_type, to_entity_id";

    public void AddTo(NpgsqlBatch batch, IReadOnlyList<StepCommit> steps)
    {
        AddEvents(batch, [.. steps.SelectMany(step => step.Events, (step, end) => (end, Utc(step.Now)))]);
        runs.Insert(batch, [.. steps.SelectMany(step => step.NewRuns)]);
        AddRuns(batch, Last(steps.SelectMany(step => step.ChangedRuns), run => run.Id));
        effects.Insert(batch, [.. steps.SelectMany(step => step.NewEffects)]);
        AddEffects(batch, Last(steps.SelectMany(step => step.Effects, (step, end) => (end, Utc(step.Now))), x => x.end.Key));
        Delete(batch, "DELETE FROM timers WHERE id = ANY($1)", steps.SelectMany(step => step.RemovedTimers));
        AddTries(batch, [.. steps.SelectMany(step => step.TimerTries)]);
        timers.Insert(batch, [.. steps.SelectMany(step => step.NewTimers)]);
        Delete(batch, "DELETE FROM bookmarks WHERE run_id = ANY($1)", steps.SelectMany(step => step.ClearedBookmarkRuns));
        bookmarks.Insert(batch, [.. steps.SelectMany(step => step.NewBookmarks)]);
        journal.Insert(batch, [.. steps.SelectMany(step => step.Journal)]);
        // Sorted: links, assignments and managers are shared by mailboxes, so their locks need an order too.
        foreach (var step in steps)
            foreach (var link in step.Links) link.At = step.Now;
        links.Insert(batch, Last(steps.SelectMany(step => step.Links), LinkText));
        assignments.Insert(batch, [.. steps.SelectMany(step => step.Assignments).OrderBy(a => a.Key, StringComparer.Ordinal)]);
        TouchManagersOf(batch, [.. steps.SelectMany(step => step.Assignments)]);
    }

    private static DateTimeOffset Utc(DateTimeOffset time) => time.ToUniversalTime();

    private static string LinkText(LinkRow link) =>
        string.Join('\n', link.AccountId, link.Relation, link.FromConnectionId, link.FromEntityType, link.FromEntityId, link.ToConnectionId, link.ToEntityType, link.ToEntityId);

    // A statement takes a row once; of several changes the last counts.
    private static List<T> Last<T, TKey>(IEnumerable<T> changes, Func<T, TKey> key) where TKey : notnull =>
        [.. changes.GroupBy(key).OrderBy(group => group.Key).Select(group => group.Last())];

    private static void Delete(NpgsqlBatch batch, string sql, IEnumerable<Guid> ids)
    {
        var all = ids.ToArray();
        if (all.Length > 0) batch.Add(sql, all);
    }

    private static void AddTries(NpgsqlBatch batch, List<TimerTry> tries)
    {
        if (tries.Count == 0) return;
        batch.Add(
            "UPDATE timers AS t SET tries = u.tries FROM unnest($1::uuid[], $2::int[]) AS u(id, tries) WHERE t.id = u.id",
            tries.Select(x => x.Id).ToArray(), tries.Select(x => x.Tries).ToArray());
    }

    private static void AddEvents(NpgsqlBatch batch, List<(EventChange End, DateTimeOffset Now)> ends)
    {
        if (ends.Count == 0) return;
        batch.Add(EndEvents,
            ends.Select(x => x.End.Id).ToArray(), ends.Select(x => (int)x.End.Status).ToArray(), ends.Select(x => x.End.ErrorCode).ToArray(),
            ends.Select(x => x.End.ErrorMessage).ToArray(), ends.Select(x => x.End.State).ToArray(), ends.Select(x => x.Now).ToArray(), ends.Select(x => x.End.Tries).ToArray());
    }

    private static void AddRuns(NpgsqlBatch batch, List<RunRow> changed)
    {
        if (changed.Count == 0) return;
        batch.Add(UpdateRuns,
            changed.Select(r => r.Id).ToArray(), changed.Select(r => r.Status).ToArray(), changed.Select(r => r.State).ToArray(),
            changed.Select(r => r.Meta).ToArray(), changed.Select(r => r.Name).ToArray(), changed.Select(r => r.CorrelationId).ToArray(),
            changed.Select(r => r.IncidentCount).ToArray(), changed.Select(r => r.Sequence).ToArray(), changed.Select(r => Utc(r.UpdatedAt)).ToArray(),
            changed.Select(r => r.FinishedAt?.ToUniversalTime()).ToArray(), changed.Select(r => r.DefinitionVersionId).ToArray(), changed.Select(r => r.FunnelVersion).ToArray());
    }

    private static void AddEffects(NpgsqlBatch batch, List<(EffectEnd End, DateTimeOffset Now)> ends)
    {
        if (ends.Count == 0) return;
        batch.Add(EndEffects,
            ends.Select(x => x.End.Key).ToArray(), ends.Select(x => x.End.State).ToArray(), ends.Select(x => x.End.Tries).ToArray(),
            ends.Select(x => x.End.Result).ToArray(), ends.Select(x => x.End.ErrorCode).ToArray(), ends.Select(x => x.End.ErrorMessage).ToArray(),
            ends.Select(x => x.End.NextTryAt?.ToUniversalTime()).ToArray(), ends.Select(x => x.Now).ToArray(), ends.Select(x => x.End.Deaths).ToArray());
    }

    private static void TouchManagersOf(NpgsqlBatch batch, List<AssignmentRecord> made)
    {
        if (made.Count == 0) return;
        object[] keys = [made.Select(a => a.AccountId).ToArray(), made.Select(a => a.ConnectionId).ToArray(), made.Select(a => a.ManagerId).ToArray()];
        batch.Add(LockManagers, keys);
        batch.Add(TouchManagers, [.. keys, made.Select(a => Utc(a.At)).ToArray()]);
    }
}
