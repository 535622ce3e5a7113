using Automation.Engine.Accounts;
using Automation.Engine.Effects;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Funnels.Checks;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Cluster;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Ports;
using Automation.Engine.Workflows;
using Automation.Engine.Workflows.Interpreter;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Accounts;

/// <summary>A funnel, or a workflow of no funnel, that needs a connection.</summary>
/// <param name="Kind"><c>funnel</c> or <c>workflow</c>.</param>
/// <param name="Key">The funnel's short name; the workflow's id.</param>
public sealed record ConnectionUser(string Kind, string Key, string Name);

/// <summary>What became of a wish to remove a connection.</summary>
public abstract record Removal
{
    private Removal() { }

    public sealed record Missing : Removal;

    public sealed record InUse(IReadOnlyList<ConnectionUser> By) : Removal;

    /// <param name="Runs">Of its deals, that have not ended.</param>
    /// <param name="Effects">That wait, are on their way or need a person's word, of its deals or through it.</param>
    public sealed record Busy(int Runs, int Effects) : Removal;

    /// <param name="Hooks">A <see cref="HooksThere"/>.</param>
    public sealed record Done(string Name, string Hooks) : Removal;
}

/// <summary>What became of hooks that were registered at the outside system.</summary>
public static class HooksThere
{
    /// <summary>None had been registered.</summary>
    public const string None = "none";
    public const string Ended = "ended";

    /// <summary>The system could not be asked, or refused: it goes on calling an address that is not there any more, until it gives up.</summary>
    public const string Left = "left";
}

