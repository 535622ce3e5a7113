using System.Diagnostics;
using Automation.Engine.Hosting.Telemetry;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Steps;
using Automation.Engine.Workflows;
using Microsoft.Extensions.Logging;
using Activity = System.Diagnostics.Activity;

namespace Automation.Engine.Hosting.Mailboxes;

/// <content>One step: planned, committed, told.</content>
internal sealed partial class MailboxActor
{
    private async Task StepAsync(MailboxMemory loaded, Work next, int attempt)
    {
        try
        {
            var began = Stopwatch.GetTimestamp();
            var step = await PlanAsync(loaded, next, attempt);
            if (step is null) return;
            var commit = step.Build();
            shared.Observer.BeforeCommit(commit);
            var committed = await shared.Committer.AddAsync(commit, stopping.Token);
            shared.Observer.AfterCommit(commit, committed);
            if (committed)
            {
                Tell(loaded, next, step, commit, began);
                loaded.Apply(step, commit);
                step.Committed?.Invoke();
                shared.Managers.Settle(commit.Assignments);
                shared.Feed.Publish(commit.Journal);
                Begin(step.NewTimers);
                StartSending(loaded);
                return;
            }
        }
        catch when (next.Event is null)
        {
            lock (gate) work.AddFirst(next.Plan);
            throw;
        }
        catch
        {
            // Failed, and the process lives: what counts deaths begins anew.
            lock (gate) left[next.Event!.Number] = 0;
            throw;
        }

        // Another activation owns the mailbox now, or did in between: what is known here is worth nothing.
        shared.Logger.StaleCommit(key.ToString());
        EngineMeters.Stale();
        memory = null;
        if (next.Event is null) lock (gate) work.AddFirst(next.Plan);
    }

    /// <summary>Metrics, spans and log lines of a committed step.</summary>
    private void Tell(MailboxMemory before, Work next, StepBuilder step, StepCommit commit, long began)
    {
        Activity? span = null;
        foreach (var run in commit.NewRuns.Concat(commit.ChangedRuns))
        {
            span?.Dispose();
            span = RunTrace.Step(run, shared.Clock.GetUtcNow() - Stopwatch.GetElapsedTime(began));
            shared.Logger.RunStep(run.Id, key.ToString(), run.TriggerId, run.Sequence, run.Status);
            if (run.Status == (int)RunStatus.Faulted) shared.Logger.RunFaulted(run.Id, key.ToString(), run.TriggerId, CodeOf(step, run.Id));
        }

        // Within the last run's span, so that a measurement can name the run it was taken of.
        EngineMeters.Committed(commit, before, next.OnlyBegins ? null : next.Event?.AcceptedAt, began);
        span?.Dispose();
    }

    private static string? CodeOf(StepBuilder step, Guid run) => step.Runs.GetValueOrDefault(run)?.State.Incidents is [.., var last] ? last.Code : null;

    /// <summary>Runs that the step left to begin at once, before anything else of the mailbox; their timer rows are for the case of a kill.</summary>
    private void Begin(IReadOnlyList<TimerRow> timers)
    {
        lock (gate)
            foreach (var timer in timers.Where(timer => timer.Kind is "begin" or StepPlanner.FollowUp && !timersSeen.Contains(timer.Id)).Reverse())
            {
                Seen(timer.Id);
                work.AddFirst(loaded => TakeAsync(loaded, timer));
            }
    }

    private async Task<StepBuilder?> HandleTimerAsync(MailboxMemory loaded, TimerRow timer)
    {
        if (!await StandsAsync(loaded, timer)) return null;
        EngineMeters.TimerFired(shared.Clock.GetUtcNow() - timer.DueAt);
        return await shared.Planner.HandleTimerAsync(key, loaded, timer, stopping.Token);
    }

    /// <summary>A timer that this activation does not know was taken before, its scan being late, or was armed beside it: the store knows.</summary>
    private async Task<bool> StandsAsync(MailboxMemory loaded, TimerRow timer) =>
        loaded.Timers.ContainsKey(timer.Id) || (await shared.Store.LoadAsync(key, stopping.Token))?.Timers.Any(row => row.Id == timer.Id) == true;

    private void Seen(Guid timer)
    {
        timersSeen.Enqueue(timer);
        if (timersSeen.Count > 256) timersSeen.Dequeue();
    }

    private async Task<StepBuilder?> PlanAsync(MailboxMemory loaded, Work next, int attempt)
    {
        try
        {
            return await next.Plan(loaded);
        }
        catch (Exception e) when (e is not OperationCanceledException && next.Event is not null && !StepPlanner.MayPass(e) && attempt + 1 >= GiveUpAfter)
        {
            shared.Logger.EventBuried(key.ToString(), next.Event.Id, attempt + 1, e);
            return await shared.Planner.BuryEventAsync(key, loaded, next.Event, "internal", e.Message, stopping.Token);
        }
    }
}
