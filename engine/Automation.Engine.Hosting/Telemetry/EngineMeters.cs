using System.Diagnostics;
using System.Diagnostics.Metrics;
using Automation.Engine.Effects;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Steps;
using Automation.Engine.Workflows;

namespace Automation.Engine.Hosting.Telemetry;

/// <summary>
/// What the runtime counts, under the meter <c>Automation</c>; <c>docs/telemetry.md</c> lists it. Accounts and deals are not among the tags:
/// a series for each would be without end. Where nobody listens, counting costs a comparison.
/// </summary>
public static class EngineMeters
{
    public const string Name = "Automation";
    private static readonly Meter Meter = new(Name);
    private static readonly Histogram<double> Hooks = Seconds("automation.hook.duration", "From a hook's first byte to its answer, by source and status");
    private static readonly Histogram<double> Waits = Seconds("automation.event.wait", "From an event's acceptance to the commit of its step");
    private static readonly Histogram<double> Steps = Seconds("automation.step.duration", "A step from its planning to its commit");
    private static readonly Histogram<double> Effects = Seconds("automation.effect.duration", "A call of an effect's handler, by kind and result");
    private static readonly Histogram<double> Late = Seconds("automation.timer.lateness", "How late a timer's step began");
    private static readonly Counter<long> Events = Meter.CreateCounter<long>("automation.events", description: "Events that came to their end, by end");
    private static readonly Counter<long> RunsStarted = Meter.CreateCounter<long>("automation.runs.started", description: "Runs begun");
    private static readonly Counter<long> RunsEnded = Meter.CreateCounter<long>("automation.runs.ended", description: "Runs that came to their end, by end");
    private static readonly Counter<long> EffectsEnded = Meter.CreateCounter<long>("automation.effects", description: "Effects by kind and what became of a try");
    private static readonly Counter<long> StaleCommits = Meter.CreateCounter<long>("automation.stale_commit_refused", description: "Writes refused because another activation owns the mailbox (R5)");

    /// <summary>A hook is answered.</summary>
    /// <param name="source">Kind of its connection.</param>
    public static void Hook(string source, int status, long began) => Hooks.Record(Stopwatch.GetElapsedTime(began).TotalSeconds, new("source", source), new("status", status));

    internal static void Stale() => StaleCommits.Add(1);

    internal static void TimerFired(TimeSpan late) => Late.Record(Math.Max(0, late.TotalSeconds));

    internal static void EffectCalled(string kind, EffectResult result, long began) =>
        Effects.Record(Stopwatch.GetElapsedTime(began).TotalSeconds, new("kind", kind), new("result", result.GetType().Name.ToLowerInvariant()));

    /// <param name="accepted">When the event was accepted that the step worked on; null when it worked on something else.</param>
    internal static void Committed(StepCommit commit, MailboxMemory before, DateTimeOffset? accepted, long began)
    {
        if (!Steps.Enabled) return;
        Steps.Record(Stopwatch.GetElapsedTime(began).TotalSeconds);
        if (accepted is { } at) Waits.Record(Math.Max(0, (commit.Now - at).TotalSeconds) + Stopwatch.GetElapsedTime(began).TotalSeconds);
        foreach (var change in commit.Events)
            if (change.Status is EventStatus.Done or EventStatus.Dead) Events.Add(1, new KeyValuePair<string, object?>("end", change.Status == EventStatus.Done ? "done" : "dead"));
        if (commit.NewRuns.Count > 0) RunsStarted.Add(commit.NewRuns.Count);
        foreach (var run in commit.NewRuns.Concat(commit.ChangedRuns))
            if (run.FinishedAt == commit.Now) RunsEnded.Add(1, new KeyValuePair<string, object?>("end", ((RunStatus)run.Status).ToString().ToLowerInvariant()));
        foreach (var end in commit.Effects)
            if (before.Effects.TryGetValue(end.Key, out var effect) || before.Held.TryGetValue(end.Key, out effect))
                EffectsEnded.Add(1, new("kind", effect.Kind), new("end", End((EffectState)end.State)));
    }

    // An effect planned again has failed once and waits for its next try.
    private static string End(EffectState state) => state == EffectState.Planned ? "retry" : state.ToString().ToLowerInvariant();

    private static Histogram<double> Seconds(string name, string description) => Meter.CreateHistogram<double>(name, "s", description);
}
