using Automation.Engine.Workflows;
using Automation.Simulation.Tests.World;

namespace Automation.Simulation.Tests.Outside;

/// <summary>Ends the process that runs it, as a bug in a native library would.</summary>
[Activity("Sim"), Deterministic]
public sealed class Kill : Activity
{
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        context.GetRequiredService<Life>().End();
        await new TaskCompletionSource().Task;
    }
}
