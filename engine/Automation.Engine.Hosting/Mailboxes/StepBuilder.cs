using Automation.Engine.Accounts;
using Automation.Engine.Calendars;
using Automation.Engine.Effects;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Model;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Steps;
using Automation.Engine.Workflows;
using Automation.Engine.Workflows.Interpreter;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Mailboxes;

/// <summary>Collects everything that one step changes; becomes one commit.</summary>
internal sealed class StepBuilder(MailboxKey key, MailboxMemory memory, IIdSource ids, DateTimeOffset at)
{
    // As the stores give it back: a replay of the journal works with that.
    private readonly DateTimeOffset now = MicrosecondsConverter.Truncate(at);
    private readonly List<EventChange> events = [];
    private readonly List<RunRow> newRuns = [];
    private readonly Dictionary<Guid, RunRow> changedRuns = [];
    private readonly List<EffectRow> newEffects = [];
    private readonly Dictionary<string, EffectEnd> effectEnds = new(StringComparer.Ordinal);
    private readonly List<TimerRow> newTimers = [];
    private readonly List<Guid> removedTimers = [];
    private readonly List<TimerTry> timerTries = [];
    private readonly List<Guid> quarantined = [];
    private readonly List<BookmarkRow> newBookmarks = [];
    private readonly HashSet<Guid> clearedBookmarkRuns = [];
    private readonly List<JournalRow> journal = [];
    private readonly List<LinkRow> links = [];
    private readonly List<AssignmentRecord> assignments = [];
    private readonly Dictionary<Guid, OpenRun> runs = [];

    public DateTimeOffset Now => now;

    /// <summary>
    /// Set where another life of the installation may have done the same since the backup (<see cref="Persistence.Backup.RestorePoint"/>):
    /// the effects planned here are dated so, and their outcome is unknown from the first.
    /// </summary>
    public DateTimeOffset? Doubtful { get; set; }

    /// <summary>Keys of new effects that another life may have sent.</summary>
    public HashSet<string> DoubtfulEffects { get; } = new(StringComparer.Ordinal);

    /// <summary>What the step goes back to (<see cref="Causes"/>); null where no timer is derived from it.</summary>
    public string? Cause { get; set; }

    /// <summary>Called once the step is committed.</summary>
    public Action? Committed { get; set; }

    public MailboxState State { get; set; } = memory.State;

    public long DoneNumber { get; set; } = memory.DoneNumber;

    public string? AssignedTo { get; set; } = memory.AssignedTo;

    public bool Open { get; set; } = memory.Open;

    /// <summary>Runs as this step leaves them.</summary>
    public IReadOnlyDictionary<Guid, OpenRun> Runs => runs;

    public IReadOnlyList<EffectRow> NewEffects => newEffects;

    public IReadOnlyCollection<EffectEnd> EffectEnds => effectEnds.Values;

    public IReadOnlyList<TimerRow> NewTimers => newTimers;

    public IReadOnlyList<Guid> RemovedTimers => removedTimers;

    public IReadOnlyList<JournalRow> Journal => journal;

    public IReadOnlyList<AssignmentRecord> Assignments => assignments;

    /// <summary>The mailbox as the step found it.</summary>
    public MailboxMemory Memory => memory;

    public OpenRun? FindRun(Guid id) => runs.TryGetValue(id, out var changed) ? changed : memory.Runs.GetValueOrDefault(id);

    /// <summary>Commits that work on an event begins once more, before it does (R10).</summary>
    public void BeginEvent(Guid id, int tries) => events.Add(new(id, EventStatus.Waiting, null, null, null, tries));

    public void EndEvent(Guid id, EventStatus status, string? code, string? message, string? state) => events.Add(new(id, status, code, message, state));

    public void AddTimer(string kind, DateTimeOffset due, Guid? run = null, string? bookmark = null, string? trigger = null, DueBy? by = null) => newTimers.Add(new TimerRow
    {
        // Runs begin by these: derived, so that the same ones begin in every life.
        Id = kind is "date" or "schedule" or "workflow" && Cause is not null ? DerivedId.Of(due, $"timer|{key}|{kind}|{trigger}|{Cause}|{newTimers.Count}") : ids.NewId(),
        AccountId = key.Account.Value,
        ConnectionId = key.Connection.Value,
        EntityType = key.EntityType,
        EntityId = key.EntityId,
        Kind = kind,
        RunId = run,
        BookmarkId = bookmark,
        TriggerId = trigger,
        DueAt = due,
        DueSource = by?.Source,
        DueStamp = by?.Stamp,
        DueRule = by?.Rule,
    });

