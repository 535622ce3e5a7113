using Automation.Engine.Accounts;
using Automation.Engine.Api.Connections;
using Automation.Engine.Api.Json;
using Automation.Engine.Api.Runs;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Failures;
using Automation.Engine.Mailboxes;
using Automation.Engine.Matching;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Ports;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Journal;

/// <summary>Answers "why did it (not) fire?" from the journal: what was decided then, not what would be decided now.</summary>
public sealed class WhyReads(IDbContextFactory<AutomationDbContext> contexts, CrmDirectoryCache directories)
{
    private const int LookBack = 200;

    private sealed record Entry(JournalRow Row, JObject Facts)
    {
        public bool IsDue => (string?)Facts["kind"] == "due";

        public bool StandsBack => (string?)Facts["dead"] == DeadLetter.StandsBack;

        /// <summary>Something happened, and not by our own hand.</summary>
        public bool Meant => !IsDue && Facts["quiet"] is null && Facts["causedBy"] is null;
    }

    /// <summary>At least one trigger waits for this kind of event.</summary>
    private static bool Watched(Entry entry) => Verdicts(entry).Any(verdict =>
        (string?)verdict["reason"] is not (Reasons.OtherEvent or Reasons.NothingChanged or Reasons.OtherSource or Reasons.Disabled));

    /// <param name="eventId">Null for the last event that meant something, one that a trigger waits for before others.</param>
    /// <exception cref="Errors.ProblemException">404: nothing is known of the deal, or of the event.</exception>
    public async Task<WhyView> AskAsync(AccountId account, string deal, Guid? eventId, string? funnel, string? connection, bool english, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = db.Journal.AsNoTracking().Where(row => row.AccountId == account.Value && row.EntityType == EntityTypes.Deal && row.EntityId == deal && row.Kind == "event");
        if (connection is not null)
        {
            var only = await ConnectionFinder.FindIdAsync(db, account, connection, cancellationToken);
            rows = rows.Where(row => row.ConnectionId == only);
        }

        if (eventId is not null) rows = rows.Where(row => row.EventId == eventId);
        var entries = (await rows.OrderByDescending(row => row.Id).Take(LookBack).ToListAsync(cancellationToken)).ConvertAll(row => new Entry(row, ApiJson.Parse(row.Facts)));
        // The last one answers by itself: nothing looked at it, because the deal stands still.
        var chosen = entries is [{ StandsBack: true } last, ..] ? last : entries.Find(entry => entry.Meant && Watched(entry)) ?? entries.Find(entry => entry.Meant) ?? entries.Find(entry => !entry.IsDue) ?? entries.FirstOrDefault();
        if (chosen is null) return await NothingAsync(db, account, deal, eventId, english, cancellationToken);

        var same = entries.Where(entry => entry.Row.EventId == chosen.Row.EventId && entry.Row.ConnectionId == chosen.Row.ConnectionId).OrderBy(entry => entry.Row.Id).ToList();
        var directory = await directories.GetAsync(new(chosen.Row.ConnectionId), cancellationToken);
        var name = await db.Connections.Where(row => row.AccountId == account.Value && row.Id == chosen.Row.ConnectionId).Select(row => row.Name).FirstOrDefaultAsync(cancellationToken);
        var runs = await db.Runs.AsNoTracking().Where(row => row.AccountId == account.Value && row.ConnectionId == chosen.Row.ConnectionId && row.EntityType == EntityTypes.Deal && row.EntityId == deal && row.EventId == chosen.Row.EventId).ToListAsync(cancellationToken);
        var now = await new RunNow(english).OfAsync(db, runs, cancellationToken);
        var verdicts = new List<WhyVerdict>();
        FunnelDocument? shown = null;
        foreach (var entry in same.Where(entry => !entry.IsDue && entry.Row.FunnelId is not null))
        {
            if (await FunnelAsync(db, account, entry, cancellationToken) is not { } found || (funnel is not null && found.Slug != funnel)) continue;
            shown ??= found.Document;
            var words = new EventWords(english, found.Document, directory);
            var later = same.Where(other => other.IsDue && other.Row.FunnelId == entry.Row.FunnelId).ToList();
            verdicts.AddRange(Verdicts(entry).Select(verdict => LookedBack(View(verdict, found.Slug, found.Name, (int?)entry.Facts["funnelVersion"], words, runs, later, now), entry, entries, words, eventId is null)));
        }

        if (funnel is not null && verdicts.Count == 0) throw ApiProblem.NotFound("No such funnel looked at this event.");
        return new(deal, name, Summary(verdicts, chosen, english), Event(chosen, new(english, shown, directory)), verdicts, await WaitingAsync(db, account, deal, chosen.Row.ConnectionId, english, cancellationToken));
    }

    private static IEnumerable<JObject> Verdicts(Entry entry) => (entry.Facts["verdicts"] as JArray ?? []).OfType<JObject>();

    private static WhyEvent Event(Entry entry, EventWords words) => new(
        entry.Row.EventId, entry.Row.At, (string?)entry.Facts["kind"], words.Event(entry.Facts), (string?)entry.Facts["from"] is { } from ? words.Stage(from) : null,
        (string?)entry.Facts["to"] is { } to ? words.Stage(to) : null, [.. words.Changes(entry.Facts).Select(change => new WhyChange(change.Path, change.Name, change.Old, change.New))]);

