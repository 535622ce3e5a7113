using Automation.Engine.Accounts;
using Automation.Engine.Calendars;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Hosting.Calendars;

/// <param name="Own">True: the account keeps it itself; false: it comes with the product.</param>
/// <param name="Years">Years whose days it lists, those of the calendar it stands on included.</param>
public sealed record CalendarSummary(string Name, string? Title, bool Own, string TimeZone, IReadOnlyCollection<int> Years, DateTimeOffset? UpdatedAt, string? UpdatedBy);

/// <summary>Working calendars of an account as people change them.</summary>
public sealed class CalendarService(IDbContextFactory<AutomationDbContext> contexts, CalendarDirectory directory, CalendarUses uses, DeadlineMoves moves, AccountDirectory accounts, TimeProvider clock)
{
    public async Task<IReadOnlyList<CalendarSummary>> ListAsync(AccountId account, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var own = await context.Calendars.AsNoTracking().Where(row => row.AccountId == account.Value).ToDictionaryAsync(row => row.Name, StringComparer.Ordinal, cancellationToken);
        var found = new List<CalendarSummary>();
        foreach (var name in own.Keys.Concat(BundledCalendars.Names).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var calendar = await directory.GetAsync(account, name, cancellationToken);
            var row = own.GetValueOrDefault(name);
            var title = row is null ? BundledCalendars.Find(name)!.Title : CalendarJson.Read(row.Document).Title;
            found.Add(new(name, title, row is not null, calendar.Zone.Id, calendar.Years, row?.UpdatedAt, row?.UpdatedBy));
        }

        return found;
    }

    /// <returns>Null when there is none of that name.</returns>
    public async Task<CalendarDocument?> FindAsync(AccountId account, string name, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var row = await context.Calendars.AsNoTracking().FirstOrDefaultAsync(row => row.AccountId == account.Value && row.Name == name, cancellationToken);
        return row is null ? BundledCalendars.Find(name) : CalendarJson.Read(row.Document);
    }

    /// <summary>Saves a calendar and moves the deadlines that were computed by it, or by one that stands on it.</summary>
    /// <exception cref="CalendarInvalidException">The calendar, or one that stands on it, could not be used; nothing is saved.</exception>
    public async Task<DeadlineReport> SaveAsync(AccountId account, string name, CalendarDocument document, string? by, CancellationToken cancellationToken)
    {
        if (name.Length is 0 or > 64 || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_'))
            throw new CalendarInvalidException(new CalendarProblem("name", "The name takes 1 to 64 Latin letters, digits, '-' and '_'."));
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context.Calendars.Where(one => one.AccountId == account.Value).ToListAsync(cancellationToken);
        var row = rows.Find(one => one.Name == name);
        await CheckAllAsync(account, rows, name, document, cancellationToken);
        if (row is null) context.Calendars.Add(row = new CalendarRow { AccountId = account.Value, Name = name, Document = "" });
        (row.Document, row.UpdatedAt, row.UpdatedBy) = (CalendarJson.Write(document, indented: false), clock.GetUtcNow(), by);
        await context.SaveChangesAsync(cancellationToken);
        directory.Forget(account);
        return await moves.RunAsync(account, DeadlineMoves.Patience, cancellationToken);
    }

    /// <summary>Takes an own calendar away. Where a bundled one has its name, that one holds from now on.</summary>
    /// <exception cref="CalendarInvalidException">It is in use, and nothing would stand in its place.</exception>
    /// <exception cref="KeyNotFoundException">The account keeps no such calendar.</exception>
    public async Task<DeadlineReport> RemoveAsync(AccountId account, string name, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context.Calendars.Where(one => one.AccountId == account.Value).ToListAsync(cancellationToken);
        var row = rows.Find(one => one.Name == name) ?? throw new KeyNotFoundException($"The account keeps no calendar '{name}'.");
        if (BundledCalendars.Find(name) is null)
        {
            if (await uses.OfAsync(account, name, cancellationToken) is { Count: > 0 } used) throw new CalendarInvalidException(new CalendarProblem("", $"The calendar '{name}' is in use: {string.Join(", ", used)}. Change that first."));
            var from = $"{name}/";
            if (await context.Timers.AnyAsync(timer => timer.AccountId == account.Value && (timer.DueSource == name || timer.DueSource!.StartsWith(from)), cancellationToken))
                throw new CalendarInvalidException(new CalendarProblem("", $"Deals wait by the calendar '{name}': it can be removed when none does."));
        }

        await CheckAllAsync(account, rows, name, null, cancellationToken);
        context.Calendars.Remove(row);
        await context.SaveChangesAsync(cancellationToken);
        directory.Forget(account);
        return await moves.RunAsync(account, DeadlineMoves.Patience, cancellationToken);
    }

    /// <summary>The changed calendar, and every other one with it in place, can be used.</summary>
    private async Task CheckAllAsync(AccountId account, List<CalendarRow> rows, string changed, CalendarDocument? document, CancellationToken cancellationToken)
    {
        var documents = rows.Where(row => row.Name != changed).ToDictionary(row => row.Name, row => CalendarJson.Read(row.Document), StringComparer.Ordinal);
        var zone = (await accounts.GetAsync(account, cancellationToken)).TimeZone.Id;
        if (document is not null)
        {
            documents[changed] = document;
            CalendarCompiler.Compile(changed, document, Find, zone);
        }

        foreach (var (name, other) in documents.Where(one => one.Key != changed))
        {
            try
            {
                CalendarCompiler.Compile(name, other, Find, zone);
            }
            catch (CalendarInvalidException e)
            {
                throw new CalendarInvalidException(new CalendarProblem("", $"The calendar '{name}' stands on this one and could not be used any more: {e.Message}"));
            }
        }

        CalendarDocument? Find(string name) => documents.TryGetValue(name, out var own) ? own : BundledCalendars.Find(name);
    }
}
