using Automation.Engine.Events;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Mailboxes;
using Automation.Engine.Matching;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Events;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Steps;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Trials;

/// <summary>What a step was told by another system.</summary>
internal sealed record RecordedRead(DateTimeOffset At, AskedThing Asked, JToken Answer);

/// <summary>A stored event, and when it was looked at.</summary>
internal sealed record PlayedEvent(StoredEvent Stored, DateTimeOffset At);

/// <summary>One deal's past while it is played: what is asked for again is read once, for both versions.</summary>
internal sealed class DealPast(DealHistory history, MailboxKey key)
{
    private readonly HashSet<MailboxKey> nobody = [];
    private IReadOnlyList<RecordedRead>? recorded;

    public MailboxKey Key => key;

    /// <inheritdoc cref="DealHistory.RecordedAsync"/>
    public async ValueTask<IReadOnlyList<RecordedRead>> RecordedAsync(CancellationToken cancellationToken) => recorded ??= await history.RecordedAsync(key, cancellationToken);

    /// <inheritdoc cref="DealHistory.StateAsOfAsync"/>
    public async ValueTask<JObject?> StateAsOfAsync(MailboxKey entity, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (nobody.Contains(entity)) return null;
        var found = await history.StateAsOfAsync(entity, at, cancellationToken);
        if (found is null && !await history.IsKnownAsync(entity, cancellationToken)) nobody.Add(entity);
        return found;
    }
}

/// <summary>Deals' pasts, as events and journal keep them.</summary>
internal sealed class DealHistory(IDbContextFactory<AutomationDbContext> contexts)
{
    private const int LookBack = 300;

    // They wake or end what a trial does not have.
    private static readonly string[] NotPlayed = [InternalEvents.Redrive, InternalEvents.Unblock, InternalEvents.Start, InternalEvents.Cancel, InternalEvents.Migrate, InternalEvents.Skip];

    /// <summary>Events of a deal that were looked at, in their order.</summary>
    /// <param name="after">Number of the last one that is known.</param>
    public async Task<IReadOnlyList<PlayedEvent>> EventsAsync(MailboxKey key, DateTimeOffset from, DateTimeOffset to, long after, int take, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await In(context.Events.AsNoTracking(), key)
            .Where(row => row.Number > after && row.AcceptedAt >= from && row.AcceptedAt < to && row.Status == EventStatus.Done && !NotPlayed.Contains(row.Kind))
            .OrderBy(row => row.Number).Take(take).ToListAsync(cancellationToken);
        return [.. rows.Select(Played)];
    }

    public async Task<PlayedEvent?> EventAsync(MailboxKey key, Guid id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await In(context.Events.AsNoTracking(), key).FirstOrDefaultAsync(row => row.Id == id, cancellationToken) is { } row ? Played(row) : null;
    }

