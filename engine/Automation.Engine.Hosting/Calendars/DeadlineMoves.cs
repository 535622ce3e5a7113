using Automation.Engine.Accounts;
using Automation.Engine.Calendars;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Calendars;

/// <summary>A waiting deadline that a changed calendar moves.</summary>
/// <param name="Calendar">The calendar that counts.</param>
public sealed record MovedDeadline(Guid ConnectionId, string EntityType, string EntityId, Guid? RunId, string? TriggerId, string Calendar, DateTimeOffset From, DateTimeOffset To);

/// <param name="Count">All that moved.</param>
/// <param name="First">The first of them.</param>
/// <param name="Stuck">Deadlines that the changed calendar cannot count any more; they keep their time.</param>
/// <param name="Finished">False: the time given was over; the rest follows by itself.</param>
public sealed record DeadlineReport(int Count, IReadOnlyList<MovedDeadline> First, int Stuck, bool Finished = true);

/// <summary>
/// Computes waiting deadlines again whose calendar, or manager's shifts, are not what they were computed by. Each page of rows and its
/// journal are one transaction; a row that its deal has taken in between is left alone; what a kill interrupts is found again by its stamp.
/// </summary>
public sealed class DeadlineMoves(IDbContextFactory<AutomationDbContext> contexts, CalendarDirectory calendars, IIdSource ids, TimeProvider clock) : IDisposable
{
    /// <summary>How long the one who changed a calendar waits for the list.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private const int PageSize = 500;
    private const int Listed = 500;
    private readonly SemaphoreSlim left = new(0);

    /// <summary>Waits until a change leaves deadlines to be moved, or the time is over.</summary>
    public async Task LeftAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(left.WaitAsync(both.Token), Task.Delay(atMost, clock, both.Token));
        await both.CancelAsync();
    }

    public void Dispose() => left.Dispose();

    /// <param name="patience">Null: until all are moved.</param>
    public async Task<DeadlineReport> RunAsync(AccountId account, TimeSpan? patience, CancellationToken cancellationToken)
    {
        var (count, stuck, first) = (0, 0, new List<MovedDeadline>());
        var began = clock.GetTimestamp();
        var sources = await SourcesAsync(account, cancellationToken);
        // What the rows were counted by was saved before they were read: a calendar read from now on is not older.
        if (sources.Count > 0) calendars.Forget(account);
        foreach (var (source, stamp) in sources)
        {
            for (Guid? after = null; ;)
            {
                if (clock.GetElapsedTime(began) > patience)
                {
                    left.Release();
                    return new(count, first, stuck, Finished: false);
                }

                var page = await ReadAsync(account, source, stamp, after, cancellationToken);
                if (page.Count == 0) break;
                after = page[^1].Id;
                var moved = await MoveAsync(account, page, cancellationToken);
                if (moved is null) break;
                (count, stuck) = (count + moved.Count, stuck + moved.Stuck);
                first.AddRange(moved.First.Take(Listed - first.Count));
                if (page.Count < PageSize) break;
            }
        }

        return new(count, first, stuck);
    }

    private async Task<List<(string Source, long Stamp)>> SourcesAsync(AccountId account, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var found = await context.Timers.Where(row => row.AccountId == account.Value && row.DueSource != null).Select(row => new { row.DueSource, row.DueStamp }).Distinct().ToListAsync(cancellationToken);
        return found.ConvertAll(row => (row.DueSource!, row.DueStamp!.Value));
    }

    private async Task<List<TimerRow>> ReadAsync(AccountId account, string source, long stamp, Guid? after, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = context.Timers.AsNoTracking().Where(row => row.AccountId == account.Value && row.DueSource == source && row.DueStamp == stamp);
        if (after is { } last) rows = rows.Where(row => row.Id > last);
        return await rows.OrderBy(row => row.Id).Take(PageSize).ToListAsync(cancellationToken);
    }

    /// <returns>Null when the rows were computed by the calendar as it is.</returns>
    private async Task<DeadlineReport?> MoveAsync(AccountId account, List<TimerRow> page, CancellationToken cancellationToken)
    {
        var (moved, stuck) = (new List<MovedDeadline>(), 0);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        foreach (var row in page)
        {
            if (await CountAsync(account, row, cancellationToken) is not { By: { } by } deadline)
            {
                stuck++;
                continue;
            }

            if (by.Stamp == row.DueStamp) return null;
            var at = Persistence.Model.MicrosecondsConverter.Truncate(deadline.At);
            var taken = await context.Timers.Where(one => one.Id == row.Id && one.DueStamp == row.DueStamp)
                .ExecuteUpdateAsync(set => set.SetProperty(one => one.DueAt, at).SetProperty(one => one.DueStamp, by.Stamp).SetProperty(one => one.DueSource, by.Source), cancellationToken);
            if (taken == 0 || at == row.DueAt) continue;
            moved.Add(new(row.ConnectionId, row.EntityType, row.EntityId, row.RunId, row.TriggerId, deadline.Calendar, row.DueAt, at));
            context.Journal.Add(JournalOf(row, deadline, at));
        }

        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new(moved.Count, moved, stuck);
    }

    private async ValueTask<Deadline?> CountAsync(AccountId account, TimerRow row, CancellationToken cancellationToken)
    {
        try
        {
            return await calendars.FindAsync(account, new(row.ConnectionId), DueRule.FromJson(row.DueRule!), cancellationToken);
        }
        catch (Exception e) when (e is CalendarInvalidException or NoWorkingTimeException)
        {
            return null;
        }
    }

    private JournalRow JournalOf(TimerRow row, Deadline deadline, DateTimeOffset at) => new()
    {
        Id = ids.NewId(),
        AccountId = row.AccountId,
        ConnectionId = row.ConnectionId,
        EntityType = row.EntityType,
        EntityId = row.EntityId,
        Kind = "calendar",
        At = clock.GetUtcNow(),
        // The rows that name a run are its own steps, numbered without gaps; this one only tells of it.
        Facts = new JObject { ["moved"] = new JObject { ["from"] = row.DueAt, ["to"] = at, ["calendar"] = deadline.Calendar, ["run"] = row.RunId, ["trigger"] = row.TriggerId } }.ToString(Newtonsoft.Json.Formatting.None),
    };
}
