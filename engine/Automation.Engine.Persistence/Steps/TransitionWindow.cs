using Automation.Engine.Events;

namespace Automation.Engine.Persistence.Steps;

/// <summary>
/// Copies from sources that tell no time: the same key within two hours with no other transition of the entity between (R2).
/// Such events are stored under <c>key#number</c>, so that the same transition may come again later.
/// </summary>
public static class TransitionWindow
{
    public static readonly TimeSpan Length = TimeSpan.FromHours(2);

    public static bool IsTransition(string kind) => kind is
        EventKinds.StageChanged or EventKinds.Created or EventKinds.Deleted or EventKinds.Restored or EventKinds.ResponsibleChanged;

    public static string StoredKey(CrmEvent crmEvent, long number) =>
        crmEvent.DedupWithinWindow ? FormattableString.Invariant($"{crmEvent.DedupKey}#{number}") : crmEvent.DedupKey;

    /// <summary>True when the mailbox's last transition is this event, told before.</summary>
    public static bool IsCopy(CrmEvent crmEvent, MailboxCursor mailbox, DateTimeOffset now) =>
        mailbox is { LastTransitionKey: { } last, LastTransitionAt: { } at } && now - at <= Length && IsStoredForm(last, crmEvent.DedupKey);

    private static bool IsStoredForm(string stored, string key) =>
        stored.StartsWith(key, StringComparison.Ordinal)
        && (stored.Length == key.Length || (stored[key.Length] == '#' && stored.AsSpan(key.Length + 1).IndexOfAnyExceptInRange('0', '9') < 0));
}
