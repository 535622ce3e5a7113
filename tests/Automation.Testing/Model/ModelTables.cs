using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Steps;

namespace Automation.Testing.Model;

/// <summary>The rows of the model store, and what takes back a transaction that failed.</summary>
internal sealed class ModelTables
{
    private readonly Dictionary<MailboxKey, ModelMailbox> byKey = [];
    private readonly Stack<Action> undo = [];

    public SortedDictionary<MailboxKey, ModelMailbox> Mailboxes { get; } = new(MailboxOrder.Instance);
    public Dictionary<Guid, HookRow> Hooks { get; } = [];
    public Dictionary<Guid, EventRow> Events { get; } = [];
    public Dictionary<DedupKey, EventRow> Keys { get; } = [];
    public Dictionary<Guid, RunRow> Runs { get; } = [];
    public Dictionary<string, EffectRow> Effects { get; } = new(StringComparer.Ordinal);
    public Dictionary<Guid, TimerRow> Timers { get; } = [];
    public Dictionary<(Guid, string), BookmarkRow> Bookmarks { get; } = [];
    public Dictionary<Guid, JournalRow> Journal { get; } = [];
    public Dictionary<(Guid, long), JournalRow> Sequences { get; } = [];
    public Dictionary<string, LinkRow> Links { get; } = new(StringComparer.Ordinal);
    public Dictionary<(Guid, string), AssignmentRecord> Assignments { get; } = [];
    public List<ManagerRow> Managers { get; } = [];

    public ModelMailbox? Find(MailboxKey key) => byKey.GetValueOrDefault(key);

    public ModelMailbox Of(MailboxKey key)
    {
        if (byKey.TryGetValue(key, out var found)) return found;
        var made = new ModelMailbox(key);
        byKey.Add(key, made);
        Mailboxes.Add(key, made);
        return made;
    }

    /// <summary>All or nothing.</summary>
    public T Transact<T>(Func<T> work)
    {
        undo.Clear();
        try
        {
            return work();
        }
        catch
        {
            while (undo.TryPop(out var back)) back();
            throw;
        }
    }

    /// <exception cref="RowRefusedException">The key is taken.</exception>
    public void Add<TKey, TRow>(Dictionary<TKey, TRow> table, TKey key, TRow row) where TKey : notnull
    {
        if (!table.TryAdd(key, row)) throw new RowRefusedException($"The model store refuses a {typeof(TRow).Name}: its key {key} is taken.", new InvalidOperationException());
        undo.Push(() => table.Remove(key));
    }

    public void Remove<TKey, TRow>(Dictionary<TKey, TRow> table, TKey key) where TKey : notnull
    {
        if (table.Remove(key, out var row)) undo.Push(() => table[key] = row);
    }

    /// <summary>Changes a row in place; what it was before comes back when the transaction fails.</summary>
    public void Change<TRow>(TRow row, Action<TRow> change, Action<TRow, TRow> restore) where TRow : class
    {
        var before = RowCopy.Of(row);
        undo.Push(() => restore(row, before));
        change(row);
    }

    public void OnFailure(Action back) => undo.Push(back);
}
