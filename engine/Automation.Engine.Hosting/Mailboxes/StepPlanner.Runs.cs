using Automation.Engine.Effects;
using Automation.Engine.Events;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Mailboxes;
using Automation.Engine.Matching;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Mailboxes;

/// <content>A run begins, goes on, is cancelled.</content>
internal sealed partial class StepPlanner
{
    private const string Correlation = "correlation";
    private const string TriggerActivity = "triggerActivity";

    private async Task StartAsync(MailboxKey key, StepBuilder step, AccountInfo account, OpenRun run, CompiledWorkflow workflow, CancellationToken cancellationToken)
    {
        var inputs = NewInputs();
        var seed = Seed(key, run);
        var started = await interpreter.StartAsync(workflow, ReadSeed(run.Row.Id, seed), Environment(key, step, account, run, inputs), cancellationToken);
        await NoteOwnWritesAsync(key, step, run, started, cancellationToken);
        step.Take(run with { Meta = run.Meta with { Delayed = false } }, started, new Stimulus.Start(), inputs, seed);
    }

    /// <summary>A workflow that somebody started by its name: a person, a trigger of its own, or another run.</summary>
    private async Task StartByNameAsync(MailboxKey key, MailboxMemory memory, StepBuilder step, AccountInfo account, StoredEvent stored, CancellationToken cancellationToken)
    {
        var order = stored.Event.Data.ToObject<StartOrder>()!;
        var workflow = await funnels.WorkflowAsync(key.Account, order.Definition) ?? throw new InvalidOperationException($"Definition version {order.Definition} does not exist.");
        if (await IsRefusedAsync(key, memory, workflow, order))
        {
            step.AddJournal("event", new JObject { ["kind"] = InternalEvents.Start, ["refused"] = "cannot_start", ["run"] = order.Run }, eventId: stored.Id);
            if (order.Parent is { } parent) step.TellParent(order.Run, stored.Event.Depth, parent, 0, "CannotStart", null);
            return;
        }

        var row = NewRow(key, step, stored, order.Run, order.Definition);
        var empty = new RunState { Id = row.Id, DefinitionVersionId = order.Definition, Status = RunStatus.Suspended, Body = [] };
        var told = new JObject { ["kind"] = InternalEvents.Start, [Correlation] = order.Correlation, [TriggerActivity] = order.Activity, ["data"] = new JObject { ["input"] = order.Input } };
        await StartAsync(key, step, account, new(row, empty, new(stored.Event.Depth, 0, told, false) { Parent = order.Parent }), workflow, cancellationToken);
    }

    /// <summary>Of starts that come together, those with an activation strategy meet in one mailbox, and only the first finds no open run there.</summary>
    private async Task<bool> IsRefusedAsync(MailboxKey key, MailboxMemory memory, CompiledWorkflow workflow, StartOrder order)
    {
        if (key.EntityType != Definitions.WorkflowStarter.EntityType) return false;
        var strategy = Definitions.ActivationStrategy.Of(workflow.Definition.Document);
        if (strategy.IsNone) return false;
        foreach (var run in memory.Runs.Values)
        {
            if (strategy.IsCorrelated && run.State.CorrelationId != order.Correlation) continue;
            if (!strategy.IsSingleton || (await funnels.WorkflowAsync(key.Account, run.Row.DefinitionVersionId))?.Definition.DefinitionId == workflow.Definition.DefinitionId) return true;
        }

        return false;
    }

    /// <summary>A workflow's own timer: the start is an effect of this step, keyed by the instant, and the next one is armed.</summary>
    private async Task StartByClockAsync(MailboxKey key, StepBuilder step, AccountInfo account, TimerRow timer, CancellationToken cancellationToken)
    {
        var (definition, activity) = Definitions.TriggerTimers.Read(timer.TriggerId!);
        if (await triggers.FindAsync(key.Account, definition, activity, cancellationToken) is not { } start) return;
        if (Definitions.TriggerTimers.Next(start.Trigger, step.Now, timer.DueAt, account.TimeZone) is { } next) step.AddTimer(timer.Kind, next, trigger: timer.TriggerId);
        step.AddEffect(Guid.Empty, 0, EffectKeys.Of(key.Account, Guid.Empty, $"workflow/{timer.TriggerId}/{timer.DueAt:O}", 0),
            new("workflow", null, new JObject { ["definition"] = definition, ["activity"] = activity }, EffectPolicy.Retry, $"workflow {start.Definition.Name}"), "", "");
    }

