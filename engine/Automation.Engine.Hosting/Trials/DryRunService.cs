using Automation.Engine.Accounts;
using Automation.Engine.Events;
using Automation.Engine.Funnels;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Trials;

/// <summary>Plays one event of one deal through a funnel's draft, in memory: verdicts, steps, waits, and what would have been sent.</summary>
public sealed class DryRunService
{
    // Waits that are let pass, and how far ahead: a workflow that waits in a circle ends here.
    private const int MostWaits = 200;
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(400);

    // What does not happen to a deal that stands where it stands.
    private static readonly HashSet<string> Elsewhere = new(StringComparer.Ordinal)
    {
        TriggerEvents.LeftStage, TriggerEvents.Deleted, TriggerEvents.Webhook, TriggerEvents.BookingCreated, TriggerEvents.BookingChanged, TriggerEvents.IncomingLead,
    };

    private readonly TrialMaker maker;
    private readonly IIdSource ids;
    private readonly TimeProvider clock;

    internal DryRunService(TrialMaker maker, IIdSource ids, TimeProvider clock) => (this.maker, this.ids, this.clock) = (maker, ids, clock);

    /// <exception cref="TrialRefusedException">There is no such trigger, deal or event.</exception>
    /// <exception cref="FunnelInvalidException">The draft cannot be read.</exception>
    public async Task<DryRunReport> RunAsync(AccountId account, FunnelRow funnel, DryRunOrder order, CancellationToken cancellationToken)
    {
        var document = DocumentOf(funnel, order.Trigger);
        var tried = order is { Event: null, Trigger: null, EntityType: EntityTypes.Deal } ? document with { Triggers = [.. document.Triggers.Where(trigger => !Elsewhere.Contains(trigger.When.Event))] } : document;
        var compiled = await maker.CompileAsync(account, funnel.Id, (funnel.PublishedVersion ?? 0) + 1, new(funnel.ConnectionId), tried, cancellationToken);
        var key = new MailboxKey(account, new(funnel.ConnectionId), order.EntityType, order.EntityId);
        var (state, played) = await BeginAsync(key, funnel, document, order, cancellationToken);
        var side = maker.Make(compiled);
        side.Clock.Reset(played.At);
        var watch = new DryRunWatch(compiled.Broken);
        var mailbox = new TrialMailbox(new(maker.History, key), side, state, watch);
        await mailbox.TakeAsync(played.Stored, played.At, cancellationToken);
        for (var waits = 0; waits < MostWaits; waits++)
        {
            if (await ComeAsync(mailbox, watch, order.Come, cancellationToken)) continue;
            if (mailbox.NextTimer is not { } next || next > played.At + Ahead) break;
            await mailbox.PassAsync(next, cancellationToken);
        }

        if (watch.Failure is { } failure && watch.Event is null) throw new TrialRefusedException("trial_failed", $"The event cannot be played: {failure}");
        return new(watch.Event ?? [], played.At, (string?)state.Known?[EntityFields.Name] ?? (string?)played.Stored.Event.Data[EntityFields.Name], watch.Report(document), [.. side.Reads.Unknown]);
    }

    private static FunnelDocument DocumentOf(FunnelRow funnel, string? only)
    {
        var document = FunnelJson.Read(funnel.Draft);
        if (only is null) return document;
        var trigger = document.Triggers.FirstOrDefault(one => one.Id == only) ?? throw new TrialRefusedException("not_found", "The draft has no such trigger.");
        return document with { Triggers = [trigger with { Enabled = true }] };
    }

    private async Task<(MailboxState State, PlayedEvent Played)> BeginAsync(MailboxKey key, FunnelRow funnel, FunnelDocument document, DryRunOrder order, CancellationToken cancellationToken)
    {
        if (order.Event is { } id)
        {
            var played = await maker.History.EventAsync(key, id, cancellationToken) ?? throw new TrialRefusedException("not_found", "The deal has no such event.");
            return (await maker.History.BeforeAsync(key, played, funnel.Id, document.Triggers, cancellationToken), played);
        }

        var today = await maker.History.TodayAsync(key, cancellationToken) ?? throw new TrialRefusedException("not_found", "Nothing is known of this deal: no event of it has come.");
        var now = clock.GetUtcNow();
        // Tried as if for the first time: what has fired already, and what is under way, is left out.
        var state = MailboxState.FromJson(today.State) with { Fired = new Dictionary<string, Firing>(), OwnWrites = [], Blocked = [], Armed = new Dictionary<string, DateTimeOffset>() };
        // Whoever goes away leaves; everything else is as if applied by hand.
        var goes = order.Trigger is not null && document.Triggers[0].When.Event is TriggerEvents.LeftStage or TriggerEvents.Deleted;
        var told = new CrmEvent { Kind = goes ? EventKinds.Deleted : EventKinds.Applied, EntityType = key.EntityType, EntityId = key.EntityId, DedupKey = "trial", Data = new JObject { ["input"] = new JObject() } };
        return (state, new(new(ids.NewId(), key, today.LastNumber + 1, told, now, 1), now));
    }

    /// <summary>Hits what is taken for come.</summary>
    private static async Task<bool> ComeAsync(TrialMailbox mailbox, DryRunWatch watch, IReadOnlyList<string> come, CancellationToken cancellationToken)
    {
        if (come.Count == 0) return false;
        foreach (var (id, run) in mailbox.Runs)
            foreach (var bookmark in run.State.Bookmarks)
            {
                if (watch.Find(id, bookmark.ContextId) is not { } step || !(come.Contains(step.Node) || come.Contains(bookmark.Name))) continue;
                // Of an event and the time that is waited for it the event comes.
                if (bookmark.DueAt is not null && run.State.Bookmarks.Any(other => other.ContextId == bookmark.ContextId && other.DueAt is null)) continue;
                if (step.Waits.FirstOrDefault(wait => wait.Bookmark == bookmark.Id) is not { Came: false } wait) continue;
                wait.Came = true;
                await mailbox.HitAsync(id, bookmark.Id, new JObject(), cancellationToken);
                return true;
            }

        return false;
    }
}
