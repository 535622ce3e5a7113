using Automation.Engine.Accounts;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Mailboxes;

/// <summary>A run from a file, with its journal.</summary>
public sealed record ImportedRun(RunRow Row, IReadOnlyList<JournalRow> Journal);

/// <summary>
/// Runs that ended elsewhere and are kept here to be read. They stand in mailboxes that nothing is ever sent to, have no state to go on
/// from, and are no failures of this server: nobody retries what was done elsewhere.
/// </summary>
public sealed class ImportedRuns(IDbContextFactory<AutomationDbContext> contexts, IIdSource ids, TimeProvider clock)
{
    /// <summary>Entity type of those mailboxes; they stand under no connection.</summary>
    public const string EntityType = "imported";

    /// <summary>Stores all of them, or none.</summary>
    /// <param name="by">Who brought them.</param>
    /// <returns>The runs that are here already, of any account: nothing is stored then. Empty when all are stored.</returns>
    public async Task<IReadOnlyCollection<Guid>> StoreAsync(IReadOnlyList<ImportedRun> runs, string by, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var known = await KnownAsync(context, runs, cancellationToken);
        if (known.Count > 0) return known;
        foreach (var run in runs)
        {
            context.Runs.Add(run.Row);
            context.Journal.AddRange(run.Journal);
            context.Journal.Add(Note(run.Row, by));
        }

        try
        {
            await context.SaveChangesAsync(cancellationToken);
            return [];
        }
        catch (DbUpdateException)
        {
            // Another request brought one of them meanwhile.
            known = await KnownAsync(context, runs, cancellationToken);
            if (known.Count > 0) return known;
            throw;
        }
    }

    private static async Task<List<Guid>> KnownAsync(AutomationDbContext context, IReadOnlyList<ImportedRun> runs, CancellationToken cancellationToken)
    {
        var wanted = runs.Select(run => run.Row.Id).ToList();
        return await context.Runs.Where(row => wanted.Contains(row.Id)).Select(row => row.Id).ToListAsync(cancellationToken);
    }

    private JournalRow Note(RunRow run, string by) => new()
    {
        Id = ids.NewId(),
        AccountId = run.AccountId,
        ConnectionId = run.ConnectionId,
        EntityType = run.EntityType,
        EntityId = run.EntityId,
        Kind = "operator",
        At = clock.GetUtcNow(),
        Facts = new JObject { ["what"] = "import", ["by"] = by, ["run"] = run.Id, ["name"] = run.Name }.ToString(Formatting.None),
    };
}
