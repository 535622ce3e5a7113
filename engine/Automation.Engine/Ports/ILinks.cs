using Automation.Engine.Mailboxes;
using Automation.Engine.Workflows;

namespace Automation.Engine.Ports;

/// <summary>
/// Links recorded by <see cref="ActivityExecutionContext.RecordLink"/>. A link is named by its relation and both ends:
/// recording it again replaces its data.
/// </summary>
public interface ILinks
{
    /// <summary>The newest link of the relation that has <paramref name="side"/> on either end; null when there is none.</summary>
    ValueTask<EntityLink?> FindAsync(string relation, MailboxKey side, CancellationToken cancellationToken);
}
