using System.Collections.Concurrent;
using System.Globalization;
using Automation.Engine.Accounts;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Hosting.Failures;

/// <summary>
/// Effects of an account and day, over all nodes (R14). A node takes a hundredth of the day's budget at a time (at most 100) from the
/// account's row and spends it from memory, so that effects do not queue for one row. Never more than the budget goes out; what a node
/// had not spent when it died is lost to that day.
/// </summary>
public sealed class EffectBudget(IDbContextFactory<AutomationDbContext> contexts, AccountDirectory accounts, FailureLog failures, TimeProvider clock)
{
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<AccountId, Lease> leases = new();

    /// <summary>Takes one effect from the budget of the account's present day.</summary>
    /// <returns>False when the day's budget is used up.</returns>
    public async ValueTask<bool> TryTakeAsync(AccountId account, CancellationToken cancellationToken)
    {
        var info = await accounts.GetAsync(account, cancellationToken);
        var now = clock.GetUtcNow();
        var day = TimeZoneInfo.ConvertTime(now, info.TimeZone).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var lease = leases.GetOrAdd(account, _ => new());
        if (lease.TryTake(day)) return true;
        await lease.Turn.WaitAsync(cancellationToken);
        try
        {
            if (lease.TryTake(day)) return true;
            var limit = info.Quotas.EffectsPerDay;
            if (lease.IsEmpty(day, limit, now)) return false;
            var taken = await LeaseAsync(account, day, limit, cancellationToken);
            if (taken > 0)
            {
                lease.Refill(day, taken - 1);
                return true;
            }

            if (lease.NoteEmpty(day, limit, now + AskAgainAfter)) failures.BudgetExceeded(account.Value, day, limit);
            return false;
        }
        finally
        {
            lease.Turn.Release();
        }
    }

    private async Task<int> LeaseAsync(AccountId account, string day, int limit, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = context.EffectBudgets.Where(row => row.AccountId == account.Value && row.Day == day);
        for (var size = Math.Clamp(limit / 100, 1, 100); ;)
        {
            if (await rows.Where(row => row.Taken + size <= limit).ExecuteUpdateAsync(update => update.SetProperty(row => row.Taken, row => row.Taken + size), cancellationToken) == 1) return size;
            var taken = await rows.Select(row => (int?)row.Taken).FirstOrDefaultAsync(cancellationToken);
            if (taken >= limit) return 0;
            if (taken is null) await AddDayAsync(account, day, cancellationToken);
            else size = Math.Min(size, limit - taken.Value);
            if (size < 1) return 0;
        }
    }

    private async Task AddDayAsync(AccountId account, string day, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        context.EffectBudgets.Add(new EffectBudgetRow { AccountId = account.Value, Day = day });
        try
        {
            await context.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException) when (context.EffectBudgets.AsNoTracking().Any(row => row.AccountId == account.Value && row.Day == day))
        {
            // Another node was first.
        }
    }

    private sealed class Lease
    {
        private readonly Lock sync = new();
        private string day = "";
        private int left;
        private (string Day, int Limit, DateTimeOffset Until) empty;

        public SemaphoreSlim Turn { get; } = new(1);

        public bool TryTake(string today)
        {
            lock (sync)
            {
                if (day != today || left == 0) return false;
                left--;
                return true;
            }
        }

        public void Refill(string today, int amount) { lock (sync) (day, left) = (today, amount); }

        public bool IsEmpty(string today, int limit, DateTimeOffset now) { lock (sync) return empty.Day == today && empty.Limit == limit && now < empty.Until; }

        /// <returns>True the first time on that day.</returns>
        public bool NoteEmpty(string today, int limit, DateTimeOffset until)
        {
            lock (sync)
            {
                var first = empty.Day != today || empty.Limit != limit;
                empty = (today, limit, until);
                return first;
            }
        }
    }
}
