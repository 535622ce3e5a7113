using Automation.Engine.Persistence.Steps;
using Automation.Simulation.Tests.World;

namespace Automation.Simulation.Tests.Planted;

/// <summary>A commit asks for no epoch.</summary>
public sealed class MissingFence : PlantedBug
{
    public override IEngineStore Store(IEngineStore store, History history) => new Unfenced(store, history);

    private sealed class Unfenced(IEngineStore store, History history) : WrappedStore(store)
    {
        public override Task<IReadOnlyList<bool>> CommitAsync(IReadOnlyList<StepCommit> steps, CancellationToken cancellationToken) =>
            base.CommitAsync([.. steps.Select(step => history.Unfence(step))], cancellationToken);
    }
}