    private static RunRow NewRow(MailboxKey key, StepBuilder step, StoredEvent stored, Guid run, string definitionVersion) => new()
    {
        Id = run,
        AccountId = key.Account.Value,
        ConnectionId = key.Connection.Value,
        EntityType = key.EntityType,
        EntityId = key.EntityId,
        DefinitionVersionId = definitionVersion,
        EventId = stored.Id,
        State = "{}",
        CreatedAt = step.Now,
        UpdatedAt = step.Now,
    };

    private static JObject Seed(MailboxKey key, OpenRun run)
    {
        var told = run.Meta.Event;
        var seed = new JObject { ["trigger"] = run.Row.TriggerId, [Correlation] = told.ContainsKey(Correlation) ? told[Correlation] : $"{key.EntityType}:{key.EntityId}", ["input"] = (told["data"]?["input"] as JObject)?.DeepClone() ?? new JObject() };
        if ((string?)told[TriggerActivity] is { } activity) seed[TriggerActivity] = activity;
        return seed;
    }

    /// <summary>Also used by replay, so that both begin alike.</summary>
    internal static RunSeed ReadSeed(Guid runId, JObject seed) => new(
        runId, (string?)seed["trigger"], ((JObject)seed["input"]!).Properties().ToDictionary(input => input.Name, input => input.Value), (string?)seed[Correlation], (string?)seed[TriggerActivity])
    {
        Edits = seed[RunEdits.Member] as JObject,
    };

    private async Task ResumeAsync(MailboxKey key, StepBuilder step, AccountInfo account, OpenRun run, Stimulus stimulus, CancellationToken cancellationToken)
    {
        var current = step.FindRun(run.Row.Id) ?? run;
        var workflow = await funnels.WorkflowAsync(key.Account, current.Row.DefinitionVersionId)
            ?? throw new InvalidOperationException($"Run {current.Row.Id}: definition version {current.Row.DefinitionVersionId} does not exist.");
        if (await ResumeOnceAsync(key, step, account, current, workflow, stimulus, cancellationToken) && current.Meta.Redriven is not null)
            await SettleKnownAsync(key, step.Memory, step, account, current.Row.Id, workflow, waiting: false, cancellationToken);
    }

    /// <returns>False when the stimulus came too late and changed nothing.</returns>
    private async Task<bool> ResumeOnceAsync(MailboxKey key, StepBuilder step, AccountInfo account, OpenRun current, CompiledWorkflow workflow, Stimulus stimulus, CancellationToken cancellationToken)
    {
        var inputs = NewInputs();
        RunStep resumed;
        try
        {
            resumed = await interpreter.ResumeAsync(workflow, current.State, stimulus, Environment(key, step, account, current, inputs), cancellationToken);
        }
        catch (Workflows.Interpreter.StateUnreadableException damage)
        {
            step.Quarantine(current.Row, damage.Message);
            return false;
        }

        if (resumed.State.Sequence == current.State.Sequence) return false;
        await NoteOwnWritesAsync(key, step, current, resumed, cancellationToken);
        step.Take(current, resumed, stimulus, inputs);
        return true;
    }

    private StepEnvironment Environment(MailboxKey key, StepBuilder step, AccountInfo account, OpenRun run, RecordedInputs inputs) => new(
        key, step.Now, account.TimeZone, account.Language, inputs,
        new EventScope(account, key, step.State, run.Meta.Event, inputs, ports, directories, step.Now, fresh: false), services);

