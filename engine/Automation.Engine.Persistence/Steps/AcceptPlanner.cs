using Automation.Engine.Events;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence.Events;
using Automation.Engine.Persistence.Model;
using Automation.Engine.Persistence.Rows;

namespace Automation.Engine.Persistence.Steps;

/// <summary>
/// Decides what a batch of hooks stores: pure, the same for both databases. The store reads <paramref name="known"/> and
/// <paramref name="mailboxes"/> under the mailboxes' locks before, and writes the plan after.
/// </summary>
/// <param name="known">Stored events by key, those under a mailbox's last transition key among them.</param>
/// <param name="mailboxes">A cursor for every mailbox of the batch.</param>
public sealed class AcceptPlanner(Dictionary<DedupKey, KnownEvent> known, IReadOnlyDictionary<MailboxKey, MailboxCursor> mailboxes)
{
    private readonly List<HookRow> hooks = [];
    private readonly List<EventRow> events = [];

    /// <summary>The mailboxes of a batch, each once, in the order in which both stores lock them.</summary>
    public static IReadOnlyList<MailboxKey> MailboxesOf(IReadOnlyList<AcceptItem> items) => MailboxesOf(items, _ => true);

    public static IReadOnlyList<MailboxKey> MailboxesOf(IReadOnlyList<AcceptItem> items, Func<NewEvent, bool> which) =>
        [.. items.SelectMany(item => item.Events.Where(which), KeyOf).Distinct().Order(MailboxOrder.Instance)];

    public static IReadOnlyList<DedupKey> KeysOf(IReadOnlyList<AcceptItem> items) =>
        [.. items.SelectMany(item => item.Events, (item, e) => new DedupKey(item.Account.Value, item.Connection.Value, e.Event.DedupKey)).Distinct()];

    public AcceptPlan Plan(IReadOnlyList<AcceptItem> items)
    {
        var results = items.Select(Accept).ToList();
        return new(hooks, events, [.. mailboxes.Values.Where(mailbox => mailbox.Changed)], results);
    }

    private static MailboxKey KeyOf(AcceptItem item, NewEvent e) => new(item.Account, item.Connection, e.Event.EntityType, e.Event.EntityId);

    private AcceptResult Accept(AcceptItem item)
    {
        var before = events.Count;
        var accepted = item.Events.Select(e => Accept(item, e, mailboxes[KeyOf(item, e)])).ToList();
        // A full copy leaves no trace; a dead letter has no events and is kept.
        if (item.Hook is { } hook && (events.Count > before || hook.ErrorCode is not null)) hooks.Add(hook);
        return new(accepted);
    }

    private AcceptedEvent Accept(AcceptItem item, NewEvent incoming, MailboxCursor mailbox)
    {
        var now = MicrosecondsConverter.Truncate(item.Now);
        if (FindCopy(item, incoming.Event, mailbox, now) is { } copy)
            return new(copy.Id, null, false, incoming.Event.BodyHash is { } hash && copy.BodyHash is { } stored && hash != stored);

        var isNew = mailbox.Untouched && mailbox.LastNumber == 0;
        var number = mailbox.Take(now);
        var key = TransitionWindow.StoredKey(incoming.Event, number);
        if (TransitionWindow.IsTransition(incoming.Event.Kind)) mailbox.Passed(key, now);
        known[new(item.Account.Value, item.Connection.Value, key)] = new(incoming.Id, incoming.Event.BodyHash);
        events.Add(Row(item, incoming, key, number, now));
        return new(incoming.Id, new(incoming.Id, mailbox.Key, number, incoming.Event, now, Tries: 1), isNew, false);
    }

    private KnownEvent? FindCopy(AcceptItem item, CrmEvent e, MailboxCursor mailbox, DateTimeOffset now)
    {
        var key = e.DedupKey;
        if (e.DedupWithinWindow)
        {
            if (!TransitionWindow.IsCopy(e, mailbox, now)) return null;
            key = mailbox.LastTransitionKey!;
        }
        return known.TryGetValue(new(item.Account.Value, item.Connection.Value, key), out var copy) ? copy : null;
    }

    private static EventRow Row(AcceptItem item, NewEvent incoming, string key, long number, DateTimeOffset now) => new()
    {
        Id = incoming.Id,
        AccountId = item.Account.Value,
        ConnectionId = item.Connection.Value,
        EntityType = incoming.Event.EntityType,
        EntityId = incoming.Event.EntityId,
        Number = number,
        Kind = incoming.Event.Kind,
        DedupKey = key,
        BodyHash = incoming.Event.BodyHash,
        HookId = item.Hook?.Id,
        Payload = EventPayload.Write(incoming.Event),
        AcceptedAt = now,
        Status = EventStatus.Waiting,
        Tries = 1,
    };
}