    public void RemoveTimer(Guid id) => removedTimers.Add(id);

    /// <summary>True when a timer as last committed by this mailbox fits.</summary>
    public bool HasTimer(Func<TimerRow, bool> which) => memory.Timers.Values.Any(which);

    public void RemoveTimers(Func<TimerRow, bool> which) => removedTimers.AddRange(memory.Timers.Values.Where(which).Select(timer => timer.Id));

    /// <param name="run">Only of a run's own steps, which are numbered without gaps.</param>
    public JournalRow AddJournal(string kind, JObject facts, Guid? run = null, long sequence = 0, Guid? eventId = null, Guid? funnel = null) =>
        AddJournal(kind, JsonLine.Write(facts), run, sequence, eventId, funnel);

    /// <param name="facts">As text.</param>
    public JournalRow AddJournal(string kind, string facts, Guid? run = null, long sequence = 0, Guid? eventId = null, Guid? funnel = null)
    {
        var row = JournalOf(kind, facts, run, sequence, eventId, funnel);
        journal.Add(row);
        return row;
    }

    private JournalRow JournalOf(string kind, string facts, Guid? run, long sequence, Guid? eventId, Guid? funnel) => new()
    {
        Id = ids.NewId(),
        AccountId = key.Account.Value,
        ConnectionId = key.Connection.Value,
        EntityType = key.EntityType,
        EntityId = key.EntityId,
        Kind = kind,
        RunId = run,
        Sequence = sequence,
        EventId = eventId,
        FunnelId = funnel,
        At = now,
        Facts = facts,
    };

    /// <summary>A run that had ended and goes on: its row is changed, not made.</summary>
    public void Reopen(OpenRun run)
    {
        run.Row.Meta = run.Meta.ToJson();
        runs[run.Row.Id] = run;
        clearedBookmarkRuns.Add(run.Row.Id);
    }

    /// <summary>
    /// Sets a run aside whose state cannot be read (R11): the row keeps what it holds, its timers and bookmarks go, and nothing touches
    /// it until a person redrives it.
    /// </summary>
    public void Quarantine(RunRow row, string message)
    {
        row.Status = (int)RunStatus.Quarantined;
        row.UpdatedAt = now;
        changedRuns[row.Id] = row;
        quarantined.Add(row.Id);
        runs.Remove(row.Id);
        clearedBookmarkRuns.Add(row.Id);
        RemoveTimers(timer => timer.RunId == row.Id);
        AddJournal("guard", new JObject { ["what"] = "state_unreadable", ["run"] = row.Id, ["name"] = row.TriggerId, ["message"] = message }, eventId: row.EventId, funnel: row.FunnelId);
    }

    /// <summary>A run that failed counts as cancelled from now on: a person said so. What it did stays as it is.</summary>
    public void Settle(RunRow row)
    {
        (row.Status, row.UpdatedAt) = ((int)RunStatus.Cancelled, now);
        changedRuns[row.Id] = row;
    }

    /// <summary>Runs that this step set aside.</summary>
    public IReadOnlyList<Guid> Quarantined => quarantined;

    /// <summary>Takes back effects that this step planned.</summary>
    public void DropEffects(Predicate<EffectRow> which) => newEffects.RemoveAll(which);

    /// <summary>A run whose row was changed by something that is no step of its own.</summary>
    public void Change(OpenRun run)
    {
        run.Row.State = RunJson.Write(run.State);
        run.Row.UpdatedAt = now;
        runs[run.Row.Id] = run;
        if (!newRuns.Contains(run.Row)) changedRuns[run.Row.Id] = run.Row;
    }

    /// <summary>A run that waits for a delayed trigger's second look.</summary>
    public void AddRun(OpenRun run)
    {
        runs[run.Row.Id] = run;
        newRuns.Add(run.Row);
    }

