using Automation.Engine.Accounts;

namespace Automation.Engine.Mailboxes;

/// <summary>
/// The unit of order: events of one key are numbered without gaps and processed one at a time.
/// "Deal" in the reliability contract means this key.
/// </summary>
/// <param name="EntityType">One of <see cref="EntityTypes"/>.</param>
/// <param name="EntityId">The outside system's id, as text.</param>
public sealed record MailboxKey(AccountId Account, ConnectionId Connection, string EntityType, string EntityId)
{
    public override string ToString() => $"{Account.Value:N}|{Connection.Value:N}|{EntityType}|{EntityId}";

    /// <exception cref="FormatException">The text is not four parts joined by '|'.</exception>
    public static MailboxKey Parse(string text)
    {
        var parts = text.Split('|', 4);
        if (parts.Length != 4) throw new FormatException($"'{text}' is not a mailbox key.");
        return new(new(Guid.ParseExact(parts[0], "N")), new(Guid.ParseExact(parts[1], "N")), parts[2], parts[3]);
    }
}

public static class EntityTypes
{
    public const string Deal = "deal";
    public const string Contact = "contact";
    public const string Company = "company";
    public const string Task = "task";
    public const string Booking = "booking";
    public const string Customer = "customer";

    /// <summary>Incoming leads («Неразобранное») before they are accepted; the id is the source's uid.</summary>
    public const string Unsorted = "unsorted";

    /// <summary>Generic webhooks that name no entity.</summary>
    public const string Webhook = "webhook";

    /// <summary>One for each schedule trigger.</summary>
    public const string Schedule = "schedule";
}
