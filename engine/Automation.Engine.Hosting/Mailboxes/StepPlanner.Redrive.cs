using Automation.Engine.Effects;
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

/// <content>A person redrives what was given up (R9). What is not dead any more is left as it is, so a redrive may come twice.</content>
internal sealed partial class StepPlanner
{
    /// <summary>Stands where a method name stands: the effect goes out once more and no run waits for it.</summary>
    private const string SentAgain = "$redrive";

    private async Task RedriveAsync(MailboxKey key, MailboxMemory memory, StepBuilder step, AccountInfo account, StoredEvent stored, CancellationToken cancellationToken)
    {
        var order = stored.Event.Data.ToObject<RedriveOrder>()!;
        // Told before the steps that follow from it.
        var facts = new JObject { ["what"] = "redrive", ["redrive"] = order.Redrive, ["by"] = order.By, ["kind"] = order.Kind, ["target"] = order.Target };
        if (order.From is not null) facts["from"] = order.From;
        if (order.Input is { Count: > 0 }) facts["edited"] = new JArray(order.Input.Properties().Select(edit => edit.Name));
        var row = step.AddJournal("operator", facts, eventId: stored.Id);
        var outcome = order.Kind switch
        {
            "event" => await RedriveEventAsync(key, memory, step, account, order, cancellationToken),
            "run" => await RedriveRunAsync(key, memory, step, account, order, cancellationToken),
            _ => await RedriveEffectAsync(key, memory, step, order, cancellationToken),
        };
        facts["outcome"] = outcome;
        row.Facts = JsonLine.Write(facts);
        if (outcome is "redriven" or "not_dead") step.State = step.State with { Blocked = [.. step.State.Blocked.Where(cause => cause.Target != order.Target)] };
    }

    private async Task<string> RedriveEventAsync(MailboxKey key, MailboxMemory memory, StepBuilder step, AccountInfo account, RedriveOrder order, CancellationToken cancellationToken)
    {
        if (await reads.EventAsync(key, Guid.Parse(order.Target), cancellationToken) is not { Status: EventStatus.Dead } row) return "not_dead";
        // Order is kept: it follows when those before it have been.
        if (row.ErrorCode == DeadLetter.StandsBack && step.State.Blocked.Count > 0) return DeadLetter.StandsBack;
        var dead = StoredEvents.From(row);
        step.Doubtful ??= restored.Doubtful(Causes.At(dead));
        if (order.Input is { } edits) dead = dead with { Event = dead.Event with { Data = Merged(dead.Event.Data, edits) } };
        await LookAtAsync(key, memory, step, account, dead, cancellationToken);
        step.EndEvent(dead.Id, EventStatus.Done, null, null, step.State.Known?.ToString(Newtonsoft.Json.Formatting.None));
        return "redriven";
    }

    private async Task<string> RedriveEffectAsync(MailboxKey key, MailboxMemory memory, StepBuilder step, RedriveOrder order, CancellationToken cancellationToken)
    {
        if (memory.Effects.ContainsKey(order.Target) || await reads.EffectAsync(key, order.Target, cancellationToken) is not { State: (int)EffectState.Failed } row) return "not_dead";
        var request = RunJson.Parse(row.Request);
        // Edited: another action than the one that failed, so another key.
        var effectKey = order.Input is null ? row.Key : EffectKeys.Of(key.Account, row.RunId, $"edited/{row.Key}", 0);
        if (order.Input is { } edits) request = Merged(request, edits);
        step.AddEffect(row.RunId, row.Depth, effectKey, new(row.Kind, row.TargetConnectionId is { } target ? new(target) : null, request, (EffectPolicy)row.Policy, row.Summary), row.ContextId, SentAgain, restored.Doubtful(row.PlannedAt));
        return "redriven";
    }

    private async Task<string> RedriveRunAsync(MailboxKey key, MailboxMemory memory, StepBuilder step, AccountInfo account, RedriveOrder order, CancellationToken cancellationToken)
    {
        if (await reads.RunAsync(key, Guid.Parse(order.Target), cancellationToken) is not { } row) return "not_dead";
        if (row.Status == (int)RunStatus.Quarantined) return await RestoreAsync(key, memory, step, account, row, cancellationToken);
        if (row.Status != (int)RunStatus.Faulted && (order.From is null || row.Status != (int)RunStatus.Finished)) return "not_dead";
        // A person may have redriven it after the backup.
        step.Doubtful ??= restored.Doubtful(row.UpdatedAt);
        var workflow = await funnels.WorkflowAsync(key.Account, row.DefinitionVersionId) ?? throw new InvalidOperationException($"Run {row.Id}: its definition does not exist.");
        var from = order.From is null ? null : workflow.FindActivity(order.From)?.NodeId;
        if (order.From is not null && from is null) return "activity_unknown";
        var journal = await fold.ReadAsync(row, cancellationToken);
        if (new RunLineage(journal).Find(from) is not { } place) return "activity_not_reached";
        RunState? before;
        try
        {
            before = place.Base == 0 ? null : (await fold.FoldAsync(row, [.. journal.Where(entry => entry.Sequence <= place.Base)], cancellationToken))[place.Base];
        }
        catch (JournalGapException)
        {
            return "journal_gone";
        }

        // Back to before it went over to another version: by the one that it was on then.
        if (before is not null && before.DefinitionVersionId != row.DefinitionVersionId)
            workflow = await funnels.WorkflowAsync(key.Account, row.DefinitionVersionId = before.DefinitionVersionId) ?? throw new InvalidOperationException($"Run {row.Id}: its definition does not exist.");
        var state = RunJson.ReadState(row.State);
        var edits = order.Input is { } input ? RunEdits.With(RunEdits.Of(state), place.NodeId, input) : RunEdits.Of(state);
        var meta = RunJson.ReadMeta(row.Meta);
        var run = new OpenRun(row, state, meta with { Delayed = false, Redriven = new((meta.Redriven?.Times ?? 0) + 1, row.Sequence - place.Steps) });
        await GoBackAsync(key, step, account, run, workflow, place, RunFold.Rewound(before, edits), edits, cancellationToken);
        await SettleKnownAsync(key, memory, step, account, row.Id, workflow, waiting: true, cancellationToken);
        return "redriven";
    }

