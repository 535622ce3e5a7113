using Automation.Engine.Accounts;
using Automation.Engine.Effects;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json;

namespace Automation.Engine.Hosting.Failures;

/// <summary>Finds what was given up.</summary>
public sealed class DeadLetterReads(IDbContextFactory<AutomationDbContext> contexts)
{
    private const int Faulted = (int)RunStatus.Faulted;
    private const int Quarantined = (int)RunStatus.Quarantined;

    /// <summary>In the order in which the deals lived through them: a redrive takes them so.</summary>
    /// <param name="most">At most so many, the oldest.</param>
    public async Task<IReadOnlyList<DeadLetter>> FindAsync(AccountId account, DeadLetterFilter filter, int most, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var found = new List<DeadLetter>();
        if ((filter.Kind is null or "event") && filter.Trigger is null && filter.Funnel is null) found.AddRange(await EventsAsync(context, account, filter, most, cancellationToken));
        if (filter.Kind is null or "run") found.AddRange(await RunsAsync(context, account, filter, most, cancellationToken));
        if (filter.Kind is null or "effect") found.AddRange(await EffectsAsync(context, account, filter, most, cancellationToken));
        return filter.Newest
            ? [.. found.OrderByDescending(letter => letter.Since).ThenByDescending(letter => letter.Target, StringComparer.Ordinal).Take(most)]
            : [.. found.OrderBy(letter => letter.Since).ThenBy(letter => letter.Target, StringComparer.Ordinal).Take(most)];
    }

    /// <summary>Why a run is dead, in the words of its last incident.</summary>
    public static (string Code, string? Message) Reason(RunRow row) => (LastIncident(row).Code, LastIncident(row).Message);

    private static (string Code, string? Message, Incident? Incident) LastIncident(RunRow row)
    {
        if (row.Status == Quarantined) return ("state_unreadable", row.Name, null);
        try
        {
            return RunJson.ReadState(row.State).Incidents is [.., var last] ? (last.Code, last.Message, last) : ("run_faulted", row.Name, null);
        }
        catch (JsonException)
        {
            return ("state_unreadable", row.Name, null);
        }
    }

    private static async Task<IEnumerable<DeadLetter>> EventsAsync(AutomationDbContext context, AccountId account, DeadLetterFilter filter, int most, CancellationToken cancellationToken)
    {
        var rows = Of(context, context.Events.AsNoTracking(), account, filter).Where(row => row.Status == EventStatus.Dead);
        if (Ids(filter) is { } ids) rows = rows.Where(row => ids.Contains(row.Id));
        if (filter.Code is { } code) rows = rows.Where(row => row.ErrorCode == code);
        if (filter.Since is { } since) rows = rows.Where(row => row.ProcessedAt >= since);
        if (filter.Until is { } until) rows = rows.Where(row => row.ProcessedAt < until);
        return (await (filter.Newest ? rows.OrderByDescending(row => row.Id) : rows.OrderBy(row => row.Id)).Take(most).ToListAsync(cancellationToken)).Select(row => new DeadLetter(
            "event", row.Id.ToString(), row.AcceptedAt, row.ProcessedAt ?? row.AcceptedAt, row.ConnectionId, row.EntityType, row.EntityId, null, row.ErrorCode, row.ErrorMessage, row.Tries));
    }

    private static async Task<IEnumerable<DeadLetter>> RunsAsync(AutomationDbContext context, AccountId account, DeadLetterFilter filter, int most, CancellationToken cancellationToken)
    {
        var rows = Of(context, context.Runs.AsNoTracking(), account, filter).Where(row => row.Status == Faulted || row.Status == Quarantined || (filter.Finished && filter.Targets != null && row.Status == (int)RunStatus.Finished))
            .Where(row => row.EntityType != ImportedRuns.EntityType);
        if (Ids(filter) is { } ids) rows = rows.Where(row => ids.Contains(row.Id));
        if (filter.Trigger is { } trigger) rows = rows.Where(row => row.TriggerId == trigger);
        if (filter.Funnel is { } funnel) rows = rows.Where(row => row.FunnelId == funnel);
        if (filter.Since is { } since) rows = rows.Where(row => row.UpdatedAt >= since);
        if (filter.Until is { } until) rows = rows.Where(row => row.UpdatedAt < until);
        // The reason stands in the state: looked for as text first, so that the database sorts out what cannot be meant.
        if (filter.Code is { } code and not "state_unreadable") rows = rows.Where(row => row.State.Contains(code));
        else if (filter.Code is not null) rows = rows.Where(row => row.Status == Quarantined);
        return (await (filter.Newest ? rows.OrderByDescending(row => row.Id) : rows.OrderBy(row => row.Id)).Take(most).ToListAsync(cancellationToken)).Select(row =>
        {
            var (why, message, incident) = LastIncident(row);
            return new DeadLetter("run", row.Id.ToString(), row.CreatedAt, row.UpdatedAt, row.ConnectionId, row.EntityType, row.EntityId, row.TriggerId, why, message, null)
            {
                Run = row.Id,
                Funnel = row.FunnelId,
                Activity = incident?.ActivityId,
                ActivityType = incident?.ActivityType,
            };
        }).Where(letter => filter.Code is null || letter.Code == filter.Code);
    }

