using Automation.Engine.Accounts;
using Automation.Engine.Events;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Trials;

/// <summary>What is played.</summary>
/// <param name="Published">Null when nothing is published.</param>
internal sealed record BackTestPlan(AccountId Account, ConnectionId Connection, TrialFunnel Draft, TrialFunnel? Published, DateTimeOffset From, DateTimeOffset To);

/// <summary>
/// Plays a period's stored events, deal by deal, through a draft and through what is published. Deals do not touch one another, so that
/// no more than one of them, and a page of its events, is in memory.
/// </summary>
internal sealed class BackTestPlayer
{
    private const int PageOfDeals = 200;
    private const int PageOfEvents = 500;
    private const int MostExamples = 20;

    private static readonly string[] Types = [EntityTypes.Deal, EntityTypes.Contact, EntityTypes.Company, EntityTypes.Customer, EntityTypes.Task, EntityTypes.Unsorted, EntityTypes.Booking, EntityTypes.Webhook];
    private readonly IDbContextFactory<AutomationDbContext> contexts;
    private readonly BackTestPlan plan;
    private readonly DealHistory history;
    private readonly Func<int, CancellationToken, Task> played;
    private readonly Run draft;
    private readonly Run? published;
    private readonly Dictionary<(string Trigger, string Side), List<BackTestExample>> examples = [];
    private int deals;

    private sealed record Run(TrialSide Side, BackTestWatch Watch);

    /// <param name="played">Told after every page how many events are played; the place to rest, or to stop.</param>
    /// <param name="began">Hears of the runs of the published version.</param>
    public BackTestPlayer(IDbContextFactory<AutomationDbContext> contexts, TrialMaker maker, BackTestPlan plan, Func<int, CancellationToken, Task> played, Action<Guid>? began = null)
    {
        (this.contexts, this.plan, this.played, history) = (contexts, plan, played, maker.History);
        draft = new(maker.Make(plan.Draft), new(plan.Draft.Funnel.Triggers.Select(one => one.Definition.Id)));
        published = plan.Published is null ? null : new(maker.Make(plan.Published), new(plan.Published.Funnel.Triggers.Select(one => one.Definition.Id)) { Began = began });
    }

    private IEnumerable<Run> Runs => published is null ? [draft] : [draft, published];

    public async Task<BackTestResult> PlayAsync(CancellationToken cancellationToken)
    {
        foreach (var connection in await ConnectionsAsync(cancellationToken))
            foreach (var type in Types)
                await PlayAsync(connection, type, cancellationToken);
        return new()
        {
            From = plan.From,
            To = plan.To,
            Deals = deals,
            Version = plan.Published?.Funnel.Version,
            Cards = Cards(),
            Unknown = [.. Runs.SelectMany(run => run.Side.Reads.Unknown).Distinct().Order(StringComparer.Ordinal).Take(50)],
            Failures = Runs.Sum(run => run.Watch.Failures),
            Failure = Runs.Select(run => run.Watch.Failure).FirstOrDefault(text => text is not null),
        };
    }

    private bool Any(Func<FunnelTrigger, bool> which) => Runs.Any(run => run.Side.Funnel.Funnel.Triggers.Any(one => which(one.Definition)));

    /// <summary>The funnel's own; others too where a trigger waits for what other systems tell.</summary>
    private async Task<IReadOnlyList<Guid>> ConnectionsAsync(CancellationToken cancellationToken)
    {
        if (!Any(trigger => trigger.When.Event is TriggerEvents.Webhook or TriggerEvents.BookingCreated or TriggerEvents.BookingChanged)) return [plan.Connection.Value];
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Connections.Where(row => row.AccountId == plan.Account.Value).Select(row => row.Id).ToListAsync(cancellationToken);
    }

    private async Task PlayAsync(Guid connection, string type, CancellationToken cancellationToken)
    {
        // A date comes for deals of which nothing was told in the period, too.
        var all = type == EntityTypes.Deal && Any(trigger => trigger.When.Event == TriggerEvents.DateField);
        for (var after = ""; ;)
        {
            List<string> page;
            await using (var context = await contexts.CreateDbContextAsync(cancellationToken))
                page = await context.Mailboxes.AsNoTracking()
                    .Where(row => row.AccountId == plan.Account.Value && row.ConnectionId == connection && row.EntityType == type && row.EntityId.CompareTo(after) > 0 && (row.UpdatedAt >= plan.From || (all && row.Open)))
                    .OrderBy(row => row.EntityId).Select(row => row.EntityId).Take(PageOfDeals).ToListAsync(cancellationToken);
            var count = 0;
            foreach (var id in page) count += await PlayAsync(new(plan.Account, new(connection), type, id), all, cancellationToken);
            await played(count, cancellationToken);
            if (page.Count < PageOfDeals) return;
            after = page[^1];
        }
    }