    /// <summary>Takes a run's step in: state, effects, timers, bookmarks, links, and its journal row.</summary>
    /// <param name="more">Further facts for the row.</param>
    public OpenRun Take(OpenRun run, RunStep step, Stimulus stimulus, RecordedInputs inputs, JObject? seed = null, JObject? more = null)
    {
        var isNew = !memory.Runs.ContainsKey(run.Row.Id) && !runs.ContainsKey(run.Row.Id);
        var state = step.State with { Sequence = run.State.Sequence + 1 };
        var row = run.Row;
        row.Status = (int)state.Status;
        row.State = RunJson.Write(state);
        if (!ReferenceEquals(FindRun(row.Id)?.Meta, run.Meta)) row.Meta = run.Meta.ToJson();
        row.Name = state.Name;
        row.CorrelationId = state.CorrelationId;
        row.IncidentCount = state.Incidents.Count;
        row.Sequence = state.Sequence;
        row.UpdatedAt = now;
        row.FinishedAt = state.Status is RunStatus.Finished or RunStatus.Faulted or RunStatus.Cancelled ? now : null;
        var next = run with { State = state };
        if (isNew) newRuns.Add(row);
        else if (!newRuns.Contains(row)) changedRuns[row.Id] = row;
        runs[row.Id] = next;

        foreach (var effect in step.Effects) AddEffect(run, effect);
        foreach (var published in step.Published) AddPublished(run, published, state.Sequence - (run.Meta.Redriven?.Skipped ?? 0));
        foreach (var cancelled in step.CancelledEffects) CancelEffect(cancelled);
        if (run.Meta.Parent is { } parent && Tells(parent, run.State, state))
            TellParent(run.Row.Id, run.Meta.Depth, parent, state.Sequence - (run.Meta.Redriven?.Skipped ?? 0), state.Status.ToString(), state.Body["output"]);
        if (state.Status == RunStatus.Cancelled && run.State.Bookmarks.Any(bookmark => bookmark.WaitsForRun)) CancelChildren(run, state.Sequence - (run.Meta.Redriven?.Skipped ?? 0));
        TakeBookmarks(run, state);
        foreach (var link in step.Links) links.Add(ToRow(link));
        foreach (var assignment in step.Assignments)
        {
            assignments.Add(new AssignmentRecord
            {
                Key = assignment.Key,
                AccountId = key.Account.Value,
                ConnectionId = assignment.Deal.Connection.Value,
                EntityType = assignment.Deal.EntityType,
                EntityId = assignment.Deal.EntityId,
                Pool = assignment.Pool,
                ManagerId = assignment.ManagerId,
                At = assignment.At,
            });
            if (assignment.Deal == key) AssignedTo = assignment.ManagerId;
        }

        AddJournal("run", RowText(step, state, stimulus, inputs, seed, more), row.Id, state.Sequence, row.EventId, row.FunnelId);
        return next;
    }

    // Written straight to text: with its facts it is the largest thing that a step makes.
    private static string RowText(RunStep step, RunState state, Stimulus stimulus, RecordedInputs inputs, JObject? seed, JObject? more) => JsonLine.Write((step, state, stimulus, inputs, seed, more), static (json, row) =>
    {
        json.WriteStartObject();
        json.Property("stimulus", RunJson.Stimulus(row.stimulus));
        json.Optional("status", row.state.Status.ToString());
        json.WritePropertyName("facts");
        json.WriteStartArray();
        foreach (var fact in row.step.Facts) fact.WriteTo(json);
        json.WriteEndArray();
        if (row.seed is not null) json.Property("seed", row.seed);
        if (!row.inputs.IsEmpty) json.Property("inputs", row.inputs.ToJson());
        if (row.state.Bookmarks.Count > 0) json.Property("waits", new JArray(row.state.Bookmarks.Select(bookmark => new JObject { ["name"] = bookmark.Name, ["due"] = bookmark.DueAt })));
        if (row.state.Incidents.Count > 0) json.Property("incidents", new JArray(row.state.Incidents.Select(JObject.FromObject)));
        foreach (var extra in row.more?.Properties() ?? []) json.Property(extra.Name, extra.Value);
        json.WriteEndObject();
    });

