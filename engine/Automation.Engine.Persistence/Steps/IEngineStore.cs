using Automation.Engine.Accounts;
using Automation.Engine.Events;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence.Rows;

namespace Automation.Engine.Persistence.Steps;

/// <summary>
/// The hot path: accepting events and committing steps, many at once in one transaction. Everything else goes through
/// <see cref="AutomationDbContext"/>. Both stores behave alike; one contract suite holds them to it.
/// </summary>
public interface IEngineStore
{
    /// <summary>
    /// Stores hooks and their events in one transaction: copies are found by key (R2), the others numbered per mailbox under a lock on
    /// its row (R3). Mailboxes that do not exist are made. Answers stand in the order of the items.
    /// </summary>
    Task<IReadOnlyList<AcceptResult>> AcceptAsync(IReadOnlyList<AcceptItem> items, CancellationToken cancellationToken);

    /// <summary>
    /// Commits steps of different mailboxes in one transaction. A step whose epoch is stale writes nothing; the others are not harmed.
    /// </summary>
    /// <returns>For each step, in order: true when committed, false when refused as stale.</returns>
    Task<IReadOnlyList<bool>> CommitAsync(IReadOnlyList<StepCommit> steps, CancellationToken cancellationToken);

    /// <summary>A mailbox with its waiting events (by number), open runs, unfinished effects (by position) and timers; null when it does not exist.</summary>
    Task<MailboxSnapshot?> LoadAsync(MailboxKey key, CancellationToken cancellationToken);

    /// <summary>Timers due at or before <paramref name="now"/>, earliest first.</summary>
    Task<IReadOnlyList<TimerRow>> ReadDueTimersAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken);

    /// <summary>Mailboxes with waiting events or effects planned, sending or due for another try: what a start-up has to wake. Pages by key.</summary>
    Task<IReadOnlyList<MailboxKey>> FindUnfinishedAsync(DateTimeOffset now, MailboxKey? after, int limit, CancellationToken cancellationToken);
}

/// <summary>One request: the raw hook (null for events the engine makes itself) and what it turned into.</summary>
public sealed record AcceptItem(AccountId Account, ConnectionId Connection, DateTimeOffset Now, HookRow? Hook, IReadOnlyList<NewEvent> Events);

public sealed record NewEvent(Guid Id, CrmEvent Event);

/// <summary>What became of a request's events, in their order.</summary>
public sealed record AcceptResult(IReadOnlyList<AcceptedEvent> Events);

/// <param name="Id">Of the stored event; of the earlier one for a copy.</param>
/// <param name="Stored">Null for a copy.</param>
/// <param name="NewMailbox">True when this event made the mailbox: there is nothing to load.</param>
/// <param name="IdReused">Same delivery id with another body.</param>
public sealed record AcceptedEvent(Guid Id, StoredEvent? Stored, bool NewMailbox, bool IdReused)
{
    public bool Duplicate => Stored is null;
}

/// <summary>Everything one step of one mailbox changes. Null and empty mean unchanged.</summary>
public sealed record StepCommit
{
    public required MailboxKey Mailbox { get; init; }

    /// <summary>The epoch the row must have.</summary>
    public required long Epoch { get; init; }

    /// <summary>The epoch it gets: one more, so that whoever has read the mailbox before is refused.</summary>
    public required long NewEpoch { get; init; }
    public required DateTimeOffset Now { get; init; }
    public MailboxUpdate? State { get; init; }

    /// <summary>Events that end with this step, or begin another try (R10).</summary>
    public IReadOnlyList<EventChange> Events { get; init; } = [];
    public IReadOnlyList<RunRow> NewRuns { get; init; } = [];
    public IReadOnlyList<RunRow> ChangedRuns { get; init; } = [];
    public IReadOnlyList<EffectRow> NewEffects { get; init; } = [];
    public IReadOnlyList<EffectEnd> Effects { get; init; } = [];
    public IReadOnlyList<TimerRow> NewTimers { get; init; } = [];
    public IReadOnlyList<Guid> RemovedTimers { get; init; } = [];

    /// <summary>Timers that are begun once more (R10).</summary>
    public IReadOnlyList<TimerTry> TimerTries { get; init; } = [];
    public IReadOnlyList<BookmarkRow> NewBookmarks { get; init; } = [];

    /// <summary>Runs whose bookmark rows go away before the new ones are written.</summary>
    public IReadOnlyList<Guid> ClearedBookmarkRuns { get; init; } = [];
    public IReadOnlyList<JournalRow> Journal { get; init; } = [];

    /// <summary>Written over an equal link (relation, from, to).</summary>
    public IReadOnlyList<LinkRow> Links { get; init; } = [];
    public IReadOnlyList<AssignmentRecord> Assignments { get; init; } = [];
}

/// <param name="State">The mailbox state document.</param>
public sealed record MailboxUpdate(string State, long DoneNumber, string? PipelineId, string? StageId, string? AssignedTo, bool Open);

/// <param name="State">The deal's known state as of this event.</param>
/// <param name="Tries">How often work on it has begun; null leaves it.</param>
public sealed record EventChange(Guid Id, EventStatus Status, string? ErrorCode, string? ErrorMessage, string? State, int? Tries = null);

/// <param name="Tries">How often work on it has begun.</param>
public sealed record TimerTry(Guid Id, int Tries);

/// <summary>A change of an effect: another try, or its end.</summary>
public sealed record EffectEnd(string Key, int State, int Tries, string? Result, string? ErrorCode, string? ErrorMessage, DateTimeOffset? NextTryAt)
{
    /// <summary>Processes that died while it was on its way; null leaves it.</summary>
    public int? Deaths { get; init; }
}

public sealed record MailboxSnapshot(
    MailboxRow Row, IReadOnlyList<StoredEvent> Waiting, IReadOnlyList<RunRow> OpenRuns, IReadOnlyList<EffectRow> Effects, IReadOnlyList<TimerRow> Timers);
