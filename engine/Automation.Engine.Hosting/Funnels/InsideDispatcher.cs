using Automation.Engine.Accounts;
using Automation.Engine.Events;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Failures;
using Automation.Engine.Hosting.Inbox;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Matching;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Automation.Engine.Hosting.Funnels;

/// <summary>What becomes of runs that wait inside older versions when a new one is published.</summary>
public static class InsideChoice
{
    /// <summary>They are finished on the version that they began with.</summary>
    public const string Finish = "finish";

    /// <summary>They go on by the new version, where the step that they wait at is in it.</summary>
    public const string Migrate = "migrate";
    public const string Cancel = "cancel";

    public static readonly IReadOnlyList<string> All = [Finish, Migrate, Cancel];
}

/// <summary>
/// Carries out the choice for runs inside: each gets it as an event of its own deal, behind what is there. Every node runs one; what is done
/// twice (a node died in between) is one event by its key.
/// </summary>
public sealed class InsideDispatcher(
    IDbContextFactory<AutomationDbContext> contexts, InboxService inbox, RedriveSignal signal, RuntimeGate gate, TimeProvider clock, ILogger<InsideDispatcher> logger) : BackgroundService
{
    private const int Page = 200;
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(30);

    /// <summary>One pass over the versions that have something to do.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        foreach (var version in await context.FunnelVersions.AsNoTracking().Where(row => row.Inside != null).OrderBy(row => row.PublishedAt).Take(20).ToListAsync(cancellationToken))
        {
            await CarryOutAsync(context, version, cancellationToken);
            await context.FunnelVersions.Where(row => row.AccountId == version.AccountId && row.FunnelId == version.FunnelId && row.Version == version.Version).ExecuteUpdateAsync(row => row.SetProperty(x => x.Inside, (string?)null), cancellationToken);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await gate.OpenedAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            var next = signal.Next;
            try
            {
                await RunAsync(stoppingToken);
            }
#pragma warning disable CA1031 // The loop goes on at its next turn whatever happened.
            catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
            {
                logger.LoopFailed(nameof(InsideDispatcher), e);
            }

            await ((Task)Task.WhenAny(Task.Delay(Idle, clock, stoppingToken), next)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task CarryOutAsync(AutomationDbContext context, FunnelVersionRow version, CancellationToken cancellationToken)
    {
        var pinned = FunnelJson.Read(version.Document).Triggers.ToDictionary(trigger => trigger.Id, trigger => trigger.DefinitionVersionId!, StringComparer.Ordinal);
        var last = Guid.Empty;
        while (true)
        {
            var runs = await Inside(context, version.AccountId, version.FunnelId).Where(run => run.FunnelVersion < version.Version && run.Id > last).OrderBy(run => run.Id).Take(Page).ToListAsync(cancellationToken);
            if (runs.Count == 0) return;
            last = runs[^1].Id;
            foreach (var connection in runs.Where(run => !pinned.TryGetValue(run.TriggerId!, out var now) || now != run.DefinitionVersionId).GroupBy(run => run.ConnectionId))
            {
                var events = connection.Select(run => Event(version, run, pinned.GetValueOrDefault(run.TriggerId!))).OfType<CrmEvent>().ToList();
                if (events.Count > 0) await inbox.AcceptAsync(new(version.AccountId), new(connection.Key), null, events, cancellationToken);
            }
        }
    }

    /// <summary>Runs of a funnel that have not ended.</summary>
    public static IQueryable<RunRow> Inside(AutomationDbContext context, Guid account, Guid funnel) => context.Runs.AsNoTracking()
        .Where(run => run.AccountId == account && run.FunnelId == funnel && run.TriggerId != null && (run.Status == (int)RunStatus.Running || run.Status == (int)RunStatus.Suspended));

    /// <returns>Null where nothing is to be done: a trigger that is gone has no version to go over to.</returns>
    private static CrmEvent? Event(FunnelVersionRow version, RunRow run, string? to)
    {
        var cancels = version.Inside == InsideChoice.Cancel;
        if (!cancels && to is null) return null;
        return new()
        {
            Kind = cancels ? InternalEvents.Cancel : InternalEvents.Migrate,
            EntityType = run.EntityType,
            EntityId = run.EntityId,
            DedupKey = FormattableString.Invariant($"inside|{version.FunnelId:N}|{version.Version}|{run.Id:N}"),
            Data = cancels
                ? new() { ["run"] = run.Id, ["reason"] = Reasons.Republished }
                : new() { ["run"] = run.Id, ["to"] = to, ["version"] = version.Version, ["by"] = version.Author },
        };
    }
}
