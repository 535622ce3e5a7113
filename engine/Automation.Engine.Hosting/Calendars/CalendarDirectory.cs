using System.Collections.Concurrent;
using Automation.Engine.Accounts;
using Automation.Engine.Calendars;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Persistence;
using Automation.Engine.Ports;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Hosting.Calendars;

/// <summary>
/// The calendars of accounts, ready to count with. Read when first asked for and kept for a moment: another node's change is seen after
/// <see cref="Kept"/>, and <see cref="DeadlineMoves"/> computes again what was counted with the older one.
/// </summary>
public sealed class CalendarDirectory(IDbContextFactory<AutomationDbContext> contexts, AccountDirectory accounts, TimeProvider clock) : IWorkCalendars
{
    public static readonly TimeSpan Kept = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<AccountId, Shelf> shelves = new();

    private sealed record Shelf(DateTimeOffset ReadAt, string Zone, IReadOnlyDictionary<string, CalendarDocument> Own)
    {
        public ConcurrentDictionary<string, WorkCalendar> Ready { get; } = new(StringComparer.Ordinal);

        public CalendarDocument? Find(string name) => Own.TryGetValue(name, out var own) ? own : BundledCalendars.Find(name);
    }

    public async ValueTask<Deadline> FindAsync(AccountId account, ConnectionId connection, DueRule rule, CancellationToken cancellationToken)
    {
        if (!rule.Follows && rule.Calendar is null)
            return new(WorkingTime.AddOrdinary(rule.From, rule.Length, (await accounts.GetAsync(account, cancellationToken)).TimeZone), null, "", []);
        var calendar = await GetAsync(account, rule.Calendar, cancellationToken);
        var manager = rule.Manager is { } id && rule.Follows ? await ManagerAsync(account, connection, id, calendar, cancellationToken) : null;
        var at = WorkingTime.Add(rule.From, rule.Length, (IWorkDays?)manager ?? calendar);
        var by = rule.Follows ? new DueBy(SourceOf(calendar.Name, connection, manager is null ? null : rule.Manager), manager?.Stamp ?? calendar.Stamp, rule.ToJson()) : null;
        return new(at, by, calendar.Name, rule.Follows ? calendar.MissingBetween(rule.From, at) : []);
    }

    public async ValueTask<Deadline> OpeningAsync(AccountId account, ActiveHours hours, DateTimeOffset moment, CancellationToken cancellationToken)
    {
        if (hours.Week is { } week) return new(WorkingTime.Opening(moment, await WeekAsync(account, week, cancellationToken)), null, "", []);
        var calendar = await GetAsync(account, hours.Calendar, cancellationToken);
        // Kept as a deadline of no working time, so that it moves with the calendar.
        var rule = new DueRule(moment, new(true, 0, TimeSpan.Zero), hours.Calendar);
        var at = WorkingTime.Opening(moment, calendar);
        return new(at, new(calendar.Name, calendar.Stamp, rule.ToJson()), calendar.Name, calendar.MissingBetween(moment, at));
    }

    /// <summary>Hours of a week alone, in the account's zone.</summary>
    private async ValueTask<WorkCalendar> WeekAsync(AccountId account, string week, CancellationToken cancellationToken)
    {
        var shelf = await ShelfAsync(account, cancellationToken);
        return shelf.Ready.GetOrAdd($"week {week}", _ => CalendarCompiler.Compile("", new() { Week = week }, _ => null, shelf.Zone));
    }

    /// <param name="name">Null for the default one.</param>
    /// <exception cref="CalendarInvalidException">The account has no such calendar, or it cannot be used.</exception>
    public async ValueTask<WorkCalendar> GetAsync(AccountId account, string? name, CancellationToken cancellationToken)
    {
        var (shelf, wanted) = (await ShelfAsync(account, cancellationToken), name ?? BundledCalendars.Default);
        if (shelf.Ready.TryGetValue(wanted, out var ready)) return ready;
        var document = shelf.Find(wanted) ?? throw new CalendarInvalidException(new CalendarProblem("", $"There is no calendar '{wanted}'. The list: calendar list."));
        return shelf.Ready.GetOrAdd(wanted, CalendarCompiler.Compile(wanted, document, shelf.Find, shelf.Zone));
    }

    /// <summary>Names that can be used: the account's own and the bundled ones.</summary>
    public async ValueTask<IReadOnlySet<string>> NamesAsync(AccountId account, CancellationToken cancellationToken) =>
        (await ShelfAsync(account, cancellationToken)).Own.Keys.Concat(BundledCalendars.Names).ToHashSet(StringComparer.Ordinal);

    /// <summary>The next look reads the account's calendars anew.</summary>
    public void Forget(AccountId account) => shelves.TryRemove(account, out _);

    private static string SourceOf(string calendar, ConnectionId connection, string? manager) => manager is null ? calendar : $"{calendar}/{connection.Value:N}/{manager}";

    private async ValueTask<Shelf> ShelfAsync(AccountId account, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (shelves.TryGetValue(account, out var known) && now - known.ReadAt < Kept && now >= known.ReadAt) return known;
        var zone = (await accounts.GetAsync(account, cancellationToken)).TimeZone.Id;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context.Calendars.AsNoTracking().Where(row => row.AccountId == account.Value).ToListAsync(cancellationToken);
        var shelf = new Shelf(now, zone, rows.ToDictionary(row => row.Name, row => CalendarJson.Read(row.Document), StringComparer.Ordinal));
        shelves[account] = shelf;
        return shelf;
    }

    private async ValueTask<ManagerDays?> ManagerAsync(AccountId account, ConnectionId connection, string manager, WorkCalendar calendar, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var written = await context.Managers.Where(row => row.AccountId == account.Value && row.ConnectionId == connection.Value && row.UserId == manager).Select(row => row.Timesheet).FirstOrDefaultAsync(cancellationToken);
        // Somebody of whom no shifts are kept: the calendar's hours, and the deadline follows when a timesheet comes.
        var sheet = ManagerTimesheet.FromJson(written ?? "{}");
        return new(calendar, sheet.Shifts(manager), sheet.Leaves(manager));
    }
}
