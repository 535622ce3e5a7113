using Automation.Engine.Accounts;
using Automation.Engine.Effects;
using Automation.Engine.Events;
using Automation.Engine.Hosting.Inbox;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Persistence.Steps;
using Automation.Simulation.Tests.Outside;
using Automation.Simulation.Tests.World;

namespace Automation.Simulation.Tests.Planted;

/// <summary>Where a wrong part may stand in for a right one. This one plants nothing.</summary>
public class PlantedBug
{
    public static PlantedBug None { get; } = new();

    public static IReadOnlyList<PlantedBug> All { get; } =
    [
        new AcknowledgeBeforeCommit(), new EffectBeforeCommit(), new MissingFence(), new TimerDeletedFirst(), new OrderLostAfterFailover(),
        new DuplicateKeyIgnored(), new RetryWithANewKey(), new JournalOutsideTheCommit(),
    ];

    public virtual Task<AcceptResult> AcceptAsync(InboxService inbox, ConnectionId connection, CrmEvent told) =>
        inbox.AcceptAsync(Installation.Account, connection, null, [told], CancellationToken.None);

    public virtual IEngineStore Store(IEngineStore store, History history) => store;

    public virtual IEffectHandler Handler(IEffectHandler handler) => handler;

    public virtual StepObserver Observer(IEffectHandler handler, TaskScheduler node) => new();
}
