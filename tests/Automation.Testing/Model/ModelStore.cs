using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence.Model;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Steps;

namespace Automation.Testing.Model;

/// <summary>
/// The hot path's store in memory: the same contract suite as SQLite and PostgreSQL holds it. Answers at once, one call after another.
/// </summary>
public sealed class ModelStore : IEngineStore
{
    private readonly ModelTables tables = new();
    private readonly ModelCommit commit;
    private readonly Lock gate = new();

    public ModelStore() => commit = new(tables);

    public IReadOnlyCollection<EventRow> Events => tables.Events.Values;

    public IReadOnlyCollection<HookRow> Hooks => tables.Hooks.Values;

    public IReadOnlyCollection<RunRow> Runs => tables.Runs.Values;

    public IReadOnlyDictionary<string, EffectRow> Effects => tables.Effects;

    public IReadOnlyCollection<TimerRow> Timers => tables.Timers.Values;

    public IReadOnlyCollection<BookmarkRow> Bookmarks => tables.Bookmarks.Values;

    public IReadOnlyCollection<JournalRow> Journal => tables.Journal.Values;

    public IReadOnlyCollection<LinkRow> Links => tables.Links.Values;

    public IReadOnlyCollection<AssignmentRecord> Assignments => tables.Assignments.Values;

    public IReadOnlyList<MailboxRow> Mailboxes => [.. tables.Mailboxes.Values.Where(mailbox => mailbox.Row is not null).Select(mailbox => mailbox.Row!)];

    /// <summary>The one table that a commit touches without owning it.</summary>
    public IList<ManagerRow> Managers => tables.Managers;

    public Task<IReadOnlyList<AcceptResult>> AcceptAsync(IReadOnlyList<AcceptItem> items, CancellationToken cancellationToken) => Answer(() => Accept(items));

    public Task<IReadOnlyList<bool>> CommitAsync(IReadOnlyList<StepCommit> steps, CancellationToken cancellationToken) => Answer(() => Commit(steps));

    public Task<MailboxSnapshot?> LoadAsync(MailboxKey key, CancellationToken cancellationToken) => Answer(() => tables.Find(key)?.Load());

    public Task<IReadOnlyList<TimerRow>> ReadDueTimersAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) => Answer<IReadOnlyList<TimerRow>>(() =>
        [.. tables.Timers.Values.Where(timer => timer.DueAt <= now).OrderBy(timer => timer.DueAt).ThenBy(timer => timer.Id).Take(limit).Select(RowCopy.Of)]);

    public Task<IReadOnlyList<MailboxKey>> FindUnfinishedAsync(DateTimeOffset now, MailboxKey? after, int limit, CancellationToken cancellationToken) => Answer<IReadOnlyList<MailboxKey>>(() =>
        [.. tables.Mailboxes.Where(pair => (after is null || MailboxOrder.Instance.Compare(pair.Key, after) > 0) && pair.Value.IsUnfinished(now)).Select(pair => pair.Key).Take(limit)]);

    private Task<T> Answer<T>(Func<T> work)
    {
        try
        {
            lock (gate) return Task.FromResult(work());
        }
#pragma warning disable CA1031 // An asynchronous call fails through its task.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return Task.FromException<T>(e);
        }
    }

    private IReadOnlyList<bool> Commit(IReadOnlyList<StepCommit> steps) => tables.Transact<IReadOnlyList<bool>>(() => [.. steps.Select(commit.Run)]);

    private IReadOnlyList<AcceptResult> Accept(IReadOnlyList<AcceptItem> items)
    {
        var cursors = AcceptPlanner.MailboxesOf(items).ToDictionary(key => key, CursorOf);
        var known = new Dictionary<DedupKey, KnownEvent>();
        foreach (var key in AcceptPlanner.KeysOf(items).Concat(TransitionKeys(cursors.Values)))
            if (tables.Keys.TryGetValue(key, out var row)) known[key] = new(row.Id, row.BodyHash);
        var plan = new AcceptPlanner(known, cursors).Plan(items);
        return tables.Transact(() =>
        {
            foreach (var hook in plan.Hooks) tables.Add(tables.Hooks, hook.Id, RowCopy.Of(hook));
            foreach (var e in plan.Events) Add(RowCopy.Of(e));
            foreach (var cursor in plan.Mailboxes) Write(cursor);
            return plan.Results;
        });
    }

    private MailboxCursor CursorOf(MailboxKey key) => tables.Find(key)?.Row is { } row
        ? new(key, true, row.LastNumber, row.Epoch, row.LastTransitionKey, row.LastTransitionAt) : MailboxCursor.ForNew(key);

    private static IEnumerable<DedupKey> TransitionKeys(IEnumerable<MailboxCursor> cursors) =>
        from cursor in cursors where cursor.LastTransitionKey is not null select new DedupKey(cursor.Key.Account.Value, cursor.Key.Connection.Value, cursor.LastTransitionKey!);

    private void Add(EventRow row)
    {
        tables.Add(tables.Events, row.Id, row);
        tables.Add(tables.Keys, new(row.AccountId, row.ConnectionId, row.DedupKey), row);
        var events = tables.Of(StoredEvents.MailboxOf(row)).Events;
        events.Add(row);
        tables.OnFailure(() => events.Remove(row));
    }

    private void Write(MailboxCursor cursor)
    {
        var key = cursor.Key;
        var mailbox = tables.Of(key);
        var before = mailbox.Row;
        tables.OnFailure(() => mailbox.Row = before);
        var row = before is null
            ? new MailboxRow { AccountId = key.Account.Value, ConnectionId = key.Connection.Value, EntityType = key.EntityType, EntityId = key.EntityId }
            : RowCopy.Of(before);
        (row.LastNumber, row.LastTransitionKey, row.LastTransitionAt, row.UpdatedAt) = (cursor.LastNumber, cursor.LastTransitionKey, cursor.LastTransitionAt, MicrosecondsConverter.Truncate(cursor.UpdatedAt));
        mailbox.Row = row;
    }
}
