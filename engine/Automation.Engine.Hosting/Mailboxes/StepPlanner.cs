using Automation.Engine.Accounts;
using Automation.Engine.Effects;
using Automation.Engine.Events;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Mailboxes;
using Automation.Engine.Matching;
using Automation.Engine.Persistence.Backup;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Ports;
using Automation.Engine.Workflows;
using Automation.Engine.Workflows.Interpreter;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Mailboxes;

/// <summary>Computes the steps of a mailbox: what an event, a timer or a finished effect changes. Writes nothing itself.</summary>
internal sealed partial class StepPlanner(
    AccountDirectory accounts, IFunnelSource funnels, IWorkflowInterpreter interpreter, TriggerMatcher matcher, IPorts ports,
    CrmDirectoryCache directories, OwnWriteRegistry ownWrites, IOwnWriteNotes router, IWorkCalendars calendars, IIdSource ids, TimeProvider clock, IServiceProvider services, Failures.RedriveReads reads, Failures.RunFold fold, Failures.FailureLog failures, RestorePoint restored, Definitions.TriggerCatalog triggers, Trials.TrialReads? trial = null)
{
    public async Task<StepBuilder> HandleEventAsync(MailboxKey key, MailboxMemory memory, StoredEvent stored, CancellationToken cancellationToken)
    {
        var step = Begin(key, memory, Causes.At(stored));
        (step.DoneNumber, step.Cause) = (stored.Number, Causes.Of(stored));
        var account = await accounts.GetAsync(key.Account, cancellationToken);
        if (step.State.Blocked.Count > 0 && !Passes(stored))
        {
            StandBack(step, account, stored);
            return Settled(step, account);
        }

        if (stored.Event.Kind == InternalEvents.Arm) await ArmAsync(key, step, account, stored, cancellationToken);
        else if (stored.Event.Kind == InternalEvents.Lift) Lift(step, stored);
        else if (stored.Event.Kind == InternalEvents.Unblock) Unblock(step, stored);
        else if (stored.Event.Kind == InternalEvents.Hurry) await HurryAsync(key, memory, step, account, stored, cancellationToken);
        else if (stored.Event.Kind == InternalEvents.Skip) await SkipAsync(key, memory, step, stored, cancellationToken);
        else if (stored.Event.Kind == InternalEvents.Redrive) await RedriveAsync(key, memory, step, account, stored, cancellationToken);
        else await LookAtAsync(key, memory, step, account, stored, cancellationToken);
        step.EndEvent(stored.Id, EventStatus.Done, null, null, step.State.Known is { } known ? JsonLine.Write(known) : null);
        return Settled(step, account);
    }

    /// <summary>
    /// A step as of now. One whose cause lies before a restore is taken as of its cause: waits that begin in it end when they would have
    /// ended, and so it shows whether they, too, fall into the time of which nobody here knows.
    /// </summary>
    private StepBuilder Begin(MailboxKey key, MailboxMemory memory, DateTimeOffset cause)
    {
        var doubtful = restored.Doubtful(cause);
        return new(key, memory, ids, doubtful ?? clock.GetUtcNow()) { Doubtful = doubtful };
    }

    /// <summary>Commits the try before work begins on an event that an earlier life left (R10).</summary>
    public StepBuilder BeginEvent(MailboxKey key, MailboxMemory memory, StoredEvent stored, int tries)
    {
        var step = new StepBuilder(key, memory, ids, clock.GetUtcNow());
        step.BeginEvent(stored.Id, tries);
        return step;
    }

    /// <summary>Ends an event that cannot be processed, so that the deal goes on with its next one, or stands still where the account wants that (R9).</summary>
    public async Task<StepBuilder> BuryEventAsync(MailboxKey key, MailboxMemory memory, StoredEvent stored, string code, string message, CancellationToken cancellationToken)
    {
        var account = await accounts.GetAsync(key.Account, cancellationToken);
        var step = new StepBuilder(key, memory, ids, clock.GetUtcNow()) { DoneNumber = stored.Number };
        // What a redrive brought stays dead itself; the event that brought it is over.
        var redriven = stored.Event.Kind == InternalEvents.Redrive ? stored.Event.Data.ToObject<Failures.RedriveOrder>() : null;
        if (redriven is null) step.EndEvent(stored.Id, EventStatus.Dead, code, message, null);
        else step.EndEvent(stored.Id, EventStatus.Done, code, message, null);
        if (redriven is { Kind: "event" }) step.EndEvent(Guid.Parse(redriven.Target), EventStatus.Dead, code, message, null);
        if (redriven is null && !Passes(stored)) Block(step, account, "event", stored.Id.ToString());
        step.AddJournal("event", new JObject { ["dead"] = code, ["message"] = message }, eventId: redriven is { Kind: "event" } ? Guid.Parse(redriven.Target) : stored.Id);
        return step;
    }

    public async Task<StepBuilder> HandleTimerAsync(MailboxKey key, MailboxMemory memory, TimerRow timer, CancellationToken cancellationToken)
    {
        var step = Begin(key, memory, timer.DueAt);
        step.Cause = timer.Id.ToString("N");
        step.RemoveTimer(timer.Id);
        var account = await accounts.GetAsync(key.Account, cancellationToken);
        switch (timer.Kind)
        {
            case "bookmark" or "start" or "begin":
                await RunDueAsync(key, memory, step, account, timer, cancellationToken);
                break;
            case FollowUp:
                return await FollowAsync(key, memory, timer, account, cancellationToken);
            case Definitions.TriggerTimers.Kind:
                await StartByClockAsync(key, step, account, timer, cancellationToken);
                break;
            case "arm":
                await ArmAllAsync(key, step, timer, cancellationToken);
                break;
            case "date" or "schedule":
                step.State = timer.Kind == "date" ? step.State with { Armed = Without(step.State.Armed, timer.TriggerId!) } : step.State;
                var due = new StoredEvent(timer.Id, key, memory.DoneNumber, new CrmEvent
                {
                    Kind = timer.Kind == "date" ? EventKinds.DateDue : EventKinds.Schedule,
                    EntityType = key.EntityType,
                    EntityId = key.EntityId,
                    DedupKey = timer.Id.ToString(),
                    TriggerId = timer.TriggerId,
                    SourceTime = timer.DueAt,
                    Data = new JObject { ["due"] = timer.DueAt },
                }, step.Now, 1);
                if (timer.Kind == "schedule") await FireScheduleAsync(key, memory, step, account, due, cancellationToken);
                else await MatchAsync(key, memory, step, account, due, cancellationToken);
                break;
        }

        return Settled(step, account);
    }

    public async Task<StepBuilder> HandleEffectAsync(MailboxKey key, MailboxMemory memory, EffectRow effect, EffectState state, JToken? value, string? code, string? message, CancellationToken cancellationToken)
    {
        var step = Begin(key, memory, effect.PlannedAt);
        step.EndEffect(effect, state, effect.Tries, value is null ? null : JsonLine.Write(value), code, message, null);
        StartNext(memory, step, effect);
        if (state == EffectState.Unknown)
        {
            // A person decides; the run keeps waiting for the outcome.
            Tell(step, effect, new() { ["state"] = "unknown", ["code"] = code, ["message"] = message });
            return step;
        }

        if (effect.Callback.Length > 0 && effect.Callback != SentAgain && memory.Runs.TryGetValue(effect.RunId, out var run))
        {
            var account = await accounts.GetAsync(key.Account, cancellationToken);
            var outcome = new EffectOutcome(effect.Key, state == EffectState.Done, value ?? JValue.CreateNull(), code, message);
            await ResumeAsync(key, step, account, run, new Stimulus.EffectFinished(outcome), cancellationToken);
            return Settled(step, account);
        }

        if (state == EffectState.Failed || effect.Callback == SentAgain)
        {
            Tell(step, effect, new() { ["state"] = state == EffectState.Failed ? "failed" : "done", ["code"] = code, ["message"] = message });
        }

        return step;
    }

    /// <summary>A person says what became of an effect whose result nobody knew.</summary>
    /// <returns>Null when it does not wait for a decision.</returns>
    public async Task<StepBuilder?> DecideEffectAsync(MailboxKey key, MailboxMemory memory, string effectKey, EffectDecision decision, string by, CancellationToken cancellationToken)
    {
        if (!memory.Held.TryGetValue(effectKey, out var effect)) return null;
        var step = decision switch
        {
            EffectDecision.Done => await HandleEffectAsync(key, memory, effect, EffectState.Done, null, null, null, cancellationToken),
            EffectDecision.Failed => await HandleEffectAsync(key, memory, effect, EffectState.Failed, null, "decided_failed", $"{by}: it was not done", cancellationToken),
            _ => new StepBuilder(key, memory, ids, clock.GetUtcNow()),
        };
        if (decision == EffectDecision.Again) step.EndEffect(effect, EffectState.Planned, effect.Tries, null, null, null, null);
        Tell(step, effect, new() { ["state"] = "decided", ["decision"] = decision.ToString().ToLowerInvariant(), ["by"] = by });
        return step;
    }

    /// <summary>Another try later (R8): the state is committed, the key stays.</summary>
    public StepBuilder PostponeEffect(MailboxKey key, MailboxMemory memory, EffectRow effect, DateTimeOffset next, string reason)
    {
        var step = new StepBuilder(key, memory, ids, clock.GetUtcNow());
        step.EndEffect(effect, new(effect.Key, (int)EffectState.Planned, effect.Tries, null, "retry", reason, next) { Deaths = 0 });
        return step;
    }

    /// <summary>The host is known not to answer: the try is taken back, and the effect waits until it does (R8).</summary>
    public StepBuilder HoldBack(MailboxKey key, MailboxMemory memory, EffectRow effect, string host)
    {
        var step = new StepBuilder(key, memory, ids, clock.GetUtcNow());
        step.EndEffect(effect, EffectState.Planned, effect.Tries - 1, null, "host_unavailable", $"{host} does not answer; it is sent when the host is back.", null);
        return step;
    }

    /// <summary>Commits "sending, try n" before a repeated call.</summary>
    public StepBuilder BeginTry(MailboxKey key, MailboxMemory memory, EffectRow effect)
    {
        var step = new StepBuilder(key, memory, ids, clock.GetUtcNow());
        step.EndEffect(effect, EffectState.Sending, effect.Tries + 1, null, null, null, null);
        return step;
    }

    public async Task<StepBuilder?> CancelRunAsync(MailboxKey key, MailboxMemory memory, Guid runId, string reason, CancellationToken cancellationToken)
    {
        if (!memory.Runs.TryGetValue(runId, out var run)) return null;
        var step = new StepBuilder(key, memory, ids, clock.GetUtcNow());
        await CancelAsync(key, step, await accounts.GetAsync(key.Account, cancellationToken), run, reason, cancellationToken);
        return step;
    }

    /// <summary>What a step reads; a trial's steps read nothing from outside.</summary>
    private RecordedInputs NewInputs() => trial is null ? new() : new(trial);

    /// <summary>A journal row of an effect. Its run stands in the facts: the rows that name a run are that run's own steps, numbered without gaps.</summary>
    private static void Tell(StepBuilder step, EffectRow effect, JObject facts)
    {
        (facts["run"], facts["key"], facts["summary"]) = (effect.RunId, effect.Key, effect.Summary);
        step.AddJournal("effect", facts);
    }

    private static void StartNext(MailboxMemory memory, StepBuilder step, EffectRow finished)
    {
        var next = memory.Effects.Values.Where(effect => Effects.EffectLane.Of(effect) == Effects.EffectLane.Of(finished) && effect.Key != finished.Key).MinBy(effect => effect.Position);
        if (next is { State: (int)EffectState.Planned, NextTryAt: null }) step.EndEffect(next, EffectState.Sending, next.Tries + 1, null, null, null, null);
    }

    private async Task MatchAsync(MailboxKey key, MailboxMemory memory, StepBuilder step, AccountInfo account, StoredEvent stored, CancellationToken cancellationToken)
    {
        var before = step.State;
        var derivation = EventDeriver.Derive(before, stored, ownWrites.Find(key));
        step.State = derivation.State;
        if ((string?)derivation.State.Known?[EntityFields.ResponsibleId] is { } responsible && derivation.Quiet is null) step.AssignedTo = responsible;
        step.Open = !derivation.Happened(TriggerEvents.Deleted) && !await IsClosedAsync(key, derivation.State.Visit, cancellationToken);

        var eventRoot = EventRoot(stored, derivation);
        var inputs = NewInputs();
        var scope = new EventScope(account, key, step.State, eventRoot, inputs, ports, directories, step.Now, fresh: false);
        var connection = await ports.FindAsync(key.Account, key.Connection, cancellationToken);
        if (derivation.ToStage != derivation.FromStage && derivation.FromStage is not null) await CancelLeftAsync(key, memory, step, account, derivation, cancellationToken);

        var quotas = account.Quotas;
        var limits = new GuardLimits(quotas.RunsPerTrigger, MaxDepth: quotas.MaxDepth);
        var delays = new DelayCounter(calendars, key.Account, key.Connection);
        var published = await funnels.PublishedAsync(key.Account);
        var waiting = memory.Timers.Count == 0 ? null : memory.Timers.Values.Where(timer => timer.Kind == "start" && timer.TriggerId is not null).Select(timer => timer.TriggerId!).ToHashSet(StringComparer.Ordinal);
        foreach (var funnel in published)
        {
            var same = funnel.Connection == key.Connection;
            var verdicts = new List<Verdict>();
            foreach (var trigger in funnel.Triggers)
            {
                if (same) await ArmDateAsync(key, step, trigger, scope, account, derivation.ToStage, cancellationToken);
                var verdict = await matcher.MatchAsync(trigger, new(stored, derivation, before, scope, connection?.Name, same) { Delays = delays, Waiting = waiting }, limits, cancellationToken);
                if (verdict.Reason is Reasons.LoopGuard or Reasons.ChainTooDeep) verdict = Guard(step, funnel, trigger.Definition, verdict, derivation, stored);
                if (verdict.Outcome != VerdictOutcome.No) await FireAsync(key, step, account, funnel, trigger, verdict, stored, derivation, eventRoot, cancellationToken);
                verdicts.Add(verdict);
            }

            if (same && key.EntityType == EntityTypes.Deal || verdicts.Exists(verdict => verdict.Reason is not (Reasons.OtherEvent or Reasons.OtherSource or Reasons.NothingChanged or Reasons.Disabled)))
                step.AddJournal("event", VerdictFacts(stored, derivation, funnel, verdicts, inputs), eventId: stored.Id, funnel: funnel.Id);
        }

        ClearLeftVisits(step, derivation, published);
    }

    private async Task FireAsync(MailboxKey key, StepBuilder step, AccountInfo account, CompiledFunnel funnel, CompiledTrigger trigger, Verdict verdict, StoredEvent stored, Derivation derivation, JObject eventRoot, CancellationToken cancellationToken)
    {
        var definition = trigger.Definition;
        var fired = new Dictionary<string, Firing>(step.State.Fired, StringComparer.Ordinal);
        var replaced = definition.Debounce?.Take == DebounceTake.Last && await ReplaceWaitingAsync(key, step, account, definition.Id, cancellationToken);
        // A run that takes another's place is no further firing.
        var recent = replaced ? fired[definition.Id].Recent : fired.TryGetValue(definition.Id, out var firing) ? firing.Recent.Where(at => step.Now - at < TimeSpan.FromMinutes(10)).Append(step.Now).TakeLast(Math.Clamp(account.Quotas.RunsPerTrigger, 1, 1_000)).ToList() : [step.Now];
        fired[definition.Id] = new(true, step.Now, recent);
        step.State = step.State with { Fired = fired };

        var workflow = trigger.Workflow.Definition;
        var row = NewRow(key, step, stored, Causes.RunId(stored, funnel.Id, definition.Id), workflow.VersionId);
        (row.FunnelId, row.FunnelVersion, row.TriggerId) = (funnel.Id, funnel.Version, definition.Id);
        var delayed = verdict.DueAt is not null;
        var meta = new RunMeta(derivation.Depth, step.State.Visit?.Number ?? 0, eventRoot, delayed) { Chain = derivation.CausedBy?.Chain };
        var empty = new RunState { Id = row.Id, DefinitionVersionId = workflow.VersionId, Status = RunStatus.Suspended, Body = [] };
        var run = new OpenRun(row, empty, meta);
        // The first run of an event starts within the event's step; those after it each in a step of their own, at once and in card order,
        // so that a slow read of one does not hold back the effects of another.
        if (delayed || step.Runs.Values.Any(other => other.Row.EventId == stored.Id))
        {
            row.Status = (int)RunStatus.Suspended;
            row.State = RunJson.Write(empty);
            run = run with { Meta = meta with { Delayed = true } };
            row.Meta = run.Meta.ToJson();
            step.AddRun(run);
            step.AddTimer(delayed ? "start" : "begin", verdict.DueAt ?? step.Now, row.Id, trigger: definition.Id, by: verdict.DueBy);
            return;
        }

        await StartAsync(key, step, account, run, trigger.Workflow, cancellationToken);
    }

    /// <summary>"Once per visit" begins anew when the deal has left the span.</summary>
    private static void ClearLeftVisits(StepBuilder step, Derivation derivation, IReadOnlyList<CompiledFunnel> published)
    {
        if (derivation.FromStage is null || derivation.ToStage == derivation.FromStage) return;
        var fired = new Dictionary<string, Firing>(step.State.Fired, StringComparer.Ordinal);
        ClearLeft(fired, published.SelectMany(funnel => funnel.Triggers).Select(one => one.Definition), derivation.ToStage, step.Now);
        step.State = step.State with { Fired = fired };
    }

    internal static void ClearLeft(Dictionary<string, Firing> fired, IEnumerable<FunnelTrigger> triggers, StageRef? to, DateTimeOffset now)
    {
        foreach (var trigger in triggers)
        {
            // A left_stage trigger counts its visit by the leaving itself; it is free again once the deal is outside.
            var left = trigger.When.Stages.Count == 0 || RunJson.Left(trigger, to);
            if (left && fired.TryGetValue(trigger.Id, out var firing) && firing.ThisVisit && (trigger.When.Stages.Count > 0 || firing.Last != now)) fired[trigger.Id] = firing with { ThisVisit = false };
        }
    }

    private async Task FireScheduleAsync(MailboxKey key, MailboxMemory memory, StepBuilder step, AccountInfo account, StoredEvent due, CancellationToken cancellationToken)
    {
        var published = await funnels.PublishedAsync(key.Account);
        var (funnel, trigger) = published.SelectMany(funnel => funnel.Triggers.Select(one => (funnel, one))).FirstOrDefault(pair => pair.one.Definition.Id == due.Event.TriggerId && pair.funnel.Connection == key.Connection);
        if (trigger is null || !trigger.Definition.Enabled || trigger.Definition.When.Cron is not { } cron) return;
        if (Timers.Cron.Next(cron, step.Now, account.TimeZone) is { } next) step.AddTimer("schedule", next, trigger: trigger.Definition.Id);
        if (trigger.Definition.When.Stages.Count == 0)
        {
            await MatchAsync(key, memory, step, account, due, cancellationToken);
            return;
        }

        // Deals in the span get the event each in its own mailbox; the fan-out is an effect of this step, keyed by the instant.
        step.AddEffect(Guid.Empty, 0, EffectKeys.Of(key.Account, Guid.Empty, $"schedule/{trigger.Definition.Id}/{due.Event.SourceTime:O}", 0),
            new("fanout", null, new JObject { ["connection"] = funnel.Connection.Value, ["trigger"] = trigger.Definition.Id, ["at"] = due.Event.SourceTime, ["stages"] = new JArray(trigger.Definition.When.Stages.Select(stage => stage.ToString())) },
                EffectPolicy.Retry, $"schedule {trigger.Definition.Name}"), "", "");
    }

    private async Task ResumeByEventAsync(MailboxKey key, MailboxMemory memory, StepBuilder step, AccountInfo account, StoredEvent stored, CancellationToken cancellationToken)
    {
        var runId = (Guid?)stored.Event.Data["run"];
        if (runId is { } id && memory.Runs.TryGetValue(id, out var run))
            await ResumeAsync(key, step, account, run, new Stimulus.BookmarkHit((string)stored.Event.Data["bookmark"]!, stored.Event.Data["payload"] ?? JValue.CreateNull()), cancellationToken);
    }

    private async Task NoteOwnWritesAsync(MailboxKey key, StepBuilder step, OpenRun run, RunStep planned, CancellationToken cancellationToken)
    {
        foreach (var effect in planned.Effects.Where(effect => effect.Request.Kind == "crm"))
        {
            var target = effect.Request.Connection ?? key.Connection;
            if (OwnWriteRegistry.Read(effect.Request.Request, await directories.GetAsync(target, cancellationToken)) is not { } write) continue;
            var own = new OwnWrite(effect.Key, run.Row.Id, run.Meta.Depth, clock.GetUtcNow(), write.Values) { Chain = await ChainAsync(key, run, effect.Request.Summary) };
            if (target == key.Connection && write.EntityType == key.EntityType && write.EntityId == key.EntityId)
                step.State = step.State with { OwnWrites = [.. step.State.OwnWrites.Where(old => step.Now - old.At < TimeSpan.FromMinutes(10)).TakeLast(19), own] };
            else await router.NoteOwnWriteAsync(new(key.Account, target, write.EntityType, write.EntityId), own);
        }
    }

    private async ValueTask<bool> IsClosedAsync(MailboxKey key, StageVisit? visit, CancellationToken cancellationToken)
    {
        if (visit is null) return false;
        var directory = await directories.GetAsync(key.Connection, cancellationToken);
        var stage = directory?.Pipelines.FirstOrDefault(pipeline => pipeline.Id == visit.PipelineId)?.Stages.FirstOrDefault(stage => stage.Id == visit.StageId);
        return stage?.Kind is "won" or "lost";
    }
}
