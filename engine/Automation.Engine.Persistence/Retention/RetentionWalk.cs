using System.Globalization;

namespace Automation.Engine.Persistence.Retention;

/// <summary>
/// Walks over old rows by their ids, which begin with their time, a few hundred at once, and deletes those that nothing needs any more.
/// Each chunk is a transaction of its own: a kill loses nothing, and other work goes in between.
/// </summary>
public sealed class RetentionWalk(IRetentionStore store)
{
    /// <summary>Rows looked at in one transaction.</summary>
    public const int Chunk = 500;

    private const string Ended = "((r.status IN (2, 4) AND r.finished_at < @p2) OR (r.status IN (3, 5) AND r.updated_at < @p3))";
    private const string SameMailbox = "e.account_id = r.account_id AND e.connection_id = r.connection_id AND e.entity_type = r.entity_type AND e.entity_id = r.entity_id";

    // An action that waits, is on its way, is asked about, or was given up and may still be redriven; a timer.
    private const string Needed = $"""
        EXISTS (SELECT 1 FROM effects AS e WHERE {SameMailbox} AND e.run_id = r.id AND (e.state IN (0, 1, 4) OR (e.state = 3 AND e.finished_at >= @p3)))
        OR EXISTS (SELECT 1 FROM timers AS e WHERE {SameMailbox} AND e.run_id = r.id)
        """;

    private const string Runs = $"SELECT r.id FROM runs AS r WHERE r.id > @p0 AND r.id <= @p1 AND {Ended} AND NOT ({Needed})";

    private const string DeleteEffects = $"DELETE FROM effects WHERE key IN (SELECT e.key FROM runs AS r CROSS JOIN effects AS e WHERE r.id IN ({Runs}) AND {SameMailbox} AND e.run_id = r.id)";

    private const string DeleteRuns = $"DELETE FROM runs WHERE id IN ({Runs})";

    // Of no run: schedules and dates that were handed out.
    private const string DeleteLoose = "DELETE FROM effects WHERE key IN (SELECT key FROM effects WHERE run_id = @p0 AND ((state IN (2, 5) AND finished_at < @p1) OR (state = 3 AND finished_at < @p2)) LIMIT 500)";

    private const string DeleteEvents = """
        DELETE FROM events WHERE id IN (SELECT e.id FROM events AS e WHERE e.id > @p0 AND e.id <= @p1
          AND ((e.status = 1 AND e.processed_at < @p2) OR (e.status = 2 AND e.processed_at < @p3))
          AND NOT EXISTS (SELECT 1 FROM runs AS r WHERE r.account_id = e.account_id AND r.connection_id = e.connection_id AND r.entity_type = e.entity_type AND r.entity_id = e.entity_id AND r.event_id = e.id))
        """;

    // A hook belongs to its events: those that wait or were given up are few, and have their index.
    private const string DeleteHooks = """
        DELETE FROM hooks WHERE id > @p0 AND id <= @p1 AND received_at < @p2 AND (error_code IS NULL OR received_at < @p3)
          AND NOT EXISTS (SELECT 1 FROM events AS e WHERE e.status = 0 AND e.account_id = hooks.account_id AND e.hook_id = hooks.id)
          AND NOT EXISTS (SELECT 1 FROM events AS e WHERE e.status = 2 AND e.account_id = hooks.account_id AND e.hook_id = hooks.id)
        """;

    private const string DeleteRedriveItems = "DELETE FROM redrive_items WHERE (redrive_id, position) IN (SELECT i.redrive_id, i.position FROM redrives AS r JOIN redrive_items AS i ON i.redrive_id = r.id WHERE r.finished_at < @p0 LIMIT 500)";

    // Who was assigned is kept as long as anything that may ask for it.
    private const string DeleteAssignments = "DELETE FROM assignments WHERE (account_id, key) IN (SELECT account_id, key FROM assignments WHERE at < @p0 LIMIT 500)";

