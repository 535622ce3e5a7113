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
    IDbContextFactory<AutomationDbContext> contexts, InboxService inbox, RedriveSignal signal, RuntimeGate gate, TimeProvider clock, ILogger<InsideDispatcher> logger) : DispatcherLoop(signal, gate, clock, logger)
{
    private const int Versions = 20;
    private const int Page = 200;

    /// <summary>One pass over the versions that have something to do.</summary>
    public override async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var open = await context.FunnelVersions.AsNoTracking().Where(row => row.Inside != null).OrderBy(row => row.PublishedAt).Take(Versions).ToListAsync(cancellationToken);
        foreach (var version in open)
        {
            await CarryOutAsync(context, version, cancellationToken);
            await context.FunnelVersions.Where(row => row.AccountId == version.AccountId && row.FunnelId == version.FunnelId && row.Version == version.Version).ExecuteUpdateAsync(row => row.SetProperty(x => x.Inside, (string?)null), cancellationToken);
        }

        return open.Count == Versions;
    }

    private async Task CarryOutAsync(AutomationDbContext context, FunnelVersionRow version, CancellationToken cancellationToken)
    {
        var pinned = FunnelJson.Read(version.Document).Triggers.ToDictionary(trigger => trigger.Id, trigger => trigger.DefinitionVersionId!, StringComparer.Ordinal);
        foreach (var trigger in await OpenRuns.TriggersAsync(context, version.AccountId, version.FunnelId, cancellationToken))
        {
            var to = pinned.GetValueOrDefault(trigger);
            if (to is null && version.Inside != InsideChoice.Cancel) continue;
            var (since, last) = (DateTimeOffset.UnixEpoch, Guid.Empty);
            while (true)
            {
                var runs = await OpenRuns.Of(context, version.AccountId, version.FunnelId, trigger).Where(run => run.FunnelVersion < version.Version && run.DefinitionVersionId != to)
                    .Where(run => run.CreatedAt > since || (run.CreatedAt == since && run.Id > last)).OrderBy(run => run.CreatedAt).ThenBy(run => run.Id).Take(Page).ToListAsync(cancellationToken);
                if (runs.Count == 0) break;
                (since, last) = (runs[^1].CreatedAt, runs[^1].Id);
                foreach (var connection in runs.GroupBy(run => run.ConnectionId))
                    await inbox.AcceptAsync(new(version.AccountId), new(connection.Key), null, [.. connection.Select(run => Event(version, run, to))], cancellationToken);
            }
        }
    }

    private static CrmEvent Event(FunnelVersionRow version, RunRow run, string? to)
    {
        var cancels = version.Inside == InsideChoice.Cancel;
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
