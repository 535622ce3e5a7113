using System.Security.Cryptography;
using System.Text;
using Automation.Engine.Accounts;
using Automation.Engine.Hosting.Inbox;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Backup;
using Automation.Engine.Persistence.Events;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Definitions;

/// <summary>What a run is started with.</summary>
/// <param name="Correlation">Null for none.</param>
/// <param name="Activity">The trigger activity that it begins with; null for where the workflow begins.</param>
public sealed record WorkflowStart(JObject Input, string? Correlation, string? Activity)
{
    /// <summary>Of a start that may come again: by its key it is the same run then. Null for one that a person asks for.</summary>
    public (Guid Run, string Key, DateTimeOffset Since)? Known { get; init; }

    /// <summary>The run that waits for it.</summary>
    public ParentOfRun? Parent { get; init; }

    /// <summary>The entity that it works on; null for none.</summary>
    public MailboxKey? Subject { get; init; }

    /// <summary>Length of the chain of own effects that led here (R14).</summary>
    public int Depth { get; init; }
}

/// <summary>A start that is stored.</summary>
/// <param name="Event">Its event: once that is done and there is no run, the activation strategy refused it.</param>
public sealed record WorkflowStarted(Guid Run, Guid Event);

/// <summary>
/// Starts workflows by their name. A run that belongs to no deal has a mailbox of its own: the order that matters is the run's. Those
/// with an activation strategy share one, so that of two that start at once one is refused.
/// </summary>
public sealed class WorkflowStarter(IDbContextFactory<AutomationDbContext> contexts, InboxService inbox, RestorePoint restored, IIdSource ids)
{
    /// <summary>Entity type of those mailboxes; they stand under no connection.</summary>
    public const string EntityType = "workflow";

    /// <summary>Stored when this returns; done whatever is restarted.</summary>
    /// <returns>Null where the workflow's activation strategy says that it must not start now.</returns>
    public async Task<WorkflowStarted?> StartAsync(AccountId account, DefinitionRow definition, WorkflowStart start, CancellationToken cancellationToken)
    {
        var strategy = ActivationStrategy.Of(RunJson.Parse(definition.Document));
        if (strategy is { IsCorrelated: true, IsSingleton: false } && await HasOpenAsync(account, start.Correlation, cancellationToken)) return null;
        var run = start.Known?.Run ?? ids.NewId();
        var mailbox = strategy.IsNone && start.Subject is { } subject && subject.Connection != default
            ? subject
            : new MailboxKey(account, new(Guid.Empty), EntityType, strategy.IsNone ? run.ToString("N") : Gate(definition, strategy, start.Correlation));
        var order = JObject.FromObject(new StartOrder(run, definition.VersionId, start.Input, start.Correlation, start.Activity, start.Parent));
        var accepted = await inbox.AcceptAsync(account, mailbox.Connection, null, [new()
        {
            Kind = InternalEvents.Start,
            EntityType = mailbox.EntityType,
            EntityId = mailbox.EntityId,
            DedupKey = $"start|{start.Known?.Key ?? run.ToString("N")}",
            Depth = start.Depth,
            Data = start.Known is { } known ? restored.Passed(order, known.Since) : order,
        }], cancellationToken);
        return new(accepted.Events[0].Duplicate ? await RunOfAsync(accepted.Events[0].Id, cancellationToken) ?? run : run, accepted.Events[0].Id);
    }

    private async Task<Guid?> RunOfAsync(Guid start, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var payload = await context.Events.AsNoTracking().Where(row => row.Id == start).Select(row => row.Payload).FirstOrDefaultAsync(cancellationToken);
        return payload is null ? null : EventPayload.Read(payload).Data.ToObject<StartOrder>()?.Run;
    }

    private static string Gate(DefinitionRow definition, ActivationStrategy strategy, string? correlation)
    {
        var name = strategy.IsSingleton ? definition.DefinitionId : "";
        if (strategy.IsCorrelated) name += $"|{correlation}";
        return "only-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..32];
    }

    private async Task<bool> HasOpenAsync(AccountId account, string? correlation, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await Open(context, account, correlation).AnyAsync(cancellationToken);
    }

    /// <summary>Open runs with that correlation id. Those of any workflow count, and without a strategy they stand in mailboxes of their own.</summary>
    internal static IQueryable<RunRow> Open(AutomationDbContext context, AccountId account, string? correlation) =>
        context.Runs.Where(run => run.AccountId == account.Value && (run.Status == (int)RunStatus.Running || run.Status == (int)RunStatus.Suspended) && run.CorrelationId == correlation);
}
