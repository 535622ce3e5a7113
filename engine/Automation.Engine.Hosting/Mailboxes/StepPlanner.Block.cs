using Automation.Engine.Events;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Failures;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Steps;
using Automation.Engine.Workflows;
using Automation.Engine.Workflows.Interpreter;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Mailboxes;

/// <content>
/// Where an account wants it, a deal stands still once something of it was given up (R9): later events stand back as dead letters, and when
/// the cause is redriven or a person lets the deal go on, they follow in their order, before anything newer. Runs under way go on.
/// </content>
internal sealed partial class StepPlanner
{
    /// <summary>A timer that is due at once: the next event that stood back is looked at. A row, so that a kill loses none.</summary>
    internal const string FollowUp = "followup";

    private const string StandsBackWords = "Something earlier of this deal was given up, and this account lets a deal stand still then. It follows by itself once that is redriven or the deal is let go on.";

    // What ends the standstill, and what only arms a date.
    private static bool Passes(StoredEvent stored) => stored.Event.Kind is InternalEvents.Redrive or InternalEvents.Unblock or InternalEvents.Lift or InternalEvents.Arm or InternalEvents.Hurry or InternalEvents.Skip;

    private static void StandBack(StepBuilder step, AccountInfo account, StoredEvent stored)
    {
        step.EndEvent(stored.Id, EventStatus.Dead, DeadLetter.StandsBack, StandsBackWords, null);
        step.AddJournal("event", new JObject { ["dead"] = DeadLetter.StandsBack, ["message"] = StandsBackWords }, eventId: stored.Id);
        // The account has changed its mind: this one, too, follows those before it.
        if (!account.StandsStillOnDead) step.State = step.State with { Blocked = [] };
    }

    private static void Unblock(StepBuilder step, StoredEvent stored)
    {
        var stood = step.State.Blocked.Count > 0;
        if (stood) step.State = step.State with { Blocked = [] };
        step.AddJournal("operator", new JObject { ["what"] = "unblock", ["by"] = stored.Event.Data["by"], ["outcome"] = stood ? "unblocked" : "not_blocked" }, eventId: stored.Id);
    }

    private static void Block(StepBuilder step, AccountInfo account, string kind, string target)
    {
        if (!account.StandsStillOnDead || step.State.Blocked.Any(cause => cause.Target == target)) return;
        step.State = step.State with { Blocked = [.. step.State.Blocked, new Blockage(kind, target, step.Now)] };
    }

    /// <summary>Every step that may have ended a run goes through here: what died blocks, and what blocks no more lets the others follow.</summary>
    private static StepBuilder Settled(StepBuilder step, AccountInfo account)
    {
        foreach (var run in step.Runs.Values.Where(run => run.State.Status == RunStatus.Faulted)) Block(step, account, "run", run.Row.Id.ToString());
        if (step.Memory.State.Blocked.Count > 0 && step.State.Blocked.Count == 0) step.AddTimer(FollowUp, step.Now);
        return step;
    }

    private async Task<StepBuilder> FollowAsync(MailboxKey key, MailboxMemory memory, TimerRow timer, AccountInfo account, CancellationToken cancellationToken)
    {
        // Blocked anew: the next one to end that arms its own.
        var waiting = memory.State.Blocked.Count > 0 ? [] : await reads.StandingBackAsync(key, cancellationToken);
        if (waiting.Count == 0) return Taken(key, memory, timer);
        var stored = StoredEvents.From(waiting[0]);
        try
        {
            var step = Begin(key, memory, Causes.At(stored));
            step.Cause = Causes.Of(stored);
            step.RemoveTimer(timer.Id);
            await LookAtAsync(key, memory, step, account, stored, cancellationToken);
            step.EndEvent(stored.Id, EventStatus.Done, null, null, step.State.Known is { } known ? JsonLine.Write(known) : null);
            Settled(step, account);
            if (waiting.Count > 1 && step.State.Blocked.Count == 0) step.AddTimer(FollowUp, step.Now);
            return step;
        }
        catch (Exception e) when (e is not OperationCanceledException && !MayPass(e))
        {
            failures.Buried(key, stored.Id, e);
            return BuryFollowing(key, memory, timer, account, stored, "internal", e.Message);
        }
    }

    /// <summary>It cannot be processed either: now it is what the deal stands still for.</summary>
    private StepBuilder BuryFollowing(MailboxKey key, MailboxMemory memory, TimerRow timer, AccountInfo account, StoredEvent stored, string code, string message)
    {
        var step = Taken(key, memory, timer);
        step.EndEvent(stored.Id, EventStatus.Dead, code, message, null);
        step.AddJournal("event", new JObject { ["dead"] = code, ["message"] = message }, eventId: stored.Id);
        Block(step, account, "event", stored.Id.ToString());
        if (step.State.Blocked.Count == 0) step.AddTimer(FollowUp, step.Now);
        return step;
    }

    private StepBuilder Taken(MailboxKey key, MailboxMemory memory, TimerRow timer)
    {
        var step = new StepBuilder(key, memory, ids, clock.GetUtcNow());
        step.RemoveTimer(timer.Id);
        return step;
    }

    private Task LookAtAsync(MailboxKey key, MailboxMemory memory, StepBuilder step, AccountInfo account, StoredEvent stored, CancellationToken cancellationToken) =>
        stored.Event.Kind switch
        {
            InternalEvents.Stimulus => ResumeByEventAsync(key, memory, step, account, stored, cancellationToken),
            InternalEvents.Start => StartByNameAsync(key, memory, step, account, stored, cancellationToken),
            InternalEvents.Cancel => CancelByEventAsync(key, memory, step, account, stored, cancellationToken),
            InternalEvents.Migrate => MigrateAsync(key, memory, step, stored),
            _ => MatchAsync(key, memory, step, account, stored, cancellationToken),
        };

    /// <summary>A CRM or a database that does not answer: the work waits, order is kept.</summary>
    internal static bool MayPass(Exception e) =>
        (e is Workflows.Interpreter.StepInputException { InnerException: { } inner } && MayPass(inner)) || e is Ports.RemoteCallException { MayPass: true } or HttpRequestException or UnreadableRunException || Persistence.StoreFault.Is(e);
}
