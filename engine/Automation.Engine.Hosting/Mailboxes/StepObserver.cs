using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Steps;

namespace Automation.Engine.Hosting.Mailboxes;

/// <summary>Sees steps pass; crash tests stop the process here, tests and benchmarks wait on it.</summary>
public class StepObserver
{
    public virtual void BeforeCommit(StepCommit step) { }

    public virtual void AfterCommit(StepCommit step, bool committed) { }

    public virtual void AfterSend(EffectRow effect) { }
}
