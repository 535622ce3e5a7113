using Automation.Engine.Persistence.Steps;
using Automation.Simulation.Tests.World;

namespace Automation.Simulation.Tests.Planted;

/// <summary>The journal is written after the step, by itself.</summary>
public sealed class JournalOutsideTheCommit : PlantedBug
{
    public override IEngineStore Store(IEngineStore store, History history) => new Apart(store);

    private sealed class Apart(IEngineStore store) : WrappedStore(store)
    {
        public override async Task<IReadOnlyList<bool>> CommitAsync(IReadOnlyList<StepCommit> steps, CancellationToken cancellationToken)
        {
            var committed = await base.CommitAsync([.. steps.Select(step => step with { Journal = [] })], cancellationToken);
            StepCommit[] rows = [.. steps.Where((step, place) => committed[place] && step.Journal.Count > 0).Select(step => new StepCommit { Mailbox = step.Mailbox, Epoch = step.NewEpoch, NewEpoch = step.NewEpoch, Now = step.Now, Journal = step.Journal })];
            if (rows.Length > 0) await base.CommitAsync(rows, cancellationToken);
            return committed;
        }
    }
}
