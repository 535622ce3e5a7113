using Automation.Engine.Events;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Mailboxes;
using Automation.Engine.Matching;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Mailboxes;

/// <content>The loop guard stops a trigger for an entity until a person lets it go on (R14). What it remembers is part of the mailbox's state.</content>
internal sealed partial class StepPlanner
{
    private const int LongestChain = 20;

    /// <summary>The first time that it stops a trigger it says so in the journal and the log; from then on the verdict alone tells it.</summary>
    private Verdict Guard(StepBuilder step, CompiledFunnel funnel, FunnelTrigger trigger, Verdict verdict, Derivation derivation, StoredEvent stored)
    {
        var firing = step.State.Fired.GetValueOrDefault(trigger.Id);
        if (firing?.Stopped is not null) return verdict;
        var cycle = LoopWords.Cycle(trigger.Name, derivation.CausedBy?.Chain);
        if (verdict.Reason == Reasons.LoopGuard && firing is not null)
            step.State = step.State with { Fired = new Dictionary<string, Automation.Engine.Mailboxes.Firing>(step.State.Fired, StringComparer.Ordinal) { [trigger.Id] = firing with { Stopped = step.Now, Cycle = cycle } } };
        var facts = new JObject { ["what"] = verdict.Reason, ["trigger"] = trigger.Id, ["name"] = trigger.Name, ["cycle"] = cycle };
        foreach (var seen in verdict.Seen) facts[seen.Path] = seen.Value;
        step.AddJournal("guard", facts, eventId: stored.Id, funnel: funnel.Id);
        failures.Guarded(stored.Mailbox, trigger.Id, verdict.Reason, cycle);
        return cycle is null ? verdict : verdict with { Seen = [.. verdict.Seen, new("cycle", cycle)] };
    }

    private static void Lift(StepBuilder step, StoredEvent stored)
    {
        var trigger = (string)stored.Event.Data["trigger"]!;
        var stopped = step.State.Fired.GetValueOrDefault(trigger) is { Stopped: not null };
        if (stopped)
            step.State = step.State with { Fired = new Dictionary<string, Automation.Engine.Mailboxes.Firing>(step.State.Fired, StringComparer.Ordinal) { [trigger] = step.State.Fired[trigger] with { Stopped = null, Cycle = null, Recent = [] } } };
        step.AddJournal("operator", new JObject { ["what"] = "lift", ["trigger"] = trigger, ["by"] = stored.Event.Data["by"], ["outcome"] = stopped ? "lifted" : "not_stopped" }, eventId: stored.Id);
    }

    /// <summary>Only the last of several quick events counts: the run that waits for an earlier one ends.</summary>
    private async Task<bool> ReplaceWaitingAsync(MailboxKey key, StepBuilder step, AccountInfo account, string trigger, CancellationToken cancellationToken)
    {
        var replaced = false;
        foreach (var timer in step.Memory.Timers.Values.Where(timer => timer.Kind == "start" && timer.TriggerId == trigger).ToList())
        {
            if (timer.RunId is not { } id || step.FindRun(id) is not { Meta.Delayed: true } run) continue;
            await CancelAsync(key, step, account, run, Reasons.Replaced, cancellationToken);
            replaced = true;
        }

        return replaced;
    }

    /// <summary>What led to an effect of the run, with the run itself as the last link.</summary>
    private async ValueTask<IReadOnlyList<CauseLink>> ChainAsync(MailboxKey key, OpenRun run, string summary)
    {
        var funnel = (await funnels.PublishedAsync(key.Account)).FirstOrDefault(one => one.Id == run.Row.FunnelId);
        var name = funnel?.Triggers.FirstOrDefault(one => one.Definition.Id == run.Row.TriggerId)?.Definition.Name ?? run.Row.TriggerId ?? "";
        return [.. (run.Meta.Chain ?? []).TakeLast(LongestChain - 1), new CauseLink(name, summary)];
    }
}
