using Automation.Engine.Accounts;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Matching;
using Automation.Engine.Workflows;

namespace Automation.Engine.Hosting.Trials;

/// <summary>One funnel, as if it alone were published.</summary>
/// <param name="Broken">Triggers that cannot run as they stand, by id, with the reason; they are not in <paramref name="Funnel"/>.</param>
internal sealed record TrialFunnel(CompiledFunnel Funnel, IReadOnlyDictionary<string, string> Broken) : IFunnelSource
{
    private readonly Dictionary<string, CompiledWorkflow> workflows = Funnel.Triggers.Select(trigger => trigger.Workflow).DistinctBy(workflow => workflow.Definition.VersionId).ToDictionary(workflow => workflow.Definition.VersionId, StringComparer.Ordinal);

    public ValueTask<IReadOnlyList<CompiledFunnel>> PublishedAsync(AccountId account) => ValueTask.FromResult<IReadOnlyList<CompiledFunnel>>([Funnel]);

    public ValueTask<CompiledWorkflow?> WorkflowAsync(AccountId account, string versionId) => ValueTask.FromResult(workflows.GetValueOrDefault(versionId));

    /// <summary>The same with one trigger alone.</summary>
    public TrialFunnel Only(string trigger) => new(Funnel with { Triggers = [.. Funnel.Triggers.Where(one => one.Definition.Id == trigger)] }, Broken.Where(one => one.Key == trigger).ToDictionary());
}