    // What is left to do after a rest comes from outside: a timer, an event, a person.
    private static bool Tells(ParentOfRun parent, RunState before, RunState after) =>
        after.Status is RunStatus.Finished or RunStatus.Faulted or RunStatus.Cancelled
        || (parent.When == ParentOfRun.AtRest && after.PendingEffects.Count == 0 && (before.Sequence == 0 || before.PendingEffects.Count > 0));

    /// <summary>Tells the run that waits for this one, as an effect of this step.</summary>
    /// <param name="sequence">The run's own count of steps, which names the telling.</param>
    public void TellParent(Guid run, int depth, ParentOfRun parent, long sequence, string status, JToken? output) => AddEffect(
        run, depth, EffectKeys.Of(key.Account, run, $"ended/{sequence}", 0),
        new(EndedEffect, null, new JObject { ["parent"] = JObject.FromObject(parent), ["payload"] = new JObject { ["run"] = run, ["status"] = status, ["output"] = output?.DeepClone() ?? new JObject() } }, EffectPolicy.Retry, "tells the workflow that waits for it"), "", "");

    /// <summary>Kind of the effect that tells the end of a run to the one that waits for it.</summary>
    public const string EndedEffect = "ended";

    private void AddEffect(OpenRun run, PlannedEffect effect) =>
        AddEffect(run.Row.Id, run.Meta.Depth, effect.Key, effect.Request, effect.ContextId, effect.Callback);

    /// <summary>Kind of the effect that cancels what a cancelled run waits for.</summary>
    public const string CancelEffectKind = "cancel";

    private void CancelChildren(OpenRun run, long sequence) => AddEffect(
        run.Row.Id, run.Meta.Depth, EffectKeys.Of(key.Account, run.Row.Id, $"cancel/{sequence}", 0),
        new(CancelEffectKind, null, new JObject { ["run"] = run.Row.Id }, EffectPolicy.Retry, "cancels the workflows that it waits for"), "", "");

    private void AddPublished(OpenRun run, PublishedEvent published, long sequence) => AddEffect(
        run.Row.Id, run.Meta.Depth, EffectKeys.Of(key.Account, run.Row.Id, $"publish/{sequence}", newEffects.Count),
        new("publish", null, JObject.FromObject(published), EffectPolicy.Retry, $"event {published.Name}"), "", "");

    /// <param name="doubtful">As <see cref="Doubtful"/>, for this effect alone.</param>
    public void AddEffect(Guid run, int depth, string effectKey, EffectRequest request, string contextId, string callback, DateTimeOffset? doubtful = null)
    {
        var since = Doubtful ?? doubtful;
        if (since is not null) DoubtfulEffects.Add(effectKey);
        var lane = Effects.EffectLane.Of(request);
        var first = since is not null || !memory.Effects.Values.Any(waiting => Effects.EffectLane.Of(waiting) == lane && !effectEnds.ContainsKey(waiting.Key)) && !newEffects.Exists(waiting => waiting.Lane == lane);
        newEffects.Add(new EffectRow
        {
            Key = effectKey,
            AccountId = key.Account.Value,
            ConnectionId = key.Connection.Value,
            EntityType = key.EntityType,
            EntityId = key.EntityId,
            RunId = run,
            Position = memory.LastPosition + newEffects.Count + 1,
            TargetConnectionId = request.Connection?.Value,
            Kind = request.Kind,
            Request = JsonLine.Write(request.Request),
            Policy = (int)request.Policy,
            Summary = request.Summary,
            ContextId = contextId,
            Callback = callback,
            Lane = lane,
            Depth = depth,
            PlannedAt = since ?? now,
            // The planning commit already writes "sending, try 1" for the one that goes first; those behind it follow when it is done.
            State = (int)(first ? EffectState.Sending : EffectState.Planned),
            Tries = first ? 1 : 0,
            FirstTryAt = first ? since ?? now : null,
        });
    }

    private void CancelEffect(string effectKey)
    {
        if (memory.Effects.TryGetValue(effectKey, out var effect) && effect.State == (int)EffectState.Planned) EndEffect(effect, EffectState.Cancelled, effect.Tries, null, null, null, null);
    }