    private static WhyVerdict View(JObject verdict, string slug, string funnel, int? version, EventWords words, List<RunRow> runs, List<Entry> later, Dictionary<Guid, List<WhyNow>> now)
    {
        var id = (string?)verdict["trigger"] ?? "";
        var run = runs.Find(row => row.TriggerId == id);
        var second = later.SelectMany(Verdicts).LastOrDefault(one => (string?)one["trigger"] == id);
        return new(
            slug, funnel, version, id, (string?)verdict["name"] ?? id, ((string?)verdict["outcome"] ?? "no").ToLowerInvariant(), (string?)verdict["reason"] ?? "", words.Reason(verdict),
            [.. words.Seen(verdict).Select(seen => new WhyValue(seen.Path, seen.Value))], DateTimeOffset.TryParse((string?)verdict["due"], System.Globalization.CultureInfo.InvariantCulture, out var due) ? due : null,
            run?.Id, run is null ? null : RunView.StatusOf(run.Status), second is null ? null : words.ReasonWithValues(second),
            run is not null && now.TryGetValue(run.Id, out var lines) ? lines : []);
    }

    /// <summary>An event of another kind says nothing of a trigger: the last one that did come to it does.</summary>
    private static WhyVerdict LookedBack(WhyVerdict verdict, Entry entry, List<Entry> entries, EventWords words, bool looks)
    {
        if (!looks || Reach.Came(verdict.Reason) || verdict.Reason is Reasons.Disabled) return verdict;
        var last = entries.Where(one => !one.IsDue && one.Row.FunnelId == entry.Row.FunnelId && one.Row.Id.CompareTo(entry.Row.Id) < 0)
            .Select(one => (Entry: one, Verdict: Verdicts(one).FirstOrDefault(told => (string?)told["trigger"] == verdict.TriggerId)))
            .FirstOrDefault(one => one.Verdict is not null && ((string?)one.Verdict["reason"] == Reasons.Disabled || Reach.Came((string?)one.Verdict["reason"])));
        return last.Verdict is { } told
            ? verdict with { Earlier = new(last.Entry.Row.EventId, last.Entry.Row.At, words.Event(last.Entry.Facts), ((string?)told["outcome"] ?? "no").ToLowerInvariant(), words.ReasonWithValues(told)) }
            : verdict with { Never = true };
    }

    private static string Summary(List<WhyVerdict> verdicts, Entry entry, bool english)
    {
        if (entry.StandsBack) return english
            ? "The deal stands still: something of it failed before. This event follows once that is done again or the deal is let go on."
            : "Сделка стоит: раньше по ней был сбой. Это событие пойдёт следом, когда неудавшееся повторят или сделку отпустят дальше.";
        if (entry.Facts["dead"] is not null) return english ? "The event could not be processed; no trigger looked at it." : "Событие не удалось обработать, триггеры на него не смотрели.";
        var fired = verdicts.Count(trigger => trigger.Outcome != "no");
        return english
            ? $"{fired} of {verdicts.Count} triggers fired on this event."
            : $"На это событие сработало триггеров: {fired} из {verdicts.Count}.";
    }

    /// <summary>What came after the events that triggers have looked at.</summary>
    private static async Task<WhyNow?> WaitingAsync(AutomationDbContext db, AccountId account, string deal, Guid? connection, bool english, CancellationToken cancellationToken)
    {
        var waiting = await db.Events.AsNoTracking().Where(row => row.AccountId == account.Value && row.EntityType == EntityTypes.Deal && row.EntityId == deal && row.Status == EventStatus.Waiting && (connection == null || row.ConnectionId == connection))
            .OrderBy(row => row.AcceptedAt).Select(row => row.AcceptedAt).ToListAsync(cancellationToken);
        return waiting.Count == 0 ? null
            : new(english ? $"Events that no trigger has looked at yet: {waiting.Count}; the first came" : $"Событий, до которых ещё не дошла очередь: {waiting.Count}; первое пришло", waiting[0]);
    }

    private static async Task<WhyView> NothingAsync(AutomationDbContext db, AccountId account, string deal, Guid? eventId, bool english, CancellationToken cancellationToken)
    {
        var known = eventId is null && await db.Mailboxes.AnyAsync(row => row.AccountId == account.Value && row.EntityType == EntityTypes.Deal && row.EntityId == deal, cancellationToken);
        if (!known) throw ApiProblem.NotFound(english ? "Nothing is known of this deal: no event of it has come." : "Об этой сделке ничего не известно: её событий не приходило.");
        if (await WaitingAsync(db, account, deal, null, english, cancellationToken) is { } waiting)
            return new(deal, null, english ? "No trigger has looked at an event of this deal yet." : "До событий этой сделки очередь ещё не дошла.", null, [], waiting);
        var published = await db.Funnels.AnyAsync(row => row.AccountId == account.Value && row.PublishedVersion != null, cancellationToken);
        var text = published
            ? english ? "The deal is known, but no event of it has come since it was." : "Сделка известна, но событий по ней ещё не было."
            : english ? "No funnel is published: there is nothing that could fire." : "Ни одна воронка не опубликована: срабатывать нечему.";
        return new(deal, null, text, null, []);
    }

    private static async Task<(string Slug, string Name, FunnelDocument Document)?> FunnelAsync(AutomationDbContext db, AccountId account, Entry entry, CancellationToken cancellationToken)
    {
        var version = (int?)entry.Facts["funnelVersion"];
        var found = await (
            from funnel in db.Funnels.AsNoTracking()
            join one in db.FunnelVersions.AsNoTracking() on funnel.Id equals one.FunnelId
            where funnel.AccountId == account.Value && funnel.Id == entry.Row.FunnelId && one.AccountId == account.Value && one.Version == version
            select new { funnel.Slug, funnel.Name, one.Document }).FirstOrDefaultAsync(cancellationToken);
        return found is null ? null : (found.Slug, found.Name, FunnelJson.Read(found.Document));
    }
}
