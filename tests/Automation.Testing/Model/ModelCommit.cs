using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Steps;

namespace Automation.Testing.Model;

/// <summary>Commits one step within the model's transaction.</summary>
internal sealed class ModelCommit(ModelTables tables)
{
    /// <returns>False when the epoch is stale: nothing was written.</returns>
    public bool Run(StepCommit step)
    {
        if (tables.Find(step.Mailbox) is not { Row: { } row } mailbox || row.Epoch != step.Epoch) return false;
        Take(mailbox, step);
        foreach (var change in step.Events) Change(change, step.Now);
        foreach (var run in step.NewRuns) Add(RowCopy.Of(run));
        foreach (var run in step.ChangedRuns) Update(run);
        foreach (var effect in step.NewEffects)
            Plan(RowCopy.Of(effect));
        foreach (var end in step.Effects) End(end, step.Now);
        foreach (var id in step.RemovedTimers) RemoveTimer(id);
        foreach (var timer in step.NewTimers) Add(RowCopy.Of(timer));
        foreach (var begun in step.TimerTries)
            if (tables.Timers.TryGetValue(begun.Id, out var timer)) tables.Change(timer, one => one.Tries = begun.Tries, (one, old) => one.Tries = old.Tries);
        foreach (var run in step.ClearedBookmarkRuns)
            foreach (var key in tables.Bookmarks.Keys.Where(key => key.Item1 == run).ToList()) tables.Remove(tables.Bookmarks, key);
        foreach (var bookmark in step.NewBookmarks) tables.Add(tables.Bookmarks, (bookmark.RunId, bookmark.BookmarkId), RowCopy.Of(bookmark));
        foreach (var entry in step.Journal) Add(RowCopy.Of(entry));
        foreach (var link in step.Links) Put(RowCopy.Of(link), step.Now);
        foreach (var assignment in step.Assignments) Assign(RowCopy.Of(assignment));
        return true;
    }

    private void Take(ModelMailbox mailbox, StepCommit step)
    {
        var before = mailbox.Row!;
        tables.OnFailure(() => mailbox.Row = before);
        var row = RowCopy.Of(before);
        (row.Epoch, row.UpdatedAt) = (step.NewEpoch, step.Now);
        if (step.State is { } state)
            (row.State, row.DoneNumber, row.PipelineId, row.StageId, row.AssignedTo, row.Open) = (state.State, state.DoneNumber, state.PipelineId, state.StageId, state.AssignedTo, state.Open);
        mailbox.Row = row;
    }

    private void Change(EventChange change, DateTimeOffset now)
    {
        if (!tables.Events.TryGetValue(change.Id, out var row)) return;
        tables.Change(row, e => (e.Status, e.ErrorCode, e.ErrorMessage, e.State, e.ProcessedAt, e.Tries) =
            (change.Status, change.ErrorCode, change.ErrorMessage, change.State, change.Status == EventStatus.Waiting ? null : now, change.Tries ?? e.Tries),
            (e, old) => (e.Status, e.ErrorCode, e.ErrorMessage, e.State, e.ProcessedAt, e.Tries) = (old.Status, old.ErrorCode, old.ErrorMessage, old.State, old.ProcessedAt, old.Tries));
    }

    private void Add(RunRow run)
    {
        tables.Add(tables.Runs, run.Id, run);
        tables.Add(tables.Of(StoredEvents.MailboxOf(run)).Runs, run.Id, run);
    }

    private void Update(RunRow run)
    {
        if (tables.Runs.TryGetValue(run.Id, out var row)) tables.Change(row, one => Copy(run, one), (one, old) => Copy(old, one));
    }

    private static void Copy(RunRow from, RunRow to)
    {
        (to.Status, to.State, to.Meta, to.Name, to.CorrelationId, to.IncidentCount) = (from.Status, from.State, from.Meta, from.Name, from.CorrelationId, from.IncidentCount);
        (to.Sequence, to.UpdatedAt, to.FinishedAt, to.DefinitionVersionId, to.FunnelVersion) = (from.Sequence, from.UpdatedAt, from.FinishedAt, from.DefinitionVersionId, from.FunnelVersion);
    }

