using Automation.Engine.Accounts;
using Automation.Engine.Events;
using Automation.Engine.Hosting.Inbox;
using Automation.Engine.Persistence.Steps;
using Automation.Simulation.Tests.Outside;

namespace Automation.Simulation.Tests.Planted;

/// <summary>Answers the hook, then stores it.</summary>
public sealed class AcknowledgeBeforeCommit : PlantedBug
{
    public override Task<AcceptResult> AcceptAsync(InboxService inbox, ConnectionId connection, CrmEvent told)
    {
        _ = inbox.AcceptAsync(Installation.Account, connection, null, [told], CancellationToken.None);
        return Task.FromResult(new AcceptResult([]));
    }
}