    private static async Task<IEnumerable<DeadLetter>> EffectsAsync(AutomationDbContext context, AccountId account, DeadLetterFilter filter, int most, CancellationToken cancellationToken)
    {
        var rows = from effect in Of(context, context.Effects.AsNoTracking(), account, filter).Where(row => row.State == (int)EffectState.Failed)
                   join run in context.Runs.AsNoTracking().Where(run => run.AccountId == account.Value) on effect.RunId equals run.Id into runs
                   from run in runs.DefaultIfEmpty()
                   where run == null || (run.Status != Faulted && run.Status != Quarantined)
                   select new { effect, TriggerId = run == null ? null : run.TriggerId, FunnelId = run == null ? null : run.FunnelId };
        if (filter.Targets is { } keys) rows = rows.Where(row => keys.Contains(row.effect.Key));
        if (filter.Trigger is { } trigger) rows = rows.Where(row => row.TriggerId == trigger);
        if (filter.Code is { } code) rows = rows.Where(row => row.effect.ErrorCode == code);
        if (filter.Funnel is { } funnel) rows = rows.Where(row => row.FunnelId == funnel);
        if (filter.Since is { } since) rows = rows.Where(row => row.effect.FinishedAt >= since);
        if (filter.Until is { } until) rows = rows.Where(row => row.effect.FinishedAt < until);
        var ordered = filter.Newest ? rows.OrderByDescending(row => row.effect.PlannedAt).ThenByDescending(row => row.effect.Position).ThenByDescending(row => row.effect.Key) : rows.OrderBy(row => row.effect.PlannedAt).ThenBy(row => row.effect.Position).ThenBy(row => row.effect.Key);
        return (await ordered.Take(most).ToListAsync(cancellationToken)).Select(row => new DeadLetter(
            "effect", row.effect.Key, row.effect.PlannedAt, row.effect.FinishedAt ?? row.effect.PlannedAt, row.effect.ConnectionId, row.effect.EntityType, row.effect.EntityId, row.TriggerId,
            row.effect.ErrorCode, row.effect.ErrorMessage ?? row.effect.Summary, row.effect.Tries)
        { Run = row.effect.RunId, Funnel = row.FunnelId });
    }

    private static IQueryable<TRow> Of<TRow>(AutomationDbContext context, IQueryable<TRow> rows, AccountId account, DeadLetterFilter filter) where TRow : MailboxScoped
    {
        rows = rows.Where(row => row.AccountId == account.Value);
        if (filter.Connection is { } connection) rows = rows.Where(row => row.ConnectionId == connection);
        if (filter.Stage is { } stage)
        {
            var (pipeline, at) = (stage.PipelineId, stage.StageId);
            rows = rows.Where(row => context.Mailboxes.Any(deal => deal.AccountId == row.AccountId && deal.ConnectionId == row.ConnectionId && deal.EntityType == row.EntityType && deal.EntityId == row.EntityId && deal.PipelineId == pipeline && deal.StageId == at));
        }

        return filter.Deal is { } deal ? rows.Where(row => row.EntityType == EntityTypes.Deal && row.EntityId == deal) : rows;
    }

    private static List<Guid>? Ids(DeadLetterFilter filter) => filter.Targets?.Select(target => Guid.TryParse(target, out var id) ? id : Guid.Empty).ToList();
}
