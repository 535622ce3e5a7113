using System.Globalization;
using Automation.Engine.Accounts;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Retention;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Mailboxes;

/// <summary>Why runs were not deleted, with a code of the API.</summary>
public sealed class RunKeptException(string code, string message) : Exception(message)
{
    public string Code => code;
}

/// <summary>
/// Deletes ended runs that a person wants gone: the run, its finished actions, its journal. What keeps an event from being taken twice (R2)
/// stays, and so does who was assigned and what was linked; a run that somebody may still bring back or is asked about stays as a whole.
/// The deal's journal keeps that it was deleted, when and by whom.
/// </summary>
public sealed class RunRemoval(IDbContextFactory<AutomationDbContext> contexts, IRetentionStore store, IIdSource ids, TimeProvider clock)
{
    // Ended, nothing of it on its way or asked about, and no redrive of its deal that may be about to take it up.
    private static readonly string Gone = $"""
        SELECT r.id FROM runs AS r WHERE r.account_id = @p0 AND r.id = @p1 AND r.status IN (2, 3, 4)
          AND NOT EXISTS (SELECT 1 FROM effects AS e WHERE e.{In("e")} AND e.run_id = r.id AND e.state IN (0, 1, 4))
          AND NOT EXISTS (SELECT 1 FROM timers AS t WHERE t.{In("t")} AND t.run_id = r.id)
          AND NOT EXISTS (SELECT 1 FROM events AS w WHERE w.{In("w")} AND w.status = 0 AND w.kind = '{InternalEvents.Redrive}')
          AND NOT EXISTS (SELECT 1 FROM redrive_items AS i JOIN redrives AS d ON d.id = i.redrive_id WHERE i.{In("i")} AND d.finished_at IS NULL)
        """;

    // Whatever would give the deal new work waits for this lock, and comes after the deletion.
    private const string Lock = """
        UPDATE mailboxes SET epoch = epoch
        WHERE (account_id, connection_id, entity_type, entity_id) IN (SELECT r.account_id, r.connection_id, r.entity_type, r.entity_id FROM runs AS r WHERE r.account_id = @p0 AND r.id = @p1)
        """;

    private static readonly string Note = $"""
        INSERT INTO journal (id, account_id, connection_id, entity_type, entity_id, kind, sequence, at, facts)
        SELECT @p2, r.account_id, r.connection_id, r.entity_type, r.entity_id, 'operator', 0, @p3, @p4 FROM runs AS r WHERE r.id IN ({Gone})
        """;

    private static readonly string Effects = $"DELETE FROM effects WHERE key IN (SELECT e.key FROM runs AS r JOIN effects AS e ON e.{In("e")} AND e.run_id = r.id WHERE r.id IN ({Gone}))";
    private static readonly string Journal = $"DELETE FROM journal WHERE account_id = @p0 AND run_id = @p1 AND EXISTS ({Gone})";
    private static readonly string Run = $"DELETE FROM runs WHERE id IN ({Gone})";

    /// <summary>Deletes those of the given runs that the account has.</summary>
    /// <param name="by">Who wants it.</param>
    /// <returns>Runs deleted.</returns>
    /// <exception cref="RunKeptException">One of them has not ended, or its state cannot be read; nothing is deleted. Or one is still needed; those before it are deleted.</exception>
    public async Task<int> DeleteAsync(AccountId account, IReadOnlyCollection<Guid> runs, string by, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var found = await context.Runs.AsNoTracking().Where(row => row.AccountId == account.Value && runs.Contains(row.Id)).Select(row => new { row.Id, row.Status, row.TriggerId, row.Name }).ToListAsync(cancellationToken);
        var open = found.Count(row => (RunStatus)row.Status is RunStatus.Running or RunStatus.Suspended);
        if (open > 0) throw new RunKeptException("run_open", found.Count == 1 ? "This run has not ended. Cancel it first." : string.Create(CultureInfo.InvariantCulture, $"{open} of these runs have not ended. Cancel them first. Nothing was deleted."));
        if (found.Any(row => row.Status == (int)RunStatus.Quarantined)) throw new RunKeptException("run_quarantined", "The stored state of a run cannot be read, and it is kept until somebody starts it again from its journal. Nothing was deleted.");
        foreach (var row in found)
        {
            var facts = new JObject { ["what"] = "delete", ["by"] = by, ["run"] = row.Id, ["name"] = row.Name ?? row.TriggerId }.ToString(Formatting.None);
            var changed = await store.DeleteAsync(
                [new(Lock, account.Value, row.Id), new(Note, account.Value, row.Id, ids.NewId(), clock.GetUtcNow(), facts), new(Effects, account.Value, row.Id), new(Journal, account.Value, row.Id), new(Run, account.Value, row.Id)], cancellationToken);
            if (changed[^1] == 0) throw new RunKeptException("run_needed", $"Run {row.Id} is still needed: one of its actions is on its way or waits for a decision, or it is being started again.");
        }

        return found.Count;
    }

    private static string In(string table) => $"account_id = r.account_id AND {table}.connection_id = r.connection_id AND {table}.entity_type = r.entity_type AND {table}.entity_id = r.entity_id";
}
