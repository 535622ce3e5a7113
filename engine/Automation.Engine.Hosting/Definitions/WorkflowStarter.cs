using Automation.Engine.Accounts;
using Automation.Engine.Hosting.Inbox;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Definitions;

/// <summary>Starts workflows that belong to no deal. Each run has a mailbox of its own: the order that matters is the run's.</summary>
public sealed class WorkflowStarter(IDbContextFactory<AutomationDbContext> contexts, InboxService inbox, IIdSource ids)
{
    /// <summary>Entity type of those mailboxes; they stand under no connection.</summary>
    public const string EntityType = "workflow";

    /// <summary>Stored when this returns; done whatever is restarted.</summary>
    /// <param name="correlation">Null for none.</param>
    /// <param name="activity">The trigger activity that it begins with; null for where the workflow begins.</param>
    /// <returns>The run's id; null where the workflow's activation strategy says that it must not start now.</returns>
    public async Task<Guid?> StartAsync(AccountId account, DefinitionRow definition, JObject input, string? correlation, string? activity, CancellationToken cancellationToken)
    {
        if (!await MayStartAsync(account, definition, correlation, cancellationToken)) return null;
        var run = ids.NewId();
        await inbox.AcceptAsync(account, new(Guid.Empty), null, [new()
        {
            Kind = InternalEvents.Start,
            EntityType = EntityType,
            EntityId = run.ToString("N"),
            DedupKey = $"start|{run:N}",
            Data = JObject.FromObject(new StartOrder(run, definition.VersionId, input, correlation, activity)),
        }], cancellationToken);
        return run;
    }

    private async Task<bool> MayStartAsync(AccountId account, DefinitionRow definition, string? correlation, CancellationToken cancellationToken)
    {
        var strategy = (string?)(RunJson.Parse(definition.Document)["options"] as JObject)?["activationStrategyType"] ?? "";
        var singleton = strategy.Contains("Singleton", StringComparison.Ordinal);
        var correlated = strategy.Contains("Correlat", StringComparison.Ordinal);
        if (!singleton && !correlated) return true;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var open = context.Runs.Where(run => run.AccountId == account.Value && (run.Status == (int)RunStatus.Running || run.Status == (int)RunStatus.Suspended));
        if (singleton) open = open.Where(run => context.Definitions.Any(one => one.AccountId == account.Value && one.VersionId == run.DefinitionVersionId && one.DefinitionId == definition.DefinitionId));
        if (correlated) open = open.Where(run => run.CorrelationId == correlation);
        return !await open.AnyAsync(cancellationToken);
    }
}