    public void EndEffect(EffectRow effect, EffectState state, int tries, string? result, string? code, string? message, DateTimeOffset? next) =>
        EndEffect(effect, new EffectEnd(effect.Key, (int)state, tries, result, code, message, next));

    public void EndEffect(EffectRow effect, EffectEnd end) => effectEnds[effect.Key] = end;

    /// <summary>Commits that work on a timer begins once more, before it does (R10).</summary>
    public void BeginTimer(Guid id, int tries) => timerTries.Add(new(id, tries));

    private void TakeBookmarks(OpenRun run, RunState state)
    {
        if (run.State.Bookmarks.Count == 0 && state.Bookmarks.Count == 0 && memory.Timers.Count == 0) return;
        var before = run.State.Bookmarks.ToDictionary(bookmark => bookmark.Id, StringComparer.Ordinal);
        var after = state.Bookmarks.ToDictionary(bookmark => bookmark.Id, StringComparer.Ordinal);
        foreach (var bookmark in state.Bookmarks)
            if (bookmark.DueAt is { } due && !before.ContainsKey(bookmark.Id)) AddTimer("bookmark", due, run.Row.Id, bookmark.Id, by: bookmark.DueBy);
        RemoveTimers(timer => timer.RunId == run.Row.Id && timer.Kind == "bookmark" && timer.BookmarkId is { } id && !after.ContainsKey(id));
        var shared = state.Bookmarks.Where(bookmark => bookmark.DueAt is null || bookmark.Name.Length > 0).ToList();
        if (before.Count > 0) clearedBookmarkRuns.Add(run.Row.Id);
        newBookmarks.RemoveAll(bookmark => bookmark.RunId == run.Row.Id);
        newBookmarks.AddRange(shared.Select(bookmark => new BookmarkRow
        {
            AccountId = key.Account.Value,
            ConnectionId = key.Connection.Value,
            EntityType = key.EntityType,
            EntityId = key.EntityId,
            RunId = run.Row.Id,
            BookmarkId = bookmark.Id,
            Name = bookmark.Name,
            Hash = bookmark.Hash,
            CorrelationId = state.CorrelationId,
        }));
    }

    private LinkRow ToRow(EntityLink link) => new()
    {
        AccountId = key.Account.Value,
        Relation = link.Relation,
        FromConnectionId = link.From.Connection.Value,
        FromEntityType = link.From.EntityType,
        FromEntityId = link.From.EntityId,
        ToConnectionId = link.To.Connection.Value,
        ToEntityType = link.To.EntityType,
        ToEntityId = link.To.EntityId,
        Data = link.Data.ToString(Newtonsoft.Json.Formatting.None),
    };

    // An effect's result, most of the time: it changes a run, not what is known of the deal.
    private bool IsKept => ReferenceEquals(State, memory.State) && DoneNumber == memory.DoneNumber && AssignedTo == memory.AssignedTo && Open == memory.Open;

    public StepCommit Build() => new()
    {
        Mailbox = key,
        Epoch = memory.Epoch,
        // Raised by every commit: a step computed on what another activation has changed since is refused, and so is one that was given up as lost.
        NewEpoch = memory.Epoch + 1,
        Now = now,
        State = IsKept ? null : new(State.ToJson(), DoneNumber, State.Visit?.PipelineId, State.Visit?.StageId, AssignedTo, Open),
        Events = events,
        NewRuns = newRuns,
        ChangedRuns = [.. changedRuns.Values],
        NewEffects = newEffects,
        Effects = [.. effectEnds.Values],
        NewTimers = newTimers,
        RemovedTimers = removedTimers,
        TimerTries = timerTries,
        NewBookmarks = newBookmarks,
        ClearedBookmarkRuns = [.. clearedBookmarkRuns],
        Journal = journal,
        Links = links,
        Assignments = assignments,
    };
}

/// <summary>Keys of effects that the host itself plans; those of activities come from the interpreter.</summary>
public static class EffectKeys
{
    public static string Of(AccountId account, Guid run, string place, int number) => Convert.ToHexStringLower(
        System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{account}|{run:N}|{place}|{number}|0")));
}
