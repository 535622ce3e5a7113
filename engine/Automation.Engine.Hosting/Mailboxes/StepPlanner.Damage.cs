using Automation.Engine.Effects;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Steps;
using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Mailboxes;

/// <content>What has stopped the process too often is given up without running it again (R10); what cannot be read is set aside (R11).</content>
internal sealed partial class StepPlanner
{
    private const string Poison = "poison_crash";
    private const string PoisonWords = "The process died several times while it worked on this.";

    /// <summary>Commits the try before work begins on a timer that an earlier life left.</summary>
    public StepBuilder BeginTimer(MailboxKey key, MailboxMemory memory, TimerRow timer)
    {
        var step = new StepBuilder(key, memory, ids, clock.GetUtcNow());
        step.BeginTimer(timer.Id, timer.Tries + 1);
        return step;
    }

    /// <summary>Commits the next try before a call that an earlier life left, and the death where there was one.</summary>
    public StepBuilder BeginLeft(MailboxKey key, MailboxMemory memory, EffectRow effect, bool death)
    {
        var step = new StepBuilder(key, memory, ids, clock.GetUtcNow());
        step.EndEffect(effect, new(effect.Key, (int)EffectState.Sending, effect.Tries + 1, null, null, null, null) { Deaths = effect.Deaths + (death ? 1 : 0) });
        return step;
    }

    /// <summary>Gives a timer up. Its run ends as failed; a schedule goes on with its next time.</summary>
    public async Task<StepBuilder> BuryTimerAsync(MailboxKey key, MailboxMemory memory, TimerRow timer, CancellationToken cancellationToken)
    {
        var step = Begin(key, memory, timer.DueAt);
        step.Cause = timer.Id.ToString("N");
        step.RemoveTimer(timer.Id);
        var account = await accounts.GetAsync(key.Account, cancellationToken);
        if (timer.RunId is { } id && memory.Runs.TryGetValue(id, out var run))
        {
            Stimulus meant = timer.Kind == "bookmark" ? new Stimulus.BookmarkHit(timer.BookmarkId!, JValue.CreateNull()) : new Stimulus.Start();
            await GiveUpAsync(key, step, account, run, meant, cancellationToken);
            return Settled(step, account);
        }

        if (timer.Kind == FollowUp && await reads.StandingBackAsync(key, cancellationToken) is [var first, ..]) return BuryFollowing(key, memory, timer, account, StoredEvents.From(first), Poison, PoisonWords);

        if (timer.Kind == "date") step.State = step.State with { Armed = Without(step.State.Armed, timer.TriggerId!) };
        if (timer.Kind == "schedule")
        {
            var trigger = (await funnels.PublishedAsync(key.Account)).SelectMany(funnel => funnel.Triggers).FirstOrDefault(one => one.Definition.Id == timer.TriggerId);
            if (trigger?.Definition is { Enabled: true, When.Cron: { } cron } && Timers.Cron.Next(cron, step.Now, account.TimeZone) is { } next) step.AddTimer("schedule", next, trigger: timer.TriggerId);
        }

        step.AddJournal("event", new JObject { ["dead"] = Poison, ["message"] = PoisonWords, ["kind"] = timer.Kind, ["trigger"] = timer.TriggerId });
        return step;
    }

    /// <summary>Gives an effect up. Its run ends as failed too: its code may be what stopped the process.</summary>
    public async Task<StepBuilder> BuryEffectAsync(MailboxKey key, MailboxMemory memory, EffectRow effect, CancellationToken cancellationToken)
    {
        var step = Begin(key, memory, effect.PlannedAt);
        step.EndEffect(effect, new(effect.Key, (int)EffectState.Failed, effect.Tries, null, Poison, PoisonWords, null) { Deaths = 0 });
        StartNext(memory, step, effect);
        if (memory.Runs.TryGetValue(effect.RunId, out var run) && run.State.PendingEffects.Any(pending => pending.Key == effect.Key))
        {
            var outcome = new EffectOutcome(effect.Key, false, JValue.CreateNull(), Poison, PoisonWords);
            var account = await accounts.GetAsync(key.Account, cancellationToken);
            await GiveUpAsync(key, step, account, run, new Stimulus.EffectFinished(outcome), cancellationToken);
            Settled(step, account);
        }

        Tell(step, effect, new() { ["state"] = "failed", ["code"] = Poison, ["message"] = PoisonWords });
        return step;
    }

    /// <summary>Sets aside the runs that could not be read when the mailbox was loaded.</summary>
    public StepBuilder? QuarantineUnreadable(MailboxKey key, MailboxMemory memory)
    {
        if (memory.Unreadable.Count == 0) return null;
        var step = new StepBuilder(key, memory, ids, clock.GetUtcNow());
        foreach (var row in memory.Unreadable) step.Quarantine(row, "The stored state is no readable document.");
        return step;
    }

    private async Task GiveUpAsync(MailboxKey key, StepBuilder step, AccountInfo account, OpenRun run, Stimulus meant, CancellationToken cancellationToken)
    {
        var fail = new Stimulus.Fail(Poison, PoisonWords, meant);
        if (!run.Meta.Delayed)
        {
            await ResumeAsync(key, step, account, run, fail, cancellationToken);
            return;
        }

        // It has not begun: there is nothing that the interpreter could end.
        step.RemoveTimers(timer => timer.RunId == run.Row.Id);
        var incident = new Incident("", "", "", Poison, PoisonWords, step.Now);
        step.Take(run, new RunStep { State = run.State with { Status = RunStatus.Faulted, Incidents = [incident] } }, fail, new(), null, new JObject { [Failures.RunLineage.PendingSeed] = Seed(key, run) });
    }
}
