using System.Collections.Concurrent;
using Automation.Engine.Accounts;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Definitions;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Matching;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Cluster;
using Automation.Engine.Workflows;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Hosting.Funnels;

/// <summary>The funnels that a mailbox's events are matched against, and the workflows of its runs.</summary>
internal interface IFunnelSource
{
    /// <inheritdoc cref="FunnelCatalog.PublishedAsync"/>
    ValueTask<IReadOnlyList<CompiledFunnel>> PublishedAsync(AccountId account);

    /// <inheritdoc cref="FunnelCatalog.WorkflowAsync"/>
    ValueTask<CompiledWorkflow?> WorkflowAsync(AccountId account, string versionId);
}

/// <summary>Published funnels, compiled once and kept in memory; definition versions of waiting runs are compiled on demand.</summary>
public sealed class FunnelCatalog(IDbContextFactory<AutomationDbContext> contexts, IWorkflowInterpreter interpreter, CompositeCatalog composites) : IKeepsInMemory, IFunnelSource
{
    private readonly ConcurrentDictionary<AccountId, Task<IReadOnlyList<CompiledFunnel>>> funnels = new();
    private readonly ConcurrentDictionary<(AccountId, string), Task<CompiledWorkflow?>> workflows = new();

    public IReadOnlyList<string> Tables { get; } = ["funnels"];

    /// <summary>The account's published funnels, by name.</summary>
    public async ValueTask<IReadOnlyList<CompiledFunnel>> PublishedAsync(AccountId account)
    {
        var loading = funnels.GetOrAdd(account, LoadAsync);
        try
        {
            return await loading;
        }
        catch
        {
            funnels.TryRemove(new(account, loading));
            throw;
        }
    }

    /// <summary>A definition version, published or superseded; null when it does not exist.</summary>
    public async ValueTask<CompiledWorkflow?> WorkflowAsync(AccountId account, string versionId)
    {
        var loading = workflows.GetOrAdd((account, versionId), CompileAsync);
        try
        {
            var workflow = await loading;
            // What it lacks today may be there tomorrow.
            if (workflow is not { IsWhole: true }) workflows.TryRemove(new((account, versionId), loading));
            return workflow;
        }
        catch
        {
            workflows.TryRemove(new((account, versionId), loading));
            throw;
        }
    }

    /// <summary>Called after a publish: the next event sees the new version.</summary>
    public void Invalidate(AccountId account) => funnels.TryRemove(account, out _);

    /// <summary>Definition versions never change, so they stay.</summary>
    public void Forget(Guid? account)
    {
        if (account is { } one) Invalidate(new(one));
        else funnels.Clear();
    }

    private async Task<IReadOnlyList<CompiledFunnel>> LoadAsync(AccountId account)
    {
        await using var context = await contexts.CreateDbContextAsync();
        var published = await (
            from funnel in context.Funnels.AsNoTracking()
            join version in context.FunnelVersions.AsNoTracking()
                on new { Id = funnel.Id, Number = funnel.PublishedVersion } equals new { Id = version.FunnelId, Number = (int?)version.Version }
            where funnel.AccountId == account.Value
            orderby funnel.Name
            select new { funnel.Id, funnel.ConnectionId, version.Version, version.Document }).ToListAsync();
        var compiled = new List<CompiledFunnel>();
        foreach (var row in published)
        {
            var document = FunnelJson.Read(row.Document);
            var triggers = new List<CompiledTrigger>();
            foreach (var trigger in document.Triggers.Select((trigger, place) => (trigger, place)).OrderBy(item => item.trigger.Order).ThenBy(item => item.place))
            {
                var workflow = await WorkflowAsync(account, trigger.trigger.DefinitionVersionId!)
                    ?? throw new InvalidOperationException($"Funnel {row.Id} version {row.Version}: trigger {trigger.trigger.Id} pins a definition that does not exist.");
                triggers.Add(new(trigger.trigger, workflow));
            }

            compiled.Add(new(row.Id, row.Version, document, new(row.ConnectionId), triggers));
        }

        return compiled;
    }

    private async Task<CompiledWorkflow?> CompileAsync((AccountId Account, string VersionId) key)
    {
        await using var context = await contexts.CreateDbContextAsync();
        var row = await context.Definitions.AsNoTracking().FirstOrDefaultAsync(definition => definition.AccountId == key.Account.Value && definition.VersionId == key.VersionId);
        if (row is null) return null;
        var definition = new WorkflowDefinition(row.VersionId, row.DefinitionId, row.Version, RunJson.Parse(row.Document));
        var workflow = interpreter.Compile(definition, await composites.ReadAsync(key.Account, CancellationToken.None));
        return workflow.IsWhole ? workflow : interpreter.Compile(definition, await composites.ReadAnewAsync(key.Account, CancellationToken.None));
    }
}
