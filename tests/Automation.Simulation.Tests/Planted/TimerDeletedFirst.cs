using Automation.Engine.Persistence.Steps;
using Automation.Simulation.Tests.World;

namespace Automation.Simulation.Tests.Planted;

/// <summary>A timer is taken from its table first, what it starts is stored after.</summary>
public sealed class TimerDeletedFirst : PlantedBug
{
    public override IEngineStore Store(IEngineStore store, History history) => new Early(store);

    private sealed class Early(IEngineStore store) : WrappedStore(store)
    {
        public override async Task<IReadOnlyList<bool>> CommitAsync(IReadOnlyList<StepCommit> steps, CancellationToken cancellationToken)
        {
            StepCommit[] first = [.. steps.Where(step => step.RemovedTimers.Count > 0).Select(step => new StepCommit { Mailbox = step.Mailbox, Epoch = step.Epoch, NewEpoch = step.Epoch, Now = step.Now, RemovedTimers = step.RemovedTimers })];
            if (first.Length > 0) await base.CommitAsync(first, cancellationToken);
            return await base.CommitAsync([.. steps.Select(step => step with { RemovedTimers = [] })], cancellationToken);
        }
    }
}
