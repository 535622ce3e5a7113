using Automation.Engine.Mailboxes;

namespace Automation.Engine.Persistence.Steps;

/// <summary>What accepting needs of a mailbox row, read under its lock, and how it stands after the batch.</summary>
public sealed class MailboxCursor(MailboxKey key, bool exists, long lastNumber, long epoch, string? lastTransitionKey, DateTimeOffset? lastTransitionAt)
{
    public MailboxKey Key { get; } = key;

    /// <summary>False when the batch has to insert the row.</summary>
    public bool Exists { get; } = exists;

    /// <summary>True when nothing was ever accepted or claimed here.</summary>
    public bool Untouched { get; } = lastNumber == 0 && epoch == 0;
    public long LastNumber { get; private set; } = lastNumber;

    /// <summary>The key as stored: with <c>#number</c> where the source tells no time.</summary>
    public string? LastTransitionKey { get; private set; } = lastTransitionKey;
    public DateTimeOffset? LastTransitionAt { get; private set; } = lastTransitionAt;
    public DateTimeOffset UpdatedAt { get; private set; }

    /// <summary>True when the batch stored an event here.</summary>
    public bool Changed { get; private set; }

    public static MailboxCursor ForNew(MailboxKey key) => new(key, false, 0, 0, null, null);

    public long Take(DateTimeOffset now)
    {
        Changed = true;
        UpdatedAt = now;
        return ++LastNumber;
    }

    public void Passed(string storedKey, DateTimeOffset now) => (LastTransitionKey, LastTransitionAt) = (storedKey, now);
}
