using Automation.Engine.Accounts;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Persistence.Staff;

/// <summary>Managers of a connection and their load, read from our own rows.</summary>
public sealed class ManagerStore(IDbContextFactory<AutomationDbContext> contexts)
{
    /// <summary>Managers with their timesheets, in list order; inactive ones too.</summary>
    public async Task<IReadOnlyList<ManagerRow>> ListAsync(AccountId account, ConnectionId connection, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Managers.AsNoTracking()
            .Where(manager => manager.AccountId == account.Value && manager.ConnectionId == connection.Value)
            .OrderBy(manager => manager.Position).ThenBy(manager => manager.UserId).ToListAsync(cancellationToken);
    }

    /// <summary>Open deals a manager has, by user id; who has none is absent.</summary>
    /// <param name="pipelines">Only these; empty = all.</param>
    /// <param name="stages">Only these, as <c>pipeline/stage</c>; empty = all.</param>
    /// <param name="excluding">Deals that do not count, by entity id (those reserved in memory).</param>
    public async Task<IReadOnlyDictionary<string, int>> CountLoadsAsync(
        AccountId account, ConnectionId connection, IReadOnlyCollection<string> pipelines, IReadOnlyCollection<string> stages,
        IReadOnlyCollection<string> excluding, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var deals = db.Mailboxes.Where(m => m.AccountId == account.Value && m.ConnectionId == connection.Value && m.Open && m.EntityType == EntityTypes.Deal && m.AssignedTo != null);
        if (pipelines.Count > 0) deals = deals.Where(m => pipelines.Contains(m.PipelineId!));
        if (stages.Count > 0) deals = deals.Where(m => stages.Contains(m.PipelineId + "/" + m.StageId));
        if (excluding.Count > 0) deals = deals.Where(m => !excluding.Contains(m.EntityId));
        return await deals.GroupBy(m => m.AssignedTo!).Select(group => new { group.Key, Count = group.Count() })
            .ToDictionaryAsync(group => group.Key, group => group.Count, StringComparer.Ordinal, cancellationToken);
    }

    /// <summary>Assignments since <paramref name="since"/>, by user id: what a daily cap counts.</summary>
    public async Task<IReadOnlyDictionary<string, int>> CountAssignedAsync(
        AccountId account, ConnectionId connection, DateTimeOffset since, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Assignments.Where(a => a.AccountId == account.Value && a.ConnectionId == connection.Value && a.At >= since)
            .GroupBy(a => a.ManagerId).Select(group => new { group.Key, Count = group.Count() })
            .ToDictionaryAsync(group => group.Key, group => group.Count, StringComparer.Ordinal, cancellationToken);
    }

    /// <summary>The reservation of that key; null when it was never committed.</summary>
    public async Task<AssignmentRecord?> FindAssignmentAsync(AccountId account, string key, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Assignments.AsNoTracking().FirstOrDefaultAsync(a => a.AccountId == account.Value && a.Key == key, cancellationToken);
    }
}
