using Automation.Engine.Accounts;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Cluster;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Hosting.Definitions;

/// <summary>A published workflow and one way in which it starts by itself.</summary>
public sealed record StartingWorkflow(DefinitionRow Definition, WorkflowTrigger Trigger);

/// <summary>What starts the published workflows of an account that belong to no funnel, kept in memory.</summary>
public sealed class TriggerCatalog(IDbContextFactory<AutomationDbContext> contexts, FunnelCatalog workflows, AccountDirectory accounts, TimeProvider clock) : IKeepsInMemory
{
    private readonly Kept<AccountId, IReadOnlyList<StartingWorkflow>> known = new();

    public IReadOnlyList<string> Tables { get; } = ["definitions"];

    /// <summary>Those that a stimulus starts.</summary>
    public async ValueTask<IReadOnlyList<StartingWorkflow>> FindAsync(AccountId account, string hash, CancellationToken cancellationToken) =>
        [.. (await AllAsync(account, cancellationToken)).Where(one => one.Trigger.Hash == hash)];

    /// <summary>The published workflow's own trigger at that activity; null when it has none any more.</summary>
    public async ValueTask<StartingWorkflow?> FindAsync(AccountId account, string definitionId, string activityId, CancellationToken cancellationToken) =>
        (await AllAsync(account, cancellationToken)).FirstOrDefault(one => one.Definition.DefinitionId == definitionId && one.Trigger.ActivityId == activityId);

    public async ValueTask<IReadOnlyList<StartingWorkflow>> AllAsync(AccountId account, CancellationToken cancellationToken)
    {
        if (known.TryGet(account, out var all)) return all;
        var version = known.Version;
        var info = await accounts.GetAsync(account, cancellationToken);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context.Definitions.AsNoTracking().Where(row => row.AccountId == account.Value && row.IsPublished && row.FunnelId == null && row.Document.Contains("canStartWorkflow")).OrderBy(row => row.DefinitionId).ToListAsync(cancellationToken);
        var found = new List<StartingWorkflow>();
        foreach (var row in rows)
            if (await workflows.WorkflowAsync(account, row.VersionId) is { } workflow) found.AddRange(Triggers(workflow, clock.GetUtcNow(), info.TimeZone).Select(trigger => new StartingWorkflow(row, trigger)));
        known.Keep(account, found, version);
        return found;
    }

    public void Forget(Guid? account) => known.Forget(account is null ? null : (id, _) => id.Value == account);

    // It was well when it was published; a server that lacks one of its activities now must not keep the others from starting.
    private static IReadOnlyList<WorkflowTrigger> Triggers(CompiledWorkflow workflow, DateTimeOffset now, TimeZoneInfo zone)
    {
        try
        {
            return workflow.Triggers(now, zone);
        }
        catch (DefinitionInvalidException)
        {
            return [];
        }
    }
}
