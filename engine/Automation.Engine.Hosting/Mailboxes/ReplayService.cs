using Automation.Engine.Accounts;
using Automation.Engine.Hosting.Failures;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Mailboxes;

/// <summary>What a replay of a run found.</summary>
/// <param name="Steps">Journal rows replayed.</param>
/// <param name="Equal">The state rebuilt from the journal equals the stored one.</param>
public sealed record ReplayReport(Guid RunId, int Steps, bool Equal, string? Difference);

/// <summary>Rebuilds a run from its journal and compares it with what is stored (R15).</summary>
public sealed class ReplayService(IDbContextFactory<AutomationDbContext> contexts, RunFold fold)
{
    /// <returns>Null when the account has no such run.</returns>
    public async Task<ReplayReport?> ReplayAsync(AccountId account, Guid runId, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var row = await context.Runs.AsNoTracking().FirstOrDefaultAsync(run => run.AccountId == account.Value && run.Id == runId, cancellationToken);
        if (row is null) return null;
        return await ReplayAsync(row, await fold.ReadAsync(row, cancellationToken), cancellationToken);
    }

    /// <summary>Replays a run from rows already read.</summary>
    /// <param name="rows">Its journal rows of kind <c>run</c>, by sequence.</param>
    public async Task<ReplayReport> ReplayAsync(RunRow row, IReadOnlyList<JournalRow> rows, CancellationToken cancellationToken)
    {
        var runId = row.Id;
        RunState? state;
        try
        {
            state = (await fold.FoldAsync(row, rows, cancellationToken))[rows.Count == 0 ? 0 : rows[^1].Sequence];
        }
        catch (JournalGapException gap)
        {
            return new(runId, rows.Count, false, gap.Message);
        }

        if (state is null) return new(runId, rows.Count, rows.Count == 0 || row.Status is (int)RunStatus.Cancelled or (int)RunStatus.Faulted, null);
        var (rebuilt, stored) = (RunJson.Parse(RunJson.Write(state)), RunJson.Parse(row.State));
        var equal = JToken.DeepEquals(rebuilt, stored);
        return new(runId, rows.Count, equal, equal ? null : $"Rebuilt: {rebuilt.ToString(Newtonsoft.Json.Formatting.None)}");
    }
}
