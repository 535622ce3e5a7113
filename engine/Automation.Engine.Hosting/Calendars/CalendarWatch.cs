using Automation.Engine.Accounts;
using Automation.Engine.Calendars;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Newtonsoft.Json.Linq;
using NodaTime;

namespace Automation.Engine.Hosting.Calendars;

/// <summary>A year that a calendar in use does not list, soon to begin or begun.</summary>
public sealed record MissingYear(string Calendar, int Year, int DaysLeft);

/// <summary>
/// Warns, 60 days before a year begins, of calendars in use that do not list its days (CN-4): in the log every day and once in the journal.
/// Also computes again the deadlines that another node, or an older version of the product, counted with another calendar.
/// </summary>
public sealed class CalendarWatch(
    IDbContextFactory<AutomationDbContext> contexts, CalendarDirectory directory, CalendarUses uses, DeadlineMoves moves, RuntimeGate gate, IIdSource ids, TimeProvider clock, ILogger<CalendarWatch> logger) : BackgroundService
{
    private const int WarnDays = 60;
    private static readonly TimeSpan Pass = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FirstWarning = TimeSpan.FromSeconds(30);
    private DateOnly? warned;

    /// <summary>Warnings as of now: calendars the account keeps, and those that its published funnels count by.</summary>
    public async Task<IReadOnlyList<MissingYear>> WarningsAsync(AccountId account, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var own = await context.Calendars.Where(row => row.AccountId == account.Value).Select(row => row.Name).ToListAsync(cancellationToken);
        var found = new List<MissingYear>();
        foreach (var name in own.Concat(BundledCalendars.Names).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var calendar = await directory.GetAsync(account, name, cancellationToken);
            var today = Instant.FromDateTimeOffset(clock.GetUtcNow()).InZone(calendar.Zone).Date;
            var soon = today.PlusDays(WarnDays).Year;
            for (var year = today.Year; year <= soon; year++)
                if (calendar.IsMissing(year)) found.Add(new(name, year, Math.Max(0, Period.DaysBetween(today, new LocalDate(year, 1, 1)))));
        }

        // Funnels are looked through only where there is something to warn of.
        var used = found.Count == 0 ? null : await uses.AllAsync(account);
        return found.FindAll(missing => own.Contains(missing.Calendar) || used!.Contains(missing.Calendar));
    }

    /// <summary>Deadlines counted by a calendar that is no longer so.</summary>
    public async Task MoveAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        foreach (var account in await context.Timers.Where(row => row.DueSource != null).Select(row => row.AccountId).Distinct().ToListAsync(cancellationToken))
            await moves.RunAsync(new(account), null, cancellationToken);
    }

    /// <summary>Warns of missing years, once a day of each.</summary>
    public async Task WarnAsync(CancellationToken cancellationToken)
    {
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        if (warned == today) return;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        foreach (var id in await context.Accounts.Select(account => account.Id).ToListAsync(cancellationToken))
        {
            var account = new AccountId(id);
            foreach (var missing in await WarningsAsync(account, cancellationToken))
            {
                logger.CalendarYearMissing(id, missing.Calendar, missing.Year, missing.DaysLeft);
                await JournalAsync(context, account, missing, cancellationToken);
            }
        }

        warned = today;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await gate.OpenedAsync(stoppingToken);
        for (var warn = false; !stoppingToken.IsCancellationRequested; warn = true)
        {
            try
            {
                await MoveAsync(stoppingToken);
                // The start belongs to the work that waits.
                if (warn) await WarnAsync(stoppingToken);
            }
#pragma warning disable CA1031 // The watch goes on at its next pass whatever happened.
            catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
            {
                logger.LoopFailed(nameof(CalendarWatch), e);
            }
            await moves.LeftAsync(warn ? Pass : FirstWarning, stoppingToken);
        }
    }

    private async Task JournalAsync(AutomationDbContext context, AccountId account, MissingYear missing, CancellationToken cancellationToken)
    {
        var entity = $"{missing.Calendar}/{missing.Year}";
        if (await context.Journal.AnyAsync(row => row.AccountId == account.Value && row.ConnectionId == Guid.Empty && row.EntityType == "calendar" && row.EntityId == entity, cancellationToken)) return;
        context.Journal.Add(new JournalRow
        {
            Id = ids.NewId(),
            AccountId = account.Value,
            ConnectionId = Guid.Empty,
            EntityType = "calendar",
            EntityId = entity,
            Kind = "calendar",
            At = clock.GetUtcNow(),
            Facts = new JObject { ["missingYear"] = missing.Year, ["calendar"] = missing.Calendar, ["daysLeft"] = missing.DaysLeft }.ToString(Newtonsoft.Json.Formatting.None),
        });
        await context.SaveChangesAsync(cancellationToken);
    }
}