    private async Task<int> PlayAsync(MailboxKey key, bool dated, CancellationToken cancellationToken)
    {
        var page = await history.EventsAsync(key, plan.From, plan.To, 0, PageOfEvents, cancellationToken);
        var first = page.Count > 0 ? page[0] : dated && await NoneAsync(key, cancellationToken) is { } none ? none : null;
        if (first is null) return 0;
        var past = new DealPast(history, key);
        var mailboxes = new List<(Run Run, TrialMailbox Mailbox)>();
        string? name = null;
        foreach (var run in Runs)
        {
            var state = await history.BeforeAsync(key, first, run.Side.Funnel.Funnel.Id, [.. run.Side.Funnel.Funnel.Triggers.Select(one => one.Definition)], cancellationToken);
            name ??= (string?)state.Known?[EntityFields.Name];
            run.Side.Clock.Reset(plan.From);
            run.Watch.Enter();
            var mailbox = new TrialMailbox(past, run.Side, state, run.Watch);
            if (dated && state.Known is not null) await ArmAsync(key, run, mailbox, first.Stored.Number - 1, cancellationToken);
            mailboxes.Add((run, mailbox));
        }

        var count = 0;
        while (page.Count > 0)
        {
            foreach (var one in page)
            {
                cancellationToken.ThrowIfCancellationRequested();
                name = (string?)one.Stored.Event.Data[EntityFields.Name] ?? name;
                foreach (var (_, mailbox) in mailboxes) await mailbox.TakeAsync(one.Stored, one.At, cancellationToken);
            }

            count += page.Count;
            page = page.Count < PageOfEvents ? [] : await history.EventsAsync(key, plan.From, plan.To, page[^1].Stored.Number, PageOfEvents, cancellationToken);
        }

        foreach (var (run, mailbox) in mailboxes)
        {
            await mailbox.PassAsync(plan.To, cancellationToken);
            run.Watch.Leave(mailbox);
        }

        deals++;
        Compare(key, name);
        return count;
    }

    /// <summary>Stands for the first event of a deal that has none in the period.</summary>
    private async Task<PlayedEvent?> NoneAsync(MailboxKey key, CancellationToken cancellationToken) => await history.TodayAsync(key, cancellationToken) is { LastNumber: > 0 } row
        ? new(Own(key, row.LastNumber + 1, InternalEvents.Arm, null, plan.From), plan.From)
        : null;

    /// <summary>Dates that were known when the period begins.</summary>
    private async Task ArmAsync(MailboxKey key, Run run, TrialMailbox mailbox, long number, CancellationToken cancellationToken)
    {
        foreach (var trigger in run.Side.Funnel.Funnel.Triggers.Select(one => one.Definition).Where(one => one.When.Event == TriggerEvents.DateField))
            await mailbox.TakeAsync(Own(key, number, InternalEvents.Arm, trigger.Id, plan.From), plan.From, cancellationToken);
    }

    private StoredEvent Own(MailboxKey key, long number, string kind, string? trigger, DateTimeOffset at) =>
        new(draft.Side.Ids.NewId(), key, number, new() { Kind = kind, EntityType = key.EntityType, EntityId = key.EntityId, DedupKey = kind, TriggerId = trigger }, at, 1);

    private void Compare(MailboxKey key, string? name)
    {
        if (published is null) return;
        foreach (var (look, at) in draft.Watch.Fired)
            if (!published.Watch.Fired.ContainsKey(look)) Add("draft", look, at, published.Watch.Refused.GetValueOrDefault(look));
        foreach (var (look, at) in published.Watch.Fired)
            if (!draft.Watch.Fired.ContainsKey(look)) Add("published", look, at, draft.Watch.Refused.GetValueOrDefault(look));

        void Add(string side, Look look, DateTimeOffset at, JObject? other)
        {
            if (!examples.TryGetValue((look.Trigger, side), out var list)) examples[(look.Trigger, side)] = list = [];
            if (list.Count < MostExamples && !list.Exists(one => one.EntityId == key.EntityId && one.EntityType == key.EntityType)) list.Add(new(side, key.EntityType, key.EntityId, name, at, look.Event, other));
        }
    }

    private IReadOnlyList<BackTestCard> Cards()
    {
        var known = plan.Draft.Funnel.Document.Triggers.Concat(plan.Published?.Funnel.Document.Triggers ?? []).DistinctBy(trigger => trigger.Id);
        return [.. known.Select(trigger => new BackTestCard(
            trigger.Id, trigger.Name, draft.Watch.Cards.GetValueOrDefault(trigger.Id), published?.Watch.Cards.GetValueOrDefault(trigger.Id),
            [.. examples.GetValueOrDefault((trigger.Id, "draft")) ?? [], .. examples.GetValueOrDefault((trigger.Id, "published")) ?? []], Note(trigger)))];
    }

    private string? Note(FunnelTrigger trigger)
    {
        if (plan.Draft.Broken.TryGetValue(trigger.Id, out var broken)) return $"definition_invalid: {broken}";
        if (trigger.When.Event != TriggerEvents.Schedule) return null;
        // Only the times of what was published have been, and left events behind.
        var same = plan.Published?.Funnel.Triggers.FirstOrDefault(one => one.Definition.Id == trigger.Id)?.Definition.When;
        return same is { Event: TriggerEvents.Schedule } && same.Cron == trigger.When.Cron ? null : "schedule";
    }
}
