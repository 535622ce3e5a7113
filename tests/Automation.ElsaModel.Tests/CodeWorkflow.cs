using Automation.Engine.Workflows;
using Microsoft.Extensions.DependencyInjection;

namespace Automation.ElsaModel.Tests;

/// <summary>A workflow written down where a test needs it.</summary>
internal sealed class CodeWorkflow(Action<IWorkflowBuilder> build) : WorkflowBase
{
    public static RunHarness Harness(Action<IWorkflowBuilder> build, Action<IServiceCollection>? configure = null) => new(new CodeWorkflow(build).ToDocument(), configure);

    public static Task<RunHarness> RunAsync(Action<IWorkflowBuilder> build, Action<IServiceCollection>? configure = null) => Harness(build, configure).RunAsync();

    protected override void Build(IWorkflowBuilder builder) => build(builder);
}
