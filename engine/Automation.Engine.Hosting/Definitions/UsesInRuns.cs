using Automation.Engine.Accounts;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Automation.Engine.Workflows.Interpreter;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json;

namespace Automation.Engine.Hosting.Definitions;

/// <summary>A version whose runs have not ended.</summary>
/// <param name="Name">Of the workflow.</param>
internal sealed record UseInRuns(string Name, int Runs);

/// <summary>Open runs of workflows that use others as steps: without those they could not go on.</summary>
internal static class UsesInRuns
{
    private const int MostNamed = 3;

    /// <summary>Those that need one of these versions, directly or through another workflow.</summary>
    public static async Task<IReadOnlyList<UseInRuns>> FindAsync(AutomationDbContext context, AccountId account, IReadOnlyList<DefinitionRow> versions, AccountComposites composites, CancellationToken cancellationToken)
    {
        var steps = composites.Reaching(versions.Select(row => (Row: row, Document: RunJson.Parse(row.Document))).Where(one => CompositeDescriber.IsUsable(one.Document))
            .Select(one => (Type: CompositeDescriber.TypeName((string?)one.Document["name"], one.Row.DefinitionId), one.Row.Version, one.Row.VersionId))
            .Where(one => (composites.Find(one.Type, one.Version)?.VersionId ?? one.VersionId) == one.VersionId).Select(one => (one.Type, one.Version)));
        if (steps.Count == 0) return [];
        var open = await context.Runs.Where(run => run.AccountId == account.Value && (run.Status == (int)RunStatus.Running || run.Status == (int)RunStatus.Suspended))
            .GroupBy(run => run.DefinitionVersionId).Select(runs => new { Version = runs.Key, Count = runs.Count() }).ToDictionaryAsync(runs => runs.Version, runs => runs.Count, cancellationToken);
        var (running, found) = (open.Keys.ToList(), new Dictionary<string, UseInRuns>(StringComparer.Ordinal));
        foreach (var type in steps.Select(step => step.Type).Distinct(StringComparer.Ordinal))
        {
            var place = JsonConvert.ToString(type);
            var users = await context.Definitions.AsNoTracking().Where(row => row.AccountId == account.Value && running.Contains(row.VersionId) && row.Document.Contains(place))
                .Select(row => new { row.VersionId, Name = row.Name ?? row.DefinitionId, row.Document }).ToListAsync(cancellationToken);
            foreach (var user in users.Where(user => AccountComposites.Uses(RunJson.Parse(user.Document), steps))) found[user.VersionId] = new(user.Name, open[user.VersionId]);
        }

        return [.. found.Values.OrderBy(use => use.Name, StringComparer.Ordinal)];
    }

    /// <summary>The first of their workflows, and that there are more.</summary>
    public static string Names(IReadOnlyList<UseInRuns> uses)
    {
        var names = uses.Select(use => $"“{use.Name}”").Distinct(StringComparer.Ordinal).ToList();
        return string.Join(", ", names.Take(MostNamed)) + (names.Count > MostNamed ? $" and {names.Count - MostNamed} more" : "");
    }
}
