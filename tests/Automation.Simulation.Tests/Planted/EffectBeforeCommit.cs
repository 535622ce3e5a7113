using Automation.Engine.Effects;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Persistence.Steps;

namespace Automation.Simulation.Tests.Planted;

/// <summary>Calls out as soon as the step is computed.</summary>
public sealed class EffectBeforeCommit : PlantedBug
{
    public override StepObserver Observer(IEffectHandler handler, TaskScheduler node) => new Eager(handler);

    private sealed class Eager(IEffectHandler handler) : StepObserver
    {
        public override void BeforeCommit(StepCommit step)
        {
            foreach (var effect in step.NewEffects.Where(effect => effect.State == (int)EffectState.Sending))
                _ = handler.SendAsync(new(new(effect.AccountId), null, effect.Key, RunJson.Parse(effect.Request), step.Now, 1), CancellationToken.None);
        }
    }
}
