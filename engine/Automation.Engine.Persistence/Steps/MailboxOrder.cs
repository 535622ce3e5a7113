using Automation.Engine.Mailboxes;

namespace Automation.Engine.Persistence.Steps;

/// <summary>The order of the mailboxes' primary key: locks are taken in it, so that two transactions never wait for each other.</summary>
public sealed class MailboxOrder : IComparer<MailboxKey>
{
    public static readonly MailboxOrder Instance = new();

    public int Compare(MailboxKey? x, MailboxKey? y)
    {
        if (x is null || y is null) return (x is null ? 0 : 1) - (y is null ? 0 : 1);
        var order = x.Account.Value.CompareTo(y.Account.Value);
        if (order == 0) order = x.Connection.Value.CompareTo(y.Connection.Value);
        if (order == 0) order = string.CompareOrdinal(x.EntityType, y.EntityType);
        return order == 0 ? string.CompareOrdinal(x.EntityId, y.EntityId) : order;
    }
}
