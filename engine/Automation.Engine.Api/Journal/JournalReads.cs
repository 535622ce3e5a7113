using Automation.Engine.Accounts;
using Automation.Engine.Api.Calendars;
using Automation.Engine.Api.Json;
using Automation.Engine.Api.Runs;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Matching;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows.Interpreter;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Journal;

/// <summary>Journal rows for people.</summary>
public sealed class JournalReads(IDbContextFactory<AutomationDbContext> contexts, FunnelCatalog funnels, CrmDirectoryCache directories, ActivityRegistry activities, AccountDirectory accounts)
{
    public async Task<IReadOnlyList<JournalView>> ViewAsync(IReadOnlyList<JournalRow> rows, bool english, CancellationToken cancellationToken)
    {
        var triggers = await TriggersAsync(rows, cancellationToken);
        var views = new List<JournalView>(rows.Count);
        foreach (var row in rows) views.Add(await ViewAsync(row, row.RunId is { } run ? triggers.GetValueOrDefault(run) : null, english, cancellationToken));
        return views;
    }

    private async Task<JournalView> ViewAsync(JournalRow row, string? triggerId, bool english, CancellationToken cancellationToken)
    {
        var account = new AccountId(row.AccountId);
        var funnel = row.FunnelId is { } id ? (await funnels.PublishedAsync(account)).FirstOrDefault(one => one.Id == id) : null;
        var facts = ApiJson.Parse(row.Facts);
        var (text, tone, lines) = row.Kind switch
        {
            "event" => Event(facts, new EventWords(english, funnel?.Document, await directories.GetAsync(new(row.ConnectionId), cancellationToken))),
            "run" => Run(facts, NameOf(funnel, triggerId), (await accounts.GetAsync(account, cancellationToken)).TimeZone, english),
            "effect" => Effect(facts, english),
            "calendar" => Calendar(facts, english),
            "operator" => Plain(OperatorWords.Of(facts, english)),
            "guard" => Plain(OperatorWords.Guard(facts, english)),
            _ => ((string?)facts["text"] ?? row.Kind, "plain", (IReadOnlyList<JournalLine>)[]),
        };
        return new(
            row.Id, row.At, row.Kind, Entities.Deal(row), row.EntityType, row.EntityId, row.ConnectionId, row.RunId, row.Sequence == 0 ? null : row.Sequence, row.EventId, row.FunnelId,
            funnel?.Document.Name, text, lines, tone, facts);
    }

    /// <summary>A run's own steps, what became of its effects, and deadlines that a calendar moved.</summary>
    public static IQueryable<JournalRow> OfRun(IQueryable<JournalRow> journal, RunRow run)
    {
        var mark = run.Id.ToString();
        // Two queries in one, each by its own index: with "or" SQLite reads the whole account.
        return journal.Where(row => row.AccountId == run.AccountId && row.RunId == run.Id).Concat(journal.Where(row =>
            row.AccountId == run.AccountId && row.ConnectionId == run.ConnectionId && row.EntityType == run.EntityType && row.EntityId == run.EntityId && row.RunId == null && (row.Kind == "effect" || row.Kind == "calendar") && row.Facts.Contains(mark)));
    }

    private static (string, string, IReadOnlyList<JournalLine>) Event(JObject facts, EventWords words)
    {
        var verdicts = (facts["verdicts"] as JArray ?? []).OfType<JObject>().ToList();
        var lines = verdicts
            // The trigger waits for something else altogether: worth a look in "why?", not in the journal's lines.
            .Where(verdict => (string?)verdict["reason"] is not (Reasons.OtherEvent or Reasons.OtherSource or Reasons.NothingChanged or Reasons.Disabled or Reasons.OutsideSpan))
            .Select(verdict => new JournalLine((string?)verdict["trigger"], $"«{(string?)verdict["name"]}»: {words.ReasonWithValues(verdict)}", ((string?)verdict["outcome"] ?? "no").ToLowerInvariant())).ToList();
        var tone = facts["dead"] is not null ? "trouble" : lines.Exists(line => line.Outcome != "no") ? "fired" : facts["quiet"] is not null ? "quiet" : "plain";
        return (words.Event(facts), tone, lines);
    }

    private static (string, string, IReadOnlyList<JournalLine>) Plain((string Text, string Tone) words) => (words.Text, words.Tone, []);

    private static (string, string, IReadOnlyList<JournalLine>) Effect(JObject facts, bool english)
    {
        var (text, tone) = RunWords.Effect(facts, english);
        return (text, tone, []);
    }

    private static (string, string, IReadOnlyList<JournalLine>) Calendar(JObject facts, bool english)
    {
        var (text, tone) = CalendarWords.Row(facts, english);
        return (text, tone, []);
    }

    private (string, string, IReadOnlyList<JournalLine>) Run(JObject facts, string? trigger, TimeZoneInfo zone, bool english)
    {
        var (text, tone) = RunWords.Run(facts, trigger, zone, english);
        return (text, tone, [.. RunWords.Lines(facts, activities, english)]);
    }

    private static string? NameOf(CompiledFunnel? funnel, string? triggerId) => triggerId is null ? null : funnel?.Triggers.FirstOrDefault(one => one.Definition.Id == triggerId)?.Definition.Name ?? triggerId;

    private async Task<Dictionary<Guid, string>> TriggersAsync(IReadOnlyList<JournalRow> rows, CancellationToken cancellationToken)
    {
        var runs = rows.Select(row => row.RunId).OfType<Guid>().Distinct().ToList();
        if (runs.Count == 0) return [];
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Runs.Where(row => runs.Contains(row.Id) && row.TriggerId != null).Select(row => new { row.Id, row.TriggerId }).ToDictionaryAsync(row => row.Id, row => row.TriggerId!, cancellationToken);
    }
}
