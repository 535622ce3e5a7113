using Automation.Engine.Effects;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Steps;

namespace Automation.Simulation.Tests.World;

/// <summary>Sees every commit as it becomes true, and holds it to what is promised.</summary>
public sealed class Watch(History history)
{
    private readonly List<string> violations = [];
    private readonly Dictionary<MailboxKey, long> done = [];
    private readonly Dictionary<Guid, TimerRow> timers = [];
    private readonly HashSet<Guid> fired = [];
    private readonly HashSet<(string Key, SimulatedNode Node)> begun = [];
    private readonly Dictionary<string, EffectDecision> decided = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Violations => violations;

    /// <summary>Deaths and pauses so far.</summary>
    public int Deaths { get; set; }

    /// <summary>Effects whose result nobody knew at some time: what stands behind them went on.</summary>
    public HashSet<string> WereUnknown { get; } = new(StringComparer.Ordinal);

    /// <summary>Runs that a person wanted to end; what they would have done is not missed.</summary>
    public HashSet<Guid> AskedToCancel { get; } = [];

    public void Break(string what)
    {
        violations.Add(what);
        history.World.Tell("BROKEN", what);
    }

    public void Decided(string key, EffectDecision decision) => decided[key] = decision;

    public bool WasDecided(string key, EffectDecision decision) => decided.TryGetValue(key, out var said) && said == decision;

    /// <summary>True when this life itself committed that the effect is being sent.</summary>
    public bool HasBegun(string key, SimulatedNode node) => begun.Contains((key, node));

    public void Committed(SimulatedNode node, StepCommit step)
    {
        Events(step);
        Timers(step);
        foreach (var effect in step.NewEffects.Where(effect => effect.State == (int)EffectState.Sending)) begun.Add((effect.Key, node));
        foreach (var end in step.Effects)
        {
            if (end.State == (int)EffectState.Sending) begun.Add((end.Key, node));
            if (end.State == (int)EffectState.Unknown) WereUnknown.Add(end.Key);
        }
    }

    public static string Describe(StepCommit step) => string.Join(' ', (IEnumerable<string>)[
        $"{step.Mailbox.EntityId} {step.Epoch}→{step.NewEpoch}",
        .. step.Events.Select(e => $"event {Short(e.Id)} {e.Status}{e.ErrorCode}{e.Tries}"),
        .. step.NewRuns.Select(run => $"+run {run.TriggerId} {Short(run.Id)}"),
        .. step.Journal.Where(row => row.RunId is not null).Select(row => $"run {Short(row.RunId!.Value)}#{row.Sequence}"),
        .. step.NewEffects.Select(effect => $"+effect {effect.Summary} {effect.Key[..6]} {(EffectState)effect.State}"),
        .. step.Effects.Select(end => $"effect {end.Key[..6]} {(EffectState)end.State} try {end.Tries}"),
        .. step.NewTimers.Select(timer => $"+timer {timer.Kind} {Short(timer.Id)}"),
        .. step.RemovedTimers.Select(id => $"-timer {Short(id)}"),
    ]);

    private static string Short(Guid id) => id.ToString("N")[^4..];

    private void Events(StepCommit step)
    {
        var ended = done.GetValueOrDefault(step.Mailbox);
        foreach (var change in step.Events)
        {
            var number = history.Store.Events.First(row => row.Id == change.Id).Number;
            if (number <= ended) Break($"event {number} of deal {step.Mailbox.EntityId} is worked on after its end: a stale commit was applied");
            else if (change.Status != EventStatus.Waiting && number != ended + 1) Break($"event {number} of deal {step.Mailbox.EntityId} ends after event {ended}: order is lost");
            if (change.Status != EventStatus.Waiting) ended = Math.Max(ended, number);
        }

        done[step.Mailbox] = ended;
        if (step.State is { } state && state.DoneNumber != ended) Break($"deal {step.Mailbox.EntityId} says that {state.DoneNumber} events are done, and {ended} are: a stale commit was applied");
    }

    private void Timers(StepCommit step)
    {
        foreach (var timer in step.NewTimers) timers[timer.Id] = timer;
        var taken = step.Journal.Where(row => row.RunId is not null).Select(row => (row.RunId, Stimulus: RunJson.Parse(row.Facts)["stimulus"]!)).ToList();
        foreach (var timer in step.RemovedTimers.Distinct().Where(timers.ContainsKey).Select(id => timers[id]))
        {
            var isFired = taken.Exists(entry => entry.RunId == timer.RunId && (timer.Kind == "bookmark"
                ? (string?)entry.Stimulus["bookmark"] == timer.BookmarkId
                : (string?)entry.Stimulus["type"] == "start"));
            if (!isFired) continue;
            if (!fired.Add(timer.Id)) Break($"timer {timer.Kind} {Short(timer.Id)} is recorded as fired twice");
            if (timer.DueAt > history.World.Latest) Break($"timer {timer.Kind} {Short(timer.Id)} is due at {timer.DueAt:O} and fired before, at {history.World.Latest:O}");
        }
    }
}
