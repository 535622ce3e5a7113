using Automation.Engine.Mailboxes;
using Microsoft.Extensions.Logging;

namespace Automation.Engine.Hosting.Failures;

/// <summary>What an operator has to hear of: one warning each.</summary>
public sealed class FailureLog(ILogger<FailureLog> logger)
{
    /// <param name="cycle">The circle in words; null when the events came from outside.</param>
    public void Guarded(MailboxKey mailbox, string trigger, string reason, string? cycle) => logger.Guarded(mailbox.ToString(), trigger, reason, cycle ?? "events from outside");

    /// <summary>An event that had stood back for another one, and then could not be processed either.</summary>
    public void Buried(MailboxKey mailbox, Guid stored, Exception cause) => logger.EventBuried(mailbox.ToString(), stored, 1, cause);

    public void BudgetExceeded(Guid account, string day, int limit) => logger.BudgetExceeded(account, day, limit);
}
