using System.Collections.Concurrent;
using Automation.Engine.Accounts;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Trials;

public static class BackTestStatus
{
    public const string Running = "running";
    public const string Done = "done";
    public const string Failed = "failed";
    public const string Cancelled = "cancelled";
}

/// <summary>
/// Back-tests of an account: one at a time, in the background, on a thread of their own. A running one says every few seconds that it
/// lives; one that does not (its server was stopped) has failed.
/// </summary>
public sealed class BackTestService : IDisposable
{
    public const int MostDays = 30;

    /// <summary>A period with more is shortened to the newest of them.</summary>
    public const int MostEvents = 200_000;

    private const int Kept = 20;

    // Between two pages the thread is somebody else's.
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private readonly IDbContextFactory<AutomationDbContext> contexts;
    private readonly TrialMaker maker;
    private readonly FunnelCatalog catalog;
    private readonly IIdSource ids;
    private readonly TimeProvider clock;
    private readonly ILogger<BackTestService> logger;
    private readonly CancellationTokenSource stopping = new();
    private readonly QuietScheduler scheduler = new();
    private readonly SemaphoreSlim starting = new(1);
    private readonly ConcurrentDictionary<Guid, (Task Work, CancellationTokenSource Cancel)> running = new();

    internal BackTestService(IDbContextFactory<AutomationDbContext> contexts, TrialMaker maker, FunnelCatalog catalog, IIdSource ids, TimeProvider clock, ILogger<BackTestService> logger) =>
        (this.contexts, this.maker, this.catalog, this.ids, this.clock, this.logger) = (contexts, maker, catalog, ids, clock, logger);

