using Automation.Engine.Accounts;
using Automation.Engine.Events;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence.Events;
using Automation.Engine.Persistence.Rows;

namespace Automation.Engine.Persistence.Steps;

/// <summary>Rows in the engine's words.</summary>
public static class StoredEvents
{
    public static MailboxKey MailboxOf(MailboxScoped row) => new(new AccountId(row.AccountId), new ConnectionId(row.ConnectionId), row.EntityType, row.EntityId);

    public static StoredEvent From(EventRow row) => new(row.Id, MailboxOf(row), row.Number, EventPayload.Read(row.Payload), row.AcceptedAt, row.Tries);
}