    private async Task StartDelayedAsync(MailboxKey key, StepBuilder step, AccountInfo account, OpenRun run, CancellationToken cancellationToken)
    {
        var workflow = await funnels.WorkflowAsync(key.Account, run.Row.DefinitionVersionId) ?? throw new InvalidOperationException($"Run {run.Row.Id}: its definition does not exist.");
        var published = await funnels.PublishedAsync(key.Account);
        var trigger = published.SelectMany(funnel => funnel.Triggers.Where(_ => funnel.Id == run.Row.FunnelId)).FirstOrDefault(one => one.Definition.Id == run.Row.TriggerId);
        if (trigger is null)
        {
            await CancelAsync(key, step, account, run, Reasons.Disabled, cancellationToken);
            return;
        }

        var inputs = NewInputs();
        var scope = new EventScope(account, key, step.State, run.Meta.Event, inputs, ports, directories, step.Now, fresh: key.EntityType == EntityTypes.Deal && trigger.Definition.If is not null);
        var stage = step.State.Visit is { } visit ? new StageRef(visit.PipelineId, visit.StageId) : (StageRef?)null;
        var verdict = trigger.Definition.Enabled
            ? await matcher.LookAgainAsync(trigger, stage, scope, cancellationToken)
            : new Verdict(trigger.Definition.Id, trigger.Definition.Name, VerdictOutcome.No, Reasons.Disabled, null, []);
        step.AddJournal("event", new JObject { ["kind"] = "due", ["funnelVersion"] = run.Row.FunnelVersion, ["verdicts"] = new JArray(VerdictJson(verdict)), ["inputs"] = inputs.ToJson() }, eventId: run.Row.EventId, funnel: run.Row.FunnelId);
        if (verdict.Outcome == VerdictOutcome.Fired) await StartAsync(key, step, account, run, workflow, cancellationToken);
        else await CancelAsync(key, step, account, run, verdict.Reason, cancellationToken);
    }

    /// <summary>Behind the order to start it, which came to the same mailbox; a run that has ended meanwhile stays as it is.</summary>
    private Task CancelByEventAsync(MailboxKey key, MailboxMemory memory, StepBuilder step, AccountInfo account, StoredEvent stored, CancellationToken cancellationToken) =>
        memory.Runs.TryGetValue((Guid)stored.Event.Data["run"]!, out var run) ? CancelAsync(key, step, account, run, (string)stored.Event.Data["reason"]!, cancellationToken) : Task.CompletedTask;

    private async Task CancelAsync(MailboxKey key, StepBuilder step, AccountInfo account, OpenRun run, string reason, CancellationToken cancellationToken)
    {
        if (!run.Meta.Delayed)
        {
            await ResumeAsync(key, step, account, run, new Stimulus.Cancel(reason), cancellationToken);
            return;
        }

        step.RemoveTimers(timer => timer.RunId == run.Row.Id);
        step.Take(run, new RunStep { State = run.State with { Status = RunStatus.Cancelled }, Facts = [new RunFact("cancelled") { ["reason"] = reason }] }, new Stimulus.Cancel(reason), new());
    }

    /// <summary>Waiting work of triggers whose span the deal has left, unless the run itself moved it.</summary>
    private async Task CancelLeftAsync(MailboxKey key, MailboxMemory memory, StepBuilder step, AccountInfo account, Derivation derivation, CancellationToken cancellationToken)
    {
        if (memory.Runs.Count == 0) return;
        var published = await funnels.PublishedAsync(key.Account);
        foreach (var run in memory.Runs.Values.ToList())
        {
            var trigger = published.FirstOrDefault(funnel => funnel.Id == run.Row.FunnelId)?.Triggers.FirstOrDefault(one => one.Definition.Id == run.Row.TriggerId)?.Definition;
            if (trigger is null || trigger.OnLeave != OnLeave.Cancel || trigger.When.Event == TriggerEvents.LeftStage) continue;
            if (derivation.CausedBy?.RunId == run.Row.Id || RunJson.Left(trigger, derivation.FromStage) || !RunJson.Left(trigger, derivation.ToStage)) continue;
            await CancelAsync(key, step, account, run, Reasons.LeftSpan, cancellationToken);
        }
    }
}
