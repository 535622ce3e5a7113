using Automation.Engine.Effects;
using Automation.Engine.Events;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Failures;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Mailboxes;

/// <content>A person lets a wait end now, or says that something that was given up is settled as it is.</content>
internal sealed partial class StepPlanner
{
    /// <summary>A run's time has come; one whose run has ended says nothing.</summary>
    private async Task RunDueAsync(MailboxKey key, MailboxMemory memory, StepBuilder step, AccountInfo account, TimerRow timer, CancellationToken cancellationToken)
    {
        if (timer.RunId is not { } id || !memory.Runs.TryGetValue(id, out var run)) return;
        switch (timer.Kind)
        {
            case "bookmark":
                await ResumeAsync(key, step, account, run, new Stimulus.BookmarkHit(timer.BookmarkId!, JValue.CreateNull()), cancellationToken);
                break;
            case "start" when run.Meta.Delayed:
                await StartDelayedAsync(key, step, account, run, cancellationToken);
                break;
            case "begin" when run.Meta.Delayed:
                var workflow = await funnels.WorkflowAsync(key.Account, run.Row.DefinitionVersionId) ?? throw new InvalidOperationException($"Run {id}: its definition does not exist.");
                await StartAsync(key, step, account, run, workflow, cancellationToken);
                break;
        }
    }

    /// <summary>What is due first of the run is due now. Coming twice, it takes what is due next, or finds nothing.</summary>
    private async Task HurryAsync(MailboxKey key, MailboxMemory memory, StepBuilder step, AccountInfo account, StoredEvent stored, CancellationToken cancellationToken)
    {
        var run = (Guid)stored.Event.Data["run"]!;
        var timer = memory.Timers.Values.Where(timer => timer.RunId == run && timer.Kind is ("bookmark" or "start" or "begin")).MinBy(timer => timer.DueAt);
        step.AddJournal("operator", new JObject { ["what"] = "hurry", ["by"] = stored.Event.Data["by"], ["run"] = run, ["outcome"] = timer is null ? "not_waiting" : "hurried" }, eventId: stored.Id);
        if (timer is null) return;
        step.RemoveTimer(timer.Id);
        await RunDueAsync(key, memory, step, account, timer, cancellationToken);
    }

    /// <summary>It is not dead any more and nothing of it is done. The run's state stays as its journal tells; only its row counts as cancelled.</summary>
    private async Task SkipAsync(MailboxKey key, MailboxMemory memory, StepBuilder step, StoredEvent stored, CancellationToken cancellationToken)
    {
        var (kind, target) = ((string)stored.Event.Data["kind"]!, (string)stored.Event.Data["target"]!);
        var skipped = kind switch
        {
            "event" => await SkipEventAsync(key, step, target, cancellationToken),
            "run" => await SkipRunAsync(key, step, target, cancellationToken),
            _ => await SkipEffectAsync(key, memory, step, target, cancellationToken),
        };
        step.AddJournal("operator", new JObject { ["what"] = "skip", ["by"] = stored.Event.Data["by"], ["kind"] = kind, ["target"] = target, ["outcome"] = skipped ? "skipped" : "not_dead" }, eventId: stored.Id);
        step.State = step.State with { Blocked = [.. step.State.Blocked.Where(cause => cause.Target != target)] };
    }

    private async Task<bool> SkipEventAsync(MailboxKey key, StepBuilder step, string target, CancellationToken cancellationToken)
    {
        if (await reads.EventAsync(key, Guid.Parse(target), cancellationToken) is not { Status: EventStatus.Dead } row || row.ErrorCode == DeadLetter.StandsBack) return false;
        step.EndEvent(row.Id, EventStatus.Done, row.ErrorCode, row.ErrorMessage, null);
        return true;
    }

    private async Task<bool> SkipRunAsync(MailboxKey key, StepBuilder step, string target, CancellationToken cancellationToken)
    {
        if (await reads.RunAsync(key, Guid.Parse(target), cancellationToken) is not { Status: (int)RunStatus.Faulted or (int)RunStatus.Quarantined } row) return false;
        step.Settle(row);
        return true;
    }

    private async Task<bool> SkipEffectAsync(MailboxKey key, MailboxMemory memory, StepBuilder step, string target, CancellationToken cancellationToken)
    {
        if (memory.Effects.ContainsKey(target) || await reads.EffectAsync(key, target, cancellationToken) is not { State: (int)EffectState.Failed } row) return false;
        step.EndEffect(row, EffectState.Cancelled, row.Tries, row.Result, row.ErrorCode, row.ErrorMessage, null);
        return true;
    }
}
