using Automation.Engine.Api.Json;
using Automation.Engine.Mailboxes;
using Automation.Engine.Matching;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Retention;
using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Journal;

/// <summary>Which rows of the journal. Null means any.</summary>
/// <param name="Since">At or after.</param>
/// <param name="Until">Before.</param>
/// <param name="Failed">Only what failed, and what a guard stopped.</param>
internal sealed record JournalFilter(string? Deal, Guid? Connection, RunRow? Run, string? Kind, Guid? Funnel, string? Trigger, DateTimeOffset? Since, DateTimeOffset? Until, bool Failed)
{
    /// <summary>No index serves it: the journal is walked through.</summary>
    public bool Walks => Deal is null && Run is null && (Kind is not null || Funnel is not null || Trigger is not null || Connection is not null || Failed);
}

/// <summary>
/// Looks through one account's journal, newest first. What no index serves is looked for in windows of <see cref="Window"/> rows, for
/// <see cref="Patience"/> at most: then the answer says how far it has come, and the next request goes on from there.
/// </summary>
internal sealed class JournalSearch(AutomationDbContext db, Guid account, JournalFilter filter, TimeProvider clock)
{
    public const int Window = 20_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(600);

    /// <returns>At most <paramref name="take"/> rows, and where the next page begins: null at the end of the journal.</returns>
    public async Task<(IReadOnlyList<JournalRow> Rows, string? Next)> ReadAsync(Guid before, int take, CancellationToken cancellationToken)
    {
        if (filter.Until is { } until && TimedId.First(until) is var end && end.CompareTo(before) < 0) before = end;
        var (began, found) = (clock.GetTimestamp(), new List<JournalRow>());
        while (true)
        {
            var floor = filter.Walks ? await FloorAsync(before, cancellationToken) : Guid.Empty;
            var low = before;
            // A window may hold more than fits on the page, most of which the closer look drops: it is read by and by.
            while (found.Count <= take)
            {
                var part = await Filtered().Where(row => row.Id < low && row.Id >= floor).OrderByDescending(row => row.Id).Take(take + 1).ToListAsync(cancellationToken);
                found.AddRange(part.Where(Fits));
                if (part.Count <= take) break;
                low = part[^1].Id;
            }

            if (found.Count > take) return ([.. found.Take(take)], Paging.Cursor(found[take - 1].Id));
            if (floor == Guid.Empty) return (found, null);
            before = floor;
            if (clock.GetElapsedTime(began) > Patience) return (found, Paging.Cursor(floor));
        }
    }

    private async Task<Guid> FloorAsync(Guid before, CancellationToken cancellationToken) =>
        await Bounded().Where(row => row.Id < before).OrderByDescending(row => row.Id).Select(row => row.Id).Skip(Window).FirstOrDefaultAsync(cancellationToken);

    private IQueryable<JournalRow> Bounded()
    {
        var rows = db.Journal.AsNoTracking().Where(row => row.AccountId == account);
        if (filter.Since is not { } since) return rows;
        var first = TimedId.First(since);
        return rows.Where(row => row.Id >= first);
    }

    private IQueryable<JournalRow> Filtered()
    {
        var rows = Bounded();
        if (filter.Run is { } run) rows = JournalReads.OfRun(rows, run);
        if (filter.Deal is { } deal) rows = rows.Where(row => row.EntityType == EntityTypes.Deal && row.EntityId == deal);
        if (filter.Connection is { } connection) rows = rows.Where(row => row.ConnectionId == connection);
        if (filter.Kind is { } kind) rows = rows.Where(row => row.Kind == kind);
        if (filter.Funnel is { } funnel) rows = rows.Where(row => row.FunnelId == funnel);
        if (filter.Trigger is { } trigger)
        {
            var mark = $"\"trigger\":\"{trigger}\"";
            rows = rows.Where(row => row.Kind == "run" ? db.Runs.Any(one => one.Id == row.RunId && one.TriggerId == trigger) : row.Facts.Contains(mark));
        }

        if (filter.Failed)
            rows = rows.Where(row => row.Kind == "guard" || (row.Kind == "run" && row.Facts.Contains("\"status\":\"Faulted\"")) || (row.Kind == "event" && row.Facts.Contains("\"dead\":"))
                || (row.Kind == "effect" && (row.Facts.Contains("\"state\":\"failed\"") || row.Facts.Contains("\"state\":\"unknown\""))));
        return rows;
    }

    /// <summary>Every event of a funnel names all its triggers: only those that it came to are meant.</summary>
    private bool Fits(JournalRow row)
    {
        if (filter.Trigger is not { } trigger || row.Kind != "event") return true;
        return (ApiJson.Parse(row.Facts)["verdicts"] as JArray ?? []).Any(verdict => (string?)verdict["trigger"] == trigger && Reach.Came((string?)verdict["reason"]));
    }
}