/// <summary>Removes connections that nothing stands on. What has happened stays readable: journal, runs, events, and the deals that they are about.</summary>
public sealed class ConnectionRemoval(
    IDbContextFactory<AutomationDbContext> contexts, IPorts ports, ActivityRegistry activities, IEnumerable<IKeepsInMemory> memories, TimeProvider clock, ILogger<ConnectionRemoval> logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Holds the connection's row until the end of the transaction: it is removed, or a funnel is put on it, but not both.</summary>
    /// <returns>False when it is gone.</returns>
    public static async Task<bool> TakeAsync(AutomationDbContext context, ConnectionId id, CancellationToken cancellationToken) =>
        await context.Connections.Where(row => row.Id == id.Value).ExecuteUpdateAsync(update => update.SetProperty(row => row.CreatedAt, row => row.CreatedAt), cancellationToken) > 0;

    /// <param name="by">Who wants it, for the log.</param>
    public async Task<Removal> RemoveAsync(AccountId account, ConnectionId id, string by, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var row = await context.Connections.AsNoTracking().FirstOrDefaultAsync(one => one.AccountId == account.Value && one.Id == id.Value, cancellationToken);
        if (row is null) return new Removal.Missing();
        // Looked at before, so that a refusal holds no lock, and again under the lock.
        if (await RefusalAsync(context, row, cancellationToken) is { } refused) return refused;
        var hooks = await HooksAsync(row, cancellationToken);
        await using (var transaction = await context.Database.BeginTransactionAsync(cancellationToken))
        {
            if (!await TakeAsync(context, id, cancellationToken)) return new Removal.Missing();
            if (await RefusalAsync(context, row, cancellationToken) is { } late) return late;
            await DeleteAsync(context, row, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        foreach (var memory in memories.Where(memory => memory.Tables.Contains("connections"))) memory.Forget(account.Value);
        // Only now: a CRM that no longer calls a connection that stayed would be deaf without anybody's knowing.
        var there = await EndAsync(row, hooks);
        logger.ConnectionRemoved(account.Value, row.Id, row.Kind, by, there);
        return new Removal.Done(row.Name, there);
    }

    private async Task<Removal?> RefusalAsync(AutomationDbContext context, ConnectionRow row, CancellationToken cancellationToken)
    {
        if (await UsersAsync(context, row, cancellationToken) is { Count: > 0 } users) return new Removal.InUse(users);
        var runs = await context.Runs.CountAsync(run => run.AccountId == row.AccountId && run.ConnectionId == row.Id && (run.Status == (int)RunStatus.Running || run.Status == (int)RunStatus.Suspended), cancellationToken);
        var effects = await context.Effects.CountAsync(
            effect => effect.AccountId == row.AccountId && (effect.ConnectionId == row.Id || effect.TargetConnectionId == row.Id)
                && (effect.State == (int)EffectState.Planned || effect.State == (int)EffectState.Sending || effect.State == (int)EffectState.Unknown), cancellationToken);
        return runs + effects > 0 ? new Removal.Busy(runs, effects) : null;
    }

    /// <summary>Funnels that stand on it or whose published steps and sources need it, and published workflows that do.</summary>
    private async Task<IReadOnlyList<ConnectionUser>> UsersAsync(AutomationDbContext context, ConnectionRow row, CancellationToken cancellationToken)
    {
        var users = new List<ConnectionUser>();
        var funnels = await context.Funnels.AsNoTracking().Where(one => one.AccountId == row.AccountId).OrderBy(one => one.Name).Select(one => new { one.Id, one.Slug, one.Name, one.ConnectionId, one.PublishedVersion }).ToListAsync(cancellationToken);
        foreach (var funnel in funnels)
        {
            if (funnel.ConnectionId == row.Id || funnel.PublishedVersion is { } version && await NeedsAsync(context, row, funnel.Id, version, cancellationToken))
                users.Add(new("funnel", funnel.Slug, funnel.Name));
        }

        foreach (var own in await context.Definitions.AsNoTracking().Where(one => one.AccountId == row.AccountId && one.FunnelId == null && one.IsPublished).OrderBy(one => one.Name).Select(one => new { one.DefinitionId, one.Name, one.Document }).ToListAsync(cancellationToken))
            if (await NeedsAsync(row, Mailboxes.RunJson.Parse(own.Document), cancellationToken)) users.Add(new("workflow", own.DefinitionId, own.Name ?? own.DefinitionId));
        return users;
    }

    private async Task<bool> NeedsAsync(AutomationDbContext context, ConnectionRow row, Guid funnel, int version, CancellationToken cancellationToken)
    {
        var text = await context.FunnelVersions.Where(one => one.AccountId == row.AccountId && one.FunnelId == funnel && one.Version == version).Select(one => one.Document).FirstOrDefaultAsync(cancellationToken);
        if (text is null) return false;
        var triggers = FunnelJson.Read(text).Triggers;
        if (triggers.Any(trigger => trigger.When.Source == row.Name)) return true;
        var pinned = triggers.Select(trigger => trigger.DefinitionVersionId).OfType<string>().ToList();
        foreach (var document in await context.Definitions.Where(one => one.AccountId == row.AccountId && pinned.Contains(one.VersionId)).Select(one => one.Document).ToListAsync(cancellationToken))
            if (await NeedsAsync(row, Mailboxes.RunJson.Parse(document), cancellationToken)) return true;
        return false;
    }

    /// <summary>A step names it where a connection is named, or takes the only one of its kind and this is it. What an expression names is not known before it runs.</summary>
    private async Task<bool> NeedsAsync(ConnectionRow row, JObject workflow, CancellationToken cancellationToken)
    {
        foreach (var step in Step.Of(workflow))
        {
            var inputs = activities.Descriptors.FirstOrDefault(one => one.TypeName == step.Type)?.Inputs ?? [];
            if (inputs.Any(input => input.UIHint == "connection" && step.Literal(input.JsonName) == row.Name)) return true;
            if (ConnectionCheck.PortByDefault(step) is { } port && await ports.FindAsync(new(row.AccountId), port, null, cancellationToken) is { } only && only.Id.Value == row.Id) return true;
        }

        return false;
    }

    /// <summary>All that belongs to it and that no journal needs. Deals that something happened to keep what is known of them: their names stand there.</summary>
    private static async Task DeleteAsync(AutomationDbContext context, ConnectionRow row, CancellationToken cancellationToken)
    {
        var (account, id) = (row.AccountId, row.Id);
        await context.Timers.Where(one => one.AccountId == account && one.ConnectionId == id).ExecuteDeleteAsync(cancellationToken);
        await context.Bookmarks.Where(one => one.AccountId == account && one.ConnectionId == id).ExecuteDeleteAsync(cancellationToken);
        await context.Links.Where(one => one.AccountId == account && (one.FromConnectionId == id || one.ToConnectionId == id)).ExecuteDeleteAsync(cancellationToken);
        await context.StageVisits.Where(one => one.AccountId == account && one.ConnectionId == id).ExecuteDeleteAsync(cancellationToken);
        await context.Managers.Where(one => one.AccountId == account && one.ConnectionId == id).ExecuteDeleteAsync(cancellationToken);
        await context.Mailboxes.Where(one => one.AccountId == account && one.ConnectionId == id && one.LastNumber == 0).ExecuteDeleteAsync(cancellationToken);
        await context.Mailboxes.Where(one => one.AccountId == account && one.ConnectionId == id && one.Open).ExecuteUpdateAsync(update => update.SetProperty(one => one.Open, false), cancellationToken);
        await context.Secrets.Where(one => one.AccountId == account && one.ConnectionId == id).ExecuteDeleteAsync(cancellationToken);
        await context.Connections.Where(one => one.Id == id).ExecuteDeleteAsync(cancellationToken);
    }

    /// <returns>Null where there is nothing to take away: the connector registers none, or the system cannot be asked, which is no reason to keep the connection.</returns>
    private async Task<(RegisteredHooks? Found, bool Asked)> HooksAsync(ConnectionRow row, CancellationToken cancellationToken)
    {
        if (row.HookTokenHash is not { } hash || await ports.FindAsync(new(row.AccountId), typeof(IHookRegistrations), row.Name, cancellationToken) is not { } connection) return (null, false);
        using var patience = new CancellationTokenSource(Patience, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            return (await ports.Open<IHookRegistrations>(connection).FindAsync(hash, both.Token), true);
        }
#pragma warning disable CA1031 // Whatever the other side does, the connection can be removed.
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            logger.HooksLeft(row.Id, row.Kind, e);
            return (null, true);
        }
    }

    private async Task<string> EndAsync(ConnectionRow row, (RegisteredHooks? Found, bool Asked) hooks)
    {
        if (hooks.Found is not { Count: > 0 } found) return hooks is { Asked: true, Found: null } ? HooksThere.Left : HooksThere.None;
        // The connection is gone, whether or not somebody still waits for the answer.
        using var patience = new CancellationTokenSource(Patience, clock);
        try
        {
            if (await found.EndAsync(patience.Token)) return HooksThere.Ended;
            logger.HooksLeft(row.Id, row.Kind, null);
        }
#pragma warning disable CA1031 // As above.
        catch (Exception e)
#pragma warning restore CA1031
        {
            logger.HooksLeft(row.Id, row.Kind, e);
        }

        return HooksThere.Left;
    }
}
