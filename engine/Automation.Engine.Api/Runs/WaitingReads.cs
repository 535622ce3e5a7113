using System.Globalization;
using Automation.Engine.Accounts;
using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Journal;
using Automation.Engine.Api.Json;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Model;
using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Api.Runs;

/// <summary>A run that waits.</summary>
/// <param name="DueAt">Absent while it waits for an event.</param>
/// <param name="Event">The event's name; absent while it waits for a time.</param>
/// <param name="Calendar">The working calendar that moves the time.</param>
/// <param name="Begun">False: a delayed trigger, whose conditions are looked at again then.</param>
public sealed record WaitingView(
    Guid RunId, string? Deal, string EntityType, string EntityId, Guid ConnectionId, string? Funnel, string? FunnelName, string? TriggerId, string? Trigger, string? DealName, string? RunName, DateTimeOffset? DueAt, string? Event,
    string? Calendar, bool Begun);

/// <summary>Lists what waits: for a time by that time, for an event by the run's age. Filters are looked for in windows, as in the journal.</summary>
internal sealed class WaitingReads(AutomationDbContext db, FunnelCatalog catalog, AccountId account, TimeProvider clock)
{
    private const int Window = 1_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(400);

    private sealed record RunPart(Guid Id, Guid? FunnelId, string? TriggerId, string? Name);

    private sealed record Found(MailboxScoped Row, RunPart Run, DateTimeOffset? Due, string? Event, string? Calendar, bool Begun);

    public async Task<PageView<WaitingView>> TimedAsync(string? deal, Guid? funnel, string? trigger, string? cursor, int take, CancellationToken cancellationToken)
    {
        var timers = db.Timers.AsNoTracking().Where(row => row.AccountId == account.Value && row.RunId != null);
        if (deal is not null) timers = timers.Where(row => row.EntityType == EntityTypes.Deal && row.EntityId == deal);
        var (at, id) = Place(cursor);
        var (began, found) = (clock.GetTimestamp(), new List<(Found Found, TimerRow Timer)>());
        var window = WindowFor(funnel, trigger, take);
        while (true)
        {
            var (since, after) = (at, id);
            var rows = await timers.Where(row => row.DueAt > since || (row.DueAt == since && row.Id > after)).OrderBy(row => row.DueAt).ThenBy(row => row.Id).Take(window).ToListAsync(cancellationToken);
            var runs = await RunsAsync([.. rows.Select(row => row.RunId!.Value)], funnel, trigger, cancellationToken);
            found.AddRange(rows.Where(row => runs.ContainsKey(row.RunId!.Value)).Select(row => (new Found(row, runs[row.RunId!.Value], row.DueAt, null, row.DueSource?.Split('/')[0], row.Kind == "bookmark"), row)));
            if (found.Count > take) return new(await ViewAsync(found.Take(take).Select(one => one.Found), cancellationToken), Cursor(found[take - 1].Timer.DueAt, found[take - 1].Timer.Id));
            if (rows.Count < window) return new(await ViewAsync(found.Select(one => one.Found), cancellationToken), null);
            (at, id) = (rows[^1].DueAt, rows[^1].Id);
            if (clock.GetElapsedTime(began) > Patience) return new(await ViewAsync(found.Select(one => one.Found), cancellationToken), Cursor(at, id));
        }
    }

    public async Task<PageView<WaitingView>> ForEventsAsync(string? deal, Guid? funnel, string? trigger, string? cursor, int take, CancellationToken cancellationToken)
    {
        var bookmarks = db.Bookmarks.AsNoTracking().Where(row => row.AccountId == account.Value
            && !db.Timers.Any(timer => timer.AccountId == row.AccountId && timer.ConnectionId == row.ConnectionId && timer.EntityType == row.EntityType && timer.EntityId == row.EntityId && timer.RunId == row.RunId && timer.BookmarkId == row.BookmarkId));
        if (deal is not null) bookmarks = bookmarks.Where(row => row.EntityType == EntityTypes.Deal && row.EntityId == deal);
        var before = Paging.Before(cursor);
        var (began, found) = (clock.GetTimestamp(), new List<Found>());
        var window = WindowFor(funnel, trigger, take);
        while (true)
        {
            var last = before;
            var rows = await bookmarks.Where(row => row.RunId < last).OrderByDescending(row => row.RunId).ThenBy(row => row.BookmarkId).Take(window).ToListAsync(cancellationToken);
            var runs = await RunsAsync([.. rows.Select(row => row.RunId).Distinct()], funnel, trigger, cancellationToken);
            found.AddRange(rows.Where(row => runs.ContainsKey(row.RunId)).DistinctBy(row => row.RunId).Select(row => new Found(row, runs[row.RunId], null, row.Name, null, true)));
            if (found.Count > take) return new(await ViewAsync(found.Take(take), cancellationToken), Paging.Cursor(found[take - 1].Run.Id));
            if (rows.Count < window) return new(await ViewAsync(found, cancellationToken), null);
            before = rows[^1].RunId;
            if (clock.GetElapsedTime(began) > Patience) return new(await ViewAsync(found, cancellationToken), Paging.Cursor(before));
        }
    }

    private static int WindowFor(Guid? funnel, string? trigger, int take) => funnel is null && trigger is null ? take + 1 : Window;

    private async Task<Dictionary<Guid, RunPart>> RunsAsync(List<Guid> ids, Guid? funnel, string? trigger, CancellationToken cancellationToken)
    {
        if (ids.Count == 0) return [];
        var runs = db.Runs.AsNoTracking().Where(row => row.AccountId == account.Value && ids.Contains(row.Id));
        if (funnel is not null) runs = runs.Where(row => row.FunnelId == funnel);
        if (trigger is not null) runs = runs.Where(row => row.TriggerId == trigger);
        return await runs.Select(row => new RunPart(row.Id, row.FunnelId, row.TriggerId, row.Name)).ToDictionaryAsync(row => row.Id, cancellationToken);
    }

    private async Task<IReadOnlyList<WaitingView>> ViewAsync(IEnumerable<Found> found, CancellationToken cancellationToken)
    {
        var page = found.ToList();
        var places = await Places.ReadAsync(db, catalog, account, page.Select(one => (one.Row.ConnectionId, one.Row.EntityType, one.Row.EntityId)), cancellationToken);
        return
        [
            .. page.Select(one =>
            {
                var place = places.Of(one.Run.FunnelId, one.Run.TriggerId, one.Row.ConnectionId, one.Row.EntityType, one.Row.EntityId);
                return new WaitingView(
                    one.Run.Id, Entities.Deal(one.Row), one.Row.EntityType, one.Row.EntityId, one.Row.ConnectionId, place.Funnel, place.FunnelName, place.TriggerId, place.Trigger, place.DealName, one.Run.Name, one.Due, one.Event, one.Calendar, one.Begun);
            }),
        ];
    }

    private static string Cursor(DateTimeOffset at, Guid id) => string.Create(CultureInfo.InvariantCulture, $"{MicrosecondsConverter.ToMicroseconds(at)}-{id:N}");

    private static (DateTimeOffset At, Guid Id) Place(string? cursor)
    {
        if (string.IsNullOrEmpty(cursor)) return (DateTimeOffset.UnixEpoch, Guid.Empty);
        var dash = cursor.IndexOf('-', StringComparison.Ordinal);
        return dash > 0 && long.TryParse(cursor[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out var at) && Guid.TryParseExact(cursor[(dash + 1)..], "N", out var id)
            ? (MicrosecondsConverter.FromMicroseconds(at), id)
            : throw new ProblemException(Problem.BadQuery("This cursor is not one of ours."));
    }
}