    /// <param name="days">1 to <see cref="MostDays"/>.</param>
    /// <param name="trigger">Its id; null for the whole funnel.</param>
    /// <exception cref="TrialRefusedException">One of the account is under way, or there is no such trigger.</exception>
    public async Task<BackTestRow> StartAsync(AccountId account, FunnelRow funnel, int days, string? trigger, string by, CancellationToken cancellationToken)
    {
        if (days is < 1 or > MostDays) throw new TrialRefusedException("query_invalid", $"days goes from 1 to {MostDays}.");
        var plan = await PlanAsync(account, funnel, days, trigger, cancellationToken);
        await starting.WaitAsync(cancellationToken);
        try
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            var now = clock.GetUtcNow();
            if (await context.BackTests.AnyAsync(one => one.AccountId == account.Value && one.Status == BackTestStatus.Running && one.LeaseUntil > now, cancellationToken))
                throw new TrialRefusedException("back_test_under_way", "A back-test of this account is under way. Wait for it to end, or cancel it.");
            var (from, total) = await MeasureAsync(context, plan, cancellationToken);
            var row = new BackTestRow
            {
                Id = ids.NewId(),
                AccountId = account.Value,
                FunnelId = funnel.Id,
                DraftRevision = funnel.DraftRevision,
                Request = new JObject { ["days"] = days, ["trigger"] = trigger, ["version"] = plan.Published?.Funnel.Version }.ToString(Newtonsoft.Json.Formatting.None),
                Status = BackTestStatus.Running,
                Total = total,
                By = by,
                CreatedAt = now,
                LeaseUntil = now + Lease,
            };
            context.BackTests.Add(row);
            await context.SaveChangesAsync(cancellationToken);
            var old = await context.BackTests.Where(one => one.AccountId == account.Value && one.FunnelId == funnel.Id).OrderByDescending(one => one.Id).Skip(Kept).Select(one => one.Id).ToListAsync(cancellationToken);
            if (old.Count > 0) await context.BackTests.Where(one => old.Contains(one.Id)).ExecuteDeleteAsync(cancellationToken);
            Begin(row.Id, plan with { From = from }, shortened: from > plan.From);
            return row;
        }
        finally
        {
            starting.Release();
        }
    }

    /// <returns>Newest first.</returns>
    public async Task<IReadOnlyList<BackTestRow>> ListAsync(AccountId account, Guid funnel, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return (await context.BackTests.AsNoTracking().Where(row => row.AccountId == account.Value && row.FunnelId == funnel).OrderByDescending(row => row.Id).Take(Kept).ToListAsync(cancellationToken)).ConvertAll(Told);
    }

    public async Task<BackTestRow?> FindAsync(AccountId account, Guid funnel, Guid id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.BackTests.AsNoTracking().FirstOrDefaultAsync(row => row.AccountId == account.Value && row.FunnelId == funnel && row.Id == id, cancellationToken) is { } row ? Told(row) : null;
    }

    /// <summary>Ends a running one, on whatever server it runs; one that has ended stays as it is.</summary>
    public async Task CancelAsync(AccountId account, Guid funnel, Guid id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await context.BackTests.Where(row => row.AccountId == account.Value && row.FunnelId == funnel && row.Id == id && row.Status == BackTestStatus.Running)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.Status, BackTestStatus.Cancelled).SetProperty(row => row.FinishedAt, clock.GetUtcNow()).SetProperty(row => row.LeaseUntil, (DateTimeOffset?)null), cancellationToken);
        if (running.TryGetValue(id, out var mine)) await mine.Cancel.CancelAsync();
    }

    /// <summary>Completes when a back-test of this process has ended; at once for others.</summary>
    public Task EndedAsync(Guid id) => running.TryGetValue(id, out var mine) ? mine.Work : Task.CompletedTask;

    public void Dispose()
    {
        stopping.Cancel();
        scheduler.Dispose();
        starting.Dispose();
    }

    private BackTestRow Told(BackTestRow row)
    {
        if (row.Status != BackTestStatus.Running || row.LeaseUntil > clock.GetUtcNow()) return row;
        (row.Status, row.FinishedAt, row.Result) = (BackTestStatus.Failed, row.LeaseUntil, new BackTestResult { Error = "interrupted" }.ToJson());
        return row;
    }

    private async Task<BackTestPlan> PlanAsync(AccountId account, FunnelRow funnel, int days, string? trigger, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var document = FunnelJson.Read(funnel.Draft);
        var draft = await maker.CompileAsync(account, funnel.Id, (funnel.PublishedVersion ?? 0) + 1, new(funnel.ConnectionId), document, cancellationToken);
        var published = (await catalog.PublishedAsync(account)).FirstOrDefault(one => one.Id == funnel.Id) is { } compiled ? new TrialFunnel(compiled, new Dictionary<string, string>()) : null;
        if (trigger is not null)
        {
            if (document.Triggers.All(one => one.Id != trigger)) throw new TrialRefusedException("not_found", "The draft has no such trigger.");
            (draft, published) = (draft.Only(trigger), published?.Only(trigger));
        }

        return new(account, new(funnel.ConnectionId), draft, published, now - TimeSpan.FromDays(days), now);
    }

    /// <summary>How many events the period has, and where it begins when only the newest are played.</summary>
    private static async Task<(DateTimeOffset From, int Total)> MeasureAsync(AutomationDbContext context, BackTestPlan plan, CancellationToken cancellationToken)
    {
        var events = context.Events.AsNoTracking().Where(row => row.AccountId == plan.Account.Value && row.ConnectionId == plan.Connection.Value && row.AcceptedAt >= plan.From && row.AcceptedAt < plan.To);
        var total = await events.CountAsync(cancellationToken);
        if (total <= MostEvents) return (plan.From, total);
        var oldest = await events.OrderByDescending(row => row.AcceptedAt).Skip(MostEvents - 1).Select(row => row.AcceptedAt).FirstAsync(cancellationToken);
        return (oldest, MostEvents);
    }

    private void Begin(Guid id, BackTestPlan plan, bool shortened)
    {
        var cancel = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
        var work = Task.Factory.StartNew(() => RunAsync(id, plan, shortened, cancel.Token), cancel.Token, TaskCreationOptions.None, scheduler).Unwrap();
        running[id] = (work, cancel);
        _ = work.ContinueWith(_ => running.TryRemove(id, out (Task, CancellationTokenSource) _), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private async Task RunAsync(Guid id, BackTestPlan plan, bool shortened, CancellationToken cancellationToken)
    {
        try
        {
            var (count, told) = (0, clock.GetTimestamp());
            var result = await new BackTestPlayer(contexts, maker, plan, PageAsync).PlayAsync(cancellationToken);
            await EndAsync(id, count, BackTestStatus.Done, result with { Shortened = shortened });

            async Task PageAsync(int events, CancellationToken token)
            {
                count += events;
                if (clock.GetElapsedTime(told) >= Beat)
                {
                    told = clock.GetTimestamp();
                    if (!await BeatAsync(id, count, token)) throw new OperationCanceledException("It was cancelled.");
                }

                await Task.Delay(Rest, clock, token);
            }
        }
        catch (OperationCanceledException)
        {
            // Cancelled: the row says so already. Stopped with its server: the row says so by its silence.
        }
#pragma warning disable CA1031 // The edge of the work: whatever happened is told where its result would stand.
        catch (Exception e)
#pragma warning restore CA1031
        {
            logger.BackTestFailed(id, e);
            await EndAsync(id, null, BackTestStatus.Failed, new() { Error = e.Message });
        }
    }

    private async Task<bool> BeatAsync(Guid id, int played, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var until = clock.GetUtcNow() + Lease;
        return await context.BackTests.Where(row => row.Id == id && row.Status == BackTestStatus.Running)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.Played, played).SetProperty(row => row.LeaseUntil, until), cancellationToken) > 0;
    }

    private async Task EndAsync(Guid id, int? played, string status, BackTestResult result)
    {
        await using var context = await contexts.CreateDbContextAsync(CancellationToken.None);
        var (now, text) = (clock.GetUtcNow(), result.ToJson());
        await context.BackTests.Where(row => row.Id == id && row.Status == BackTestStatus.Running).ExecuteUpdateAsync(update => update
            .SetProperty(row => row.Played, row => played ?? row.Played).SetProperty(row => row.Status, status).SetProperty(row => row.Result, text).SetProperty(row => row.FinishedAt, now).SetProperty(row => row.LeaseUntil, (DateTimeOffset?)null));
    }
}