    /// <summary>The mailbox as it stands today; null when nothing is known of the entity.</summary>
    public async Task<MailboxRow?> TodayAsync(MailboxKey key, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await In(context.Mailboxes.AsNoTracking(), key).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>
    /// What the mailbox knew before an event: the entity as of the event before it, its stay in the stage, and what had fired, folded from
    /// the verdicts of the journal. Work that waited then is not part of it.
    /// </summary>
    /// <param name="triggers">Whose firings count.</param>
    public async Task<MailboxState> BeforeAsync(MailboxKey key, PlayedEvent first, Guid funnel, IReadOnlyList<FunnelTrigger> triggers, CancellationToken cancellationToken)
    {
        if (first.Stored.Number <= 1) return new();
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var before = await In(context.Events.AsNoTracking(), key).Where(row => row.Number < first.Stored.Number && row.State != null).OrderByDescending(row => row.Number).Take(20).ToListAsync(cancellationToken);
        if (before.Count == 0) return new();
        var known = RunJson.Parse(before[0].State!);
        var told = before.ConvertAll(row => EventPayload.Read(row.Payload));
        var state = new MailboxState { Known = known, Complete = told.Exists(one => one.Complete), KnownAt = told.Select(one => one.SourceTime).FirstOrDefault(at => at is not null), Visit = VisitOf(known, before[0]) };
        return await FoldAsync(context, key, first, funnel, triggers, state, cancellationToken);
    }

    /// <summary>An entity as events had told of it by then; null when none had.</summary>
    public async Task<JObject?> StateAsOfAsync(MailboxKey key, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var text = await In(context.Events.AsNoTracking(), key).Where(row => row.State != null && row.AcceptedAt <= at).OrderByDescending(row => row.Number).Select(row => row.State).FirstOrDefaultAsync(cancellationToken);
        return text is null ? null : RunJson.Parse(text);
    }

    /// <summary>Events have told of the entity at all.</summary>
    public async Task<bool> IsKnownAsync(MailboxKey key, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await In(context.Mailboxes.AsNoTracking(), key).AnyAsync(cancellationToken);
    }

    /// <summary>Everything that steps of a deal were told by other systems, in order of time.</summary>
    public async Task<IReadOnlyList<RecordedRead>> RecordedAsync(MailboxKey key, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await In(context.Journal.AsNoTracking(), key).Where(row => (row.Kind == "event" || row.Kind == "run") && row.Facts.Contains("\"inputs\""))
            .OrderByDescending(row => row.Id).Take(LookBack).Select(row => new { row.At, row.Facts }).ToListAsync(cancellationToken);
        return
        [
            .. from row in Enumerable.Reverse(rows)
               from input in (RunJson.Parse(row.Facts)["inputs"] as JObject ?? []).Properties()
               where input.Name.StartsWith("crm/", StringComparison.Ordinal) || input.Name.StartsWith("booking/", StringComparison.Ordinal)
               select new RecordedRead(row.At, AskedThing.Of(input.Name, key.Connection), input.Value),
        ];
    }

    private static async Task<MailboxState> FoldAsync(AutomationDbContext context, MailboxKey key, PlayedEvent first, Guid funnel, IReadOnlyList<FunnelTrigger> triggers, MailboxState state, CancellationToken cancellationToken)
    {
        var rows = await In(context.Journal.AsNoTracking(), key).Where(row => row.Kind == "event" && row.FunnelId == funnel && row.At <= first.At).OrderByDescending(row => row.Id).Take(LookBack).ToListAsync(cancellationToken);
        var told = rows.Select(row => row.EventId).ToList();
        var later = await In(context.Events.AsNoTracking(), key).Where(row => row.Number >= first.Stored.Number && told.Contains(row.Id)).Select(row => row.Id).ToListAsync(cancellationToken);
        var fired = new Dictionary<string, Firing>(StringComparer.Ordinal);
        foreach (var row in Enumerable.Reverse(rows).Where(row => row.EventId is not { } id || !later.Contains(id)))
        {
            var facts = RunJson.Parse(row.Facts);
            if ((string?)facts["kind"] == "due") continue;
            foreach (var verdict in (facts["verdicts"] as JArray ?? []).OfType<JObject>().Where(verdict => (string?)verdict["outcome"] is nameof(VerdictOutcome.Fired) or nameof(VerdictOutcome.Scheduled)))
            {
                var id = (string)verdict["trigger"]!;
                var recent = fired.TryGetValue(id, out var firing) ? firing.Recent.Where(at => row.At - at < TimeSpan.FromMinutes(10)) : [];
                fired[id] = new(true, row.At, [.. recent, row.At]);
            }

            var (from, to) = (Stage(facts["from"]), Stage(facts["to"]));
            if (from is not null && from != to) StepPlanner.ClearLeft(fired, triggers, to, row.At);
        }

        return state with { Fired = fired };
    }

    private static StageRef? Stage(JToken? text) => (string?)text is { Length: > 0 } stage ? StageRef.Parse(stage) : null;

    private static StageVisit? VisitOf(JObject known, EventRow row) =>
        (string?)known[Events.EntityFields.PipelineId] is { } pipeline && (string?)known[Events.EntityFields.StageId] is { } stage ? new(1, pipeline, stage, row.AcceptedAt, "entered") : null;

    private static PlayedEvent Played(EventRow row) => new(StoredEvents.From(row), row.ProcessedAt ?? row.AcceptedAt);

    private static IQueryable<TRow> In<TRow>(IQueryable<TRow> rows, MailboxKey key) where TRow : MailboxScoped => rows.Where(row =>
        row.AccountId == key.Account.Value && row.ConnectionId == key.Connection.Value && row.EntityType == key.EntityType && row.EntityId == key.EntityId);
}