    /// <summary>A run that could not be read waits on as its journal tells.</summary>
    private async Task<string> RestoreAsync(MailboxKey key, MailboxMemory memory, StepBuilder step, AccountInfo account, RunRow row, CancellationToken cancellationToken)
    {
        var workflow = await funnels.WorkflowAsync(key.Account, row.DefinitionVersionId) ?? throw new InvalidOperationException($"Run {row.Id}: its definition does not exist.");
        RunState? rebuilt;
        RunMeta meta;
        try
        {
            var journal = await fold.ReadAsync(row, cancellationToken);
            rebuilt = journal.Count == 0 ? null : (await fold.FoldAsync(row, journal, cancellationToken))[journal[^1].Sequence];
            meta = RunJson.ReadMeta(row.Meta);
        }
        catch (Exception damage) when (damage is JournalGapException or Workflows.Interpreter.StateUnreadableException or Newtonsoft.Json.JsonException)
        {
            return "journal_gone";
        }

        if (rebuilt is null) return "journal_gone";
        // Without the bookmarks of before, so that their timers are armed anew.
        var run = new OpenRun(row, rebuilt with { Bookmarks = [] }, meta with { Redriven = meta.Redriven ?? new(1, 0) });
        step.Reopen(run);
        step.Take(run, new RunStep { State = rebuilt, Facts = [new RunFact("Restored")] }, new Stimulus.Redrive(rebuilt.Sequence, new Stimulus.Nothing(), null), new());
        await SettleKnownAsync(key, memory, step, account, row.Id, workflow, waiting: true, cancellationToken);
        return "redriven";
    }

    private async Task GoBackAsync(MailboxKey key, StepBuilder step, AccountInfo account, OpenRun run, CompiledWorkflow workflow, RunLineage.Place place, RunState? before, JObject? edits, CancellationToken cancellationToken)
    {
        var inputs = NewInputs();
        var environment = Environment(key, step, account, run, inputs);
        var seed = before is null ? (JObject?)place.Seed?.DeepClone() ?? throw new InvalidOperationException($"Run {run.Row.Id}: the journal does not tell how it began.") : null;
        if (seed is not null && edits is not null) seed[RunEdits.Member] = edits;
        var again = before is null
            ? await interpreter.StartAsync(workflow, ReadSeed(run.Row.Id, seed!), environment, cancellationToken)
            : await interpreter.ResumeAsync(workflow, before, place.Again, environment, cancellationToken);
        step.Reopen(run);
        await NoteOwnWritesAsync(key, step, run, again, cancellationToken);
        step.Take(run, again, new Stimulus.Redrive(place.Base, place.Again, edits), inputs, seed);
    }

    /// <summary>
    /// A redriven run asks for effects that it had before, under the same keys: one that is done answers from its row, one that failed
    /// goes out again, one on its way or held is waited for. So nothing that is finished is done twice (R6).
    /// </summary>
    /// <param name="waiting">Look at everything it waits for, not only at what this step planned.</param>
    private async Task SettleKnownAsync(MailboxKey key, MailboxMemory memory, StepBuilder step, AccountInfo account, Guid runId, CompiledWorkflow workflow, bool waiting, CancellationToken cancellationToken)
    {
        if (!waiting && !step.NewEffects.Any(effect => effect.RunId == runId)) return;
        var known = await reads.EffectsOfAsync(key, runId, cancellationToken);
        while (true)
        {
            step.DropEffects(effect => effect.RunId == runId && (memory.Effects.ContainsKey(effect.Key) || memory.Held.ContainsKey(effect.Key) || known.GetValueOrDefault(effect.Key) is { State: (int)EffectState.Done }));
            var run = step.Runs[runId];
            var open = run.State.Status is RunStatus.Suspended or RunStatus.Running ? run.State.PendingEffects : [];
            foreach (var pending in open)
                if (known.GetValueOrDefault(pending.Key) is { State: (int)EffectState.Failed or (int)EffectState.Cancelled } old && !step.NewEffects.Any(effect => effect.Key == old.Key))
                    step.AddEffect(runId, old.Depth, old.Key, new(old.Kind, old.TargetConnectionId is { } target ? new(target) : null, RunJson.Parse(old.Request), (EffectPolicy)old.Policy, old.Summary), old.ContextId, old.Callback, restored.Doubtful(old.PlannedAt));
            if (open.Select(pending => known.GetValueOrDefault(pending.Key)).FirstOrDefault(row => row?.State == (int)EffectState.Done) is not { } done) return;
            var outcome = new EffectOutcome(done.Key, true, done.Result is null ? JValue.CreateNull() : RunJson.ParseToken(done.Result), null, null);
            await ResumeOnceAsync(key, step, account, run, workflow, new Stimulus.EffectFinished(outcome), cancellationToken);
        }
    }

    private static JObject Merged(JObject into, JObject edits)
    {
        var merged = (JObject)into.DeepClone();
        foreach (var (name, value) in edits) merged[name] = value?.DeepClone();
        return merged;
    }
}
