using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Steps;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Automation.Engine.Persistence.Sqlite;

/// <summary>Commits one step within the writer's transaction.</summary>
internal sealed class SqliteCommit(IModel model)
{
    private const string Mailbox = "account_id = @p0 AND connection_id = @p1 AND entity_type = @p2 AND entity_id = @p3";
    private readonly SqliteTable<RunRow> runs = new(model);
    private readonly SqliteTable<EffectRow> effects = new(model);
    private readonly SqliteTable<TimerRow> timers = new(model);
    private readonly SqliteTable<BookmarkRow> bookmarks = new(model);
    private readonly SqliteTable<JournalRow> journal = new(model);
    private readonly SqliteTable<LinkRow> links = new(model);
    private readonly SqliteTable<AssignmentRecord> assignments = new(model);

    /// <returns>False when the epoch is stale: nothing was written.</returns>
    public bool Run(SqliteSession session, StepCommit step)
    {
        if (!TakeMailbox(session, step)) return false;
        foreach (var change in step.Events) Change(session, change, step.Now);
        runs.Insert(session, step.NewRuns);
        foreach (var run in step.ChangedRuns) Update(session, run);
        effects.Insert(session, step.NewEffects, EngineSql.EffectAgain);
        foreach (var end in step.Effects) End(session, end, step.Now);
        foreach (var id in step.RemovedTimers) session.Execute("DELETE FROM timers WHERE id = @p0", id);
        foreach (var begun in step.TimerTries) session.Execute("UPDATE timers SET tries = @p1 WHERE id = @p0", begun.Id, begun.Tries);
        timers.Insert(session, step.NewTimers);
        foreach (var run in step.ClearedBookmarkRuns) session.Execute("DELETE FROM bookmarks WHERE run_id = @p0", run);
        bookmarks.Insert(session, step.NewBookmarks);
        journal.Insert(session, step.Journal);
        foreach (var link in step.Links) link.At = step.Now;
        links.Insert(session, step.Links, "ON CONFLICT DO UPDATE SET data = excluded.data, at = excluded.at");
        assignments.Insert(session, step.Assignments, "ON CONFLICT (account_id, key) DO NOTHING");
        foreach (var assignment in step.Assignments) Touch(session, assignment);
        return true;
    }

    private static bool TakeMailbox(SqliteSession session, StepCommit step)
    {
        var key = step.Mailbox;
        if (step.State is not { } state)
            return session.Execute(
                $"UPDATE mailboxes SET epoch = @p5, updated_at = @p6 WHERE {Mailbox} AND epoch = @p4",
                key.Account.Value, key.Connection.Value, key.EntityType, key.EntityId, step.Epoch, step.NewEpoch, step.Now) == 1;
        return session.Execute(
            $"""
            UPDATE mailboxes SET epoch = @p5, updated_at = @p6, state = @p7, done_number = @p8,
              pipeline_id = @p9, stage_id = @p10, assigned_to = @p11, open = @p12 WHERE {Mailbox} AND epoch = @p4
            """,
            key.Account.Value, key.Connection.Value, key.EntityType, key.EntityId, step.Epoch, step.NewEpoch, step.Now,
            state.State, state.DoneNumber, state.PipelineId, state.StageId, state.AssignedTo, state.Open) == 1;
    }

    private static void Change(SqliteSession session, EventChange change, DateTimeOffset now) => session.Execute(
        "UPDATE events SET status = @p1, error_code = @p2, error_message = @p3, state = @p4, processed_at = @p5, tries = coalesce(@p6, tries) WHERE id = @p0",
        change.Id, (int)change.Status, change.ErrorCode, change.ErrorMessage, change.State, change.Status == EventStatus.Waiting ? null : now, change.Tries);

    private static void Update(SqliteSession session, RunRow run) => session.Execute(
        """
        UPDATE runs SET status = @p1, state = @p2, meta = @p3, name = @p4, correlation_id = @p5, incident_count = @p6, sequence = @p7,
          updated_at = @p8, finished_at = @p9, definition_version_id = @p10, funnel_version = @p11 WHERE id = @p0
        """,
        run.Id, run.Status, run.State, run.Meta, run.Name, run.CorrelationId, run.IncidentCount, run.Sequence,
        run.UpdatedAt, run.FinishedAt, run.DefinitionVersionId, run.FunnelVersion);

    private static void End(SqliteSession session, EffectEnd end, DateTimeOffset now) => session.Execute(
        """
        UPDATE effects SET state = @p1, tries = @p2, result = @p3, error_code = @p4, error_message = @p5, next_try_at = @p6,
          first_try_at = CASE WHEN @p2 > 0 THEN coalesce(first_try_at, @p7) ELSE first_try_at END,
          finished_at = CASE WHEN @p1 IN (2, 3, 5) THEN @p7 ELSE NULL END, deaths = coalesce(@p8, deaths) WHERE key = @p0
        """,
        end.Key, end.State, end.Tries, end.Result, end.ErrorCode, end.ErrorMessage, end.NextTryAt, now, end.Deaths);

    private static void Touch(SqliteSession session, AssignmentRecord assignment) => session.Execute(
        """
        UPDATE managers SET last_assigned_at = max(coalesce(last_assigned_at, @p3), @p3)
        WHERE account_id = @p0 AND connection_id = @p1 AND user_id = @p2
        """,
        assignment.AccountId, assignment.ConnectionId, assignment.ManagerId, assignment.At);
}
