using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence.Steps;
using Automation.Simulation.Tests.World;

namespace Automation.Simulation.Tests.Planted;

/// <summary>Who takes a mailbox over reads what waits as it comes, and not by number.</summary>
public sealed class OrderLostAfterFailover : PlantedBug
{
    public override IEngineStore Store(IEngineStore store, History history) => new Shuffled(store);

    private sealed class Shuffled(IEngineStore store) : WrappedStore(store)
    {
        public override async Task<MailboxSnapshot?> LoadAsync(MailboxKey key, CancellationToken cancellationToken)
        {
            if (await base.LoadAsync(key, cancellationToken) is not { } snapshot) return null;
            var numbers = snapshot.Waiting.Select(stored => stored.Number).ToList();
            return snapshot with { Waiting = [.. snapshot.Waiting.Reverse().Zip(numbers, (stored, number) => stored with { Number = number })] };
        }
    }
}