    /// <summary>One that failed or was cancelled goes out again under its key; all others stay (<see cref="EngineSql.EffectAgain"/>).</summary>
    private void Plan(EffectRow effect)
    {
        if (!tables.Effects.TryGetValue(effect.Key, out var row)) Add(effect);
        else if (row.State is 3 or 5) tables.Change(row, e => Copy(effect, effect.FirstTryAt ?? e.FirstTryAt, 0, e), (e, old) => Copy(old, old.FirstTryAt, old.Deaths, e));
    }

    private static void Copy(EffectRow from, DateTimeOffset? firstTryAt, int deaths, EffectRow to)
    {
        (to.Position, to.Request, to.Summary, to.ContextId, to.Callback, to.State, to.Tries) = (from.Position, from.Request, from.Summary, from.ContextId, from.Callback, from.State, from.Tries);
        (to.Result, to.ErrorCode, to.ErrorMessage, to.PlannedAt, to.FirstTryAt, to.NextTryAt, to.FinishedAt, to.Deaths) = (from.Result, from.ErrorCode, from.ErrorMessage, from.PlannedAt, firstTryAt, from.NextTryAt, from.FinishedAt, deaths);
    }

    private void Add(EffectRow effect)
    {
        tables.Add(tables.Effects, effect.Key, effect);
        tables.Add(tables.Of(StoredEvents.MailboxOf(effect)).Effects, effect.Key, effect);
    }

    private void End(EffectEnd end, DateTimeOffset now)
    {
        if (!tables.Effects.TryGetValue(end.Key, out var row)) return;
        tables.Change(row, e => (e.State, e.Tries, e.Result, e.ErrorCode, e.ErrorMessage, e.NextTryAt, e.FirstTryAt, e.FinishedAt, e.Deaths) =
            (end.State, end.Tries, end.Result, end.ErrorCode, end.ErrorMessage, end.NextTryAt, end.Tries > 0 ? e.FirstTryAt ?? now : e.FirstTryAt, end.State is 2 or 3 or 5 ? now : null, end.Deaths ?? e.Deaths),
            (e, old) => (e.State, e.Tries, e.Result, e.ErrorCode, e.ErrorMessage, e.NextTryAt, e.FirstTryAt, e.FinishedAt, e.Deaths) = (old.State, old.Tries, old.Result, old.ErrorCode, old.ErrorMessage, old.NextTryAt, old.FirstTryAt, old.FinishedAt, old.Deaths));
    }

    private void RemoveTimer(Guid id)
    {
        if (!tables.Timers.TryGetValue(id, out var timer)) return;
        tables.Remove(tables.Timers, id);
        tables.Remove(tables.Of(StoredEvents.MailboxOf(timer)).Timers, id);
    }

    private void Add(TimerRow timer)
    {
        tables.Add(tables.Timers, timer.Id, timer);
        tables.Add(tables.Of(StoredEvents.MailboxOf(timer)).Timers, timer.Id, timer);
    }

    private void Add(JournalRow entry)
    {
        tables.Add(tables.Journal, entry.Id, entry);
        if (entry.RunId is { } run) tables.Add(tables.Sequences, (run, entry.Sequence), entry);
    }

    private void Put(LinkRow link, DateTimeOffset now)
    {
        var key = $"{link.AccountId}|{link.Relation}|{link.FromConnectionId}|{link.FromEntityType}|{link.FromEntityId}|{link.ToConnectionId}|{link.ToEntityType}|{link.ToEntityId}";
        link.At = now;
        tables.Remove(tables.Links, key);
        tables.Add(tables.Links, key, link);
    }

    private void Assign(AssignmentRecord assignment)
    {
        var key = (assignment.AccountId, assignment.Key);
        if (!tables.Assignments.ContainsKey(key)) tables.Add(tables.Assignments, key, assignment);
        foreach (var manager in tables.Managers.Where(one => one.AccountId == assignment.AccountId && one.ConnectionId == assignment.ConnectionId && one.UserId == assignment.ManagerId))
            tables.Change(manager, one => one.LastAssignedAt = one.LastAssignedAt > assignment.At ? one.LastAssignedAt : assignment.At, (one, old) => one.LastAssignedAt = old.LastAssignedAt);
    }
}
