using Automation.Engine.Persistence.Steps;
using Automation.Simulation.Tests.World;

namespace Automation.Simulation.Tests.Planted;

/// <summary>No hook is ever a copy.</summary>
public sealed class DuplicateKeyIgnored : PlantedBug
{
    public override IEngineStore Store(IEngineStore store, History history) => new Keyless(store);

    private sealed class Keyless(IEngineStore store) : WrappedStore(store)
    {
        public override Task<IReadOnlyList<AcceptResult>> AcceptAsync(IReadOnlyList<AcceptItem> items, CancellationToken cancellationToken) =>
            base.AcceptAsync([.. items.Select(item => item with { Events = [.. item.Events.Select(e => e with { Event = e.Event with { DedupKey = $"{e.Event.DedupKey}|{e.Id:N}" } })] })], cancellationToken);
    }
}
