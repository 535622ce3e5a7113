using Automation.Engine.Accounts;
using Automation.Engine.Api.Elsa;
using Automation.Engine.Api.Runs;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Managers;

/// <summary>Why the last deals went to whom: the table of candidates as the journal of the run keeps it.</summary>
public sealed class AssignmentReads
{
    private readonly RunRecordsCache journals;

    internal AssignmentReads(RunRecordsCache journals) => this.journals = journals;

    /// <param name="manager">Only his; null for all.</param>
    public async Task<IReadOnlyList<AssignmentView>> LastAsync(AutomationDbContext db, AccountId account, Guid connection, string? manager, int take, CancellationToken cancellationToken)
    {
        var assignments = db.Assignments.AsNoTracking().Where(row => row.AccountId == account.Value && row.ConnectionId == connection);
        if (manager is not null) assignments = assignments.Where(row => row.ManagerId == manager);
        var rows = await assignments.OrderByDescending(row => row.At).Take(take).ToListAsync(cancellationToken);
        var names = await db.Managers.AsNoTracking().Where(row => row.AccountId == account.Value && row.ConnectionId == connection).ToDictionaryAsync(row => row.UserId, row => row.Name, StringComparer.Ordinal, cancellationToken);
        var deals = rows.Select(row => row.EntityId).Distinct().ToList();
        var states = await db.Mailboxes.AsNoTracking().Where(row => row.AccountId == account.Value && row.ConnectionId == connection && row.EntityType == Mailboxes.EntityTypes.Deal && deals.Contains(row.EntityId)).ToDictionaryAsync(row => row.EntityId, row => row.State, StringComparer.Ordinal, cancellationToken);
        var views = new List<AssignmentView>(rows.Count);
        foreach (var row in rows)
        {
            var (run, why) = await WhyAsync(db, account, row, cancellationToken);
            views.Add(new(
                row.At, row.ConnectionId, Entities.Deal(row), states.TryGetValue(row.EntityId, out var state) ? Journal.Places.NameIn(state) : null, row.ManagerId, names.GetValueOrDefault(row.ManagerId, row.ManagerId), row.Pool, run,
                (string?)why?["fallback"], (string?)why?["sticky"], [.. (why?["table"] as JArray ?? []).OfType<JObject>().Select(Candidate)]));
        }

        return views;
    }

    // The key of a reservation says which try of which step of which run it was.
    private async Task<(Guid? Run, JObject? Why)> WhyAsync(AutomationDbContext db, AccountId account, AssignmentRecord row, CancellationToken cancellationToken)
    {
        if (row.Key.Split('/') is not [var text, var execution, ..] || !Guid.TryParseExact(text, "N", out var id)) return (null, null);
        if (await db.Runs.AsNoTracking().FirstOrDefaultAsync(run => run.AccountId == account.Value && run.Id == id, cancellationToken) is not { } found) return (null, null);
        var story = await journals.ReadAsync(db, found, cancellationToken);
        return (id, story.Records.Executions.FirstOrDefault(one => one.Number.ToString(System.Globalization.CultureInfo.InvariantCulture) == execution)?.Data);
    }

    private static AssignmentCandidate Candidate(JObject row) => new(
        Text(row, "ManagerId") ?? "", Text(row, "Name") ?? "", (int?)Member(row, "Load") ?? 0, (decimal?)Member(row, "Weight") ?? 1, Text(row, "Excluded"));

    private static string? Text(JObject row, string name) => (string?)Member(row, name);

    private static JToken? Member(JObject row, string name) => row.GetValue(name, StringComparison.OrdinalIgnoreCase);
}