    // Small tables: what is over of them goes at once.
    private static readonly IReadOnlyList<string> Small = ["DELETE FROM redrives WHERE finished_at < @p0", "DELETE FROM effect_budgets WHERE day < @p1", "DELETE FROM api_keys WHERE expires_at < @p0"];

    public async Task<RetentionReport> RunAsync(RetentionCut cut, CancellationToken cancellationToken)
    {
        var months = await store.DropMonthsAsync(cut.Journal, cancellationToken);
        var latest = cut.Finished > cut.Dead ? cut.Finished : cut.Dead;
        var work = await WalkAsync("runs", latest, (from, to) => [new(DeleteEffects, from, to, cut.Finished, cut.Dead), new(DeleteRuns, from, to, cut.Finished, cut.Dead)], cancellationToken);
        var loose = await RepeatAsync(new(DeleteLoose, Guid.Empty, cut.Finished, cut.Dead), cancellationToken);
        var events = await WalkAsync("events", latest, (from, to) => [new(DeleteEvents, from, to, cut.Finished, cut.Dead)], cancellationToken);
        var hooks = await WalkAsync("hooks", cut.Finished, (from, to) => [new(DeleteHooks, from, to, cut.Finished, cut.Dead)], cancellationToken);
        var longest = cut.Finished < cut.Dead ? cut.Finished : cut.Dead;
        await RepeatAsync(new(DeleteRedriveItems, cut.Finished), cancellationToken);
        await RepeatAsync(new(DeleteAssignments, longest), cancellationToken);
        await store.DeleteAsync([.. Small.Select(sql => new RetentionSql(sql, cut.Finished, cut.Finished.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)))], cancellationToken);
        var journal = 0;
        var accounts = await store.ReadAsync(new("SELECT id FROM accounts"), cancellationToken);
        foreach (var table in await store.JournalTablesAsync(cancellationToken))
            foreach (var account in accounts) journal += await JournalAsync(table, account, cut.Journal, cancellationToken);
        return new(work[1], work[0] + loose, events[0], hooks[0], journal, months);
    }

    private async Task<int> JournalAsync(string table, Guid account, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var sql = $"""
            DELETE FROM {table} WHERE account_id = @p2 AND id > @p0 AND id <= @p1
              AND NOT EXISTS (SELECT 1 FROM runs AS r WHERE r.id = {table}.run_id AND r.status IN (0, 1, 3, 5))
            """;
        var rows = await WalkAsync(table, before, (from, to) => [new(sql, from, to, account)], cancellationToken, account);
        return rows[0];
    }

    /// <summary>Of rows that no id walks over: a chunk at a time until none is left.</summary>
    private async Task<int> RepeatAsync(RetentionSql delete, CancellationToken cancellationToken)
    {
        for (var total = 0; ;)
        {
            var rows = (await store.DeleteAsync([delete], cancellationToken))[0];
            total += rows;
            if (rows < Chunk) return total;
        }
    }

    /// <returns>Rows of each statement.</returns>
    private async Task<int[]> WalkAsync(string table, DateTimeOffset before, Func<Guid, Guid, IReadOnlyList<RetentionSql>> deletes, CancellationToken cancellationToken, Guid? account = null)
    {
        var (total, from, end) = (new int[2], Guid.Empty, TimedId.First(before));
        var next = $"SELECT id FROM {table} WHERE {(account is null ? "" : "account_id = @p2 AND ")}id > @p0 AND id < @p1 ORDER BY id LIMIT 1 OFFSET {Chunk - 1}";
        while (true)
        {
            var found = await store.ReadAsync(account is { } of ? new(next, from, end, of) : new(next, from, end), cancellationToken);
            var to = found.Count == 0 ? end : found[0];
            var rows = await store.DeleteAsync(deletes(from, to), cancellationToken);
            for (var i = 0; i < rows.Count; i++) total[i] += rows[i];
            if (found.Count == 0) return total;
            from = to;
        }
    }
}
