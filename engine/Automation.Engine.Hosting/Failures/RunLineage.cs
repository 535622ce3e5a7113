using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Failures;

/// <summary>
/// The journal rows that led to a run's present state. A run that was redriven went back to an earlier row: what it went back over is
/// no longer part of its line.
/// </summary>
internal sealed class RunLineage
{
    /// <summary>Where a row keeps the seed of a run that was given up before it began.</summary>
    public const string PendingSeed = "pendingSeed";

    private readonly Dictionary<long, (JObject Facts, long Before)> rows = [];
    private readonly long last;

    public RunLineage(IReadOnlyList<JournalRow> journal)
    {
        foreach (var row in journal)
        {
            var facts = RunJson.Parse(row.Facts);
            rows[row.Sequence] = (facts, (string?)facts["stimulus"]?["type"] == "redrive" ? (long)facts["stimulus"]!["base"]! : row.Sequence - 1);
            last = row.Sequence;
        }
    }

    /// <summary>A place to go back to: the row before the one in which an activity began, and what that one took.</summary>
    /// <param name="Steps">Steps of the line up to <paramref name="Base"/>.</param>
    /// <param name="Seed">The run's seed when it goes back to before its start.</param>
    public sealed record Place(long Base, Stimulus Again, JObject? Seed, string NodeId, long Steps);

    /// <param name="nodeId">The activity to begin with again; null for the one that failed last.</param>
    /// <returns>Null when that activity has not run, or the journal no longer tells.</returns>
    public Place? Find(string? nodeId)
    {
        if (nodeId is null && rows.GetValueOrDefault(last).Facts is { } end && Told(end) is Stimulus.Fail given)
            return new(rows[last].Before, given.Meant, end[PendingSeed] as JObject, "", Steps(rows[last].Before));
        var execution = nodeId is null ? LastFault() : null;
        for (var at = last; at > 0; at = rows[at].Before)
        {
            if (!rows.TryGetValue(at, out var row)) return null;
            var fact = RunFacts.Of(row.Facts).LastOrDefault(fact => (string?)fact["event"] is "Started" or "Faulted" && (execution is null ? (string?)fact["node"] == nodeId : (string?)fact["execution"] == execution));
            // A fault before the start (an input that could not be read) is in the row of the start; one after it may be in a later row.
            if (fact is null || ((string?)fact["event"] == "Faulted" && StartedEarlier(rows[at].Before, (string?)fact["execution"]))) continue;
            var stimulus = Told(row.Facts);
            return new(row.Before, stimulus is Stimulus.Redrive again ? again.Again : stimulus, row.Facts["seed"] as JObject, (string)fact["node"]!, Steps(row.Before));
        }

        return null;
    }

    private static Stimulus Told(JObject facts) => RunJson.ReadStimulus((JObject)facts["stimulus"]!) is var told && told is Stimulus.Redrive { Again: Stimulus.Fail inner } ? inner : told;

    private string? LastFault()
    {
        for (var at = last; at > 0 && rows.TryGetValue(at, out var row); at = row.Before)
            if (RunFacts.Of(row.Facts).LastOrDefault(fact => (string?)fact["event"] == "Faulted") is { } fault) return (string?)fault["execution"];
        return null;
    }

    private bool StartedEarlier(long at, string? execution)
    {
        for (; at > 0 && rows.TryGetValue(at, out var row); at = row.Before)
            if (RunFacts.Of(row.Facts).Any(fact => (string?)fact["event"] == "Started" && (string?)fact["execution"] == execution)) return true;
        return false;
    }

    private long Steps(long at)
    {
        var steps = 0L;
        for (; at > 0 && rows.TryGetValue(at, out var row); at = row.Before) steps++;
        return steps;
    }
}
