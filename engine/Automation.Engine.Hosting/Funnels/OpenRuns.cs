using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Hosting.Funnels;

/// <summary>Runs of a funnel that have not ended, found by the index over trigger and status, past millions that have.</summary>
public static class OpenRuns
{
    public static IQueryable<RunRow> Of(AutomationDbContext context, Guid account, Guid funnel, string trigger) => context.Runs.AsNoTracking()
        .Where(run => run.AccountId == account && run.FunnelId == funnel && run.TriggerId == trigger && (run.Status == (int)RunStatus.Running || run.Status == (int)RunStatus.Suspended));

    /// <summary>Every trigger that a run of the funnel was ever of: a step down the index for each.</summary>
    public static async Task<IReadOnlyList<string>> TriggersAsync(AutomationDbContext context, Guid account, Guid funnel, CancellationToken cancellationToken)
    {
        var triggers = new List<string>();
        var last = "";
        while (await context.Runs.AsNoTracking().Where(run => run.AccountId == account && run.FunnelId == funnel && run.TriggerId!.CompareTo(last) > 0).OrderBy(run => run.TriggerId).Select(run => run.TriggerId).FirstOrDefaultAsync(cancellationToken) is { } next)
            triggers.Add(last = next);
        return triggers;
    }
}
