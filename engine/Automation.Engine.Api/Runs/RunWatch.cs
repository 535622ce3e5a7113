using Automation.Engine.Accounts;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Api.Runs;

/// <summary>Waits for a run that was just started, wherever in the cluster it is worked on.</summary>
internal sealed class RunWatch(IDbContextFactory<AutomationDbContext> contexts, TimeProvider clock)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>What a start has come to.</summary>
    /// <param name="Run">As it stood last; null when it has not begun.</param>
    /// <param name="Refused">Its event is done and there is no run: the activation strategy let it not start.</param>
    public sealed record Seen(RunRow? Run, bool Refused);

    /// <param name="start">The event that starts it.</param>
    /// <param name="isEnough">True when there is nothing more to wait for.</param>
    public async Task<Seen> UntilAsync(AccountId account, Guid run, Guid start, Func<RunRow, bool> isEnough, TimeSpan patience, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var (began, pause, hasBegun) = (clock.GetTimestamp(), FirstPause, false);
        while (true)
        {
            // Read before the run: what is done then has written its run.
            var isDone = !hasBegun && await db.Events.AsNoTracking().AnyAsync(row => row.Id == start && row.Status != EventStatus.Waiting, cancellationToken);
            var row = await db.Runs.AsNoTracking().FirstOrDefaultAsync(one => one.AccountId == account.Value && one.Id == run, cancellationToken);
            if (row is not null && isEnough(row)) return new(row, false);
            if (row is null && isDone) return new(null, true);
            hasBegun |= row is not null;
            if (clock.GetElapsedTime(began) >= patience) return new(row, false);
            await Task.Delay(pause, clock, cancellationToken);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }
}
