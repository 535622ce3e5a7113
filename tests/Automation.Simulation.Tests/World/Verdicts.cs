using Automation.Engine.Effects;
using Automation.Engine.Persistence.Events;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Automation.Simulation.Tests.Outside;
using Newtonsoft.Json.Linq;

namespace Automation.Simulation.Tests.World;

/// <summary>What must hold when all faults are over and time has passed.</summary>
public sealed class Verdicts(History history, Clients clients)
{
    private ILookup<string, EventRow> events = null!;
    private ILookup<string, EffectRow> effects = null!;

    public void Check()
    {
        events = history.Store.Events.ToLookup(row => $"{row.EntityId}:{EventPayload.Read(row.Payload).Data["number"]}", StringComparer.Ordinal);
        effects = history.Store.Effects.Values.ToLookup(row => (string)JObject.Parse(row.Request)["action"]!, StringComparer.Ordinal);
        foreach (var hook in clients.Hooks) Check(hook);
        foreach (var effect in history.Store.Effects.Values) Check(effect);
        foreach (var timer in history.Store.Timers) Break($"timer {timer.Kind} of deal {timer.EntityId}, due {timer.DueAt:O}, never fired");
        foreach (var run in history.Store.Runs.OrderBy(run => run.Id)) Check(run);
    }

    private void Check(Clients.Hook hook)
    {
        var stored = events[hook.Name].ToList();
        if (!hook.IsAcknowledged) Break($"{hook.Name} was never acknowledged");
        else if (stored.Count == 0) Break($"{hook.Name} was acknowledged and is lost");
        if (stored.Count > 1) Break($"{hook.Name} is stored {stored.Count} times: a copy was taken for new");
        foreach (var row in stored) Check(hook, row);
    }

    private void Check(Clients.Hook hook, EventRow row)
    {
        if (row.Status == EventStatus.Waiting) Break($"{hook.Name} is stuck as event {row.Number}");
        else if (hook.Connection == Installation.Broken || hook.Letters == "k")
        {
            if (row.Status != EventStatus.Dead) Break($"{hook.Name} cannot be processed and is {row.Status}");
        }
        else if (row.Status == EventStatus.Dead)
        {
            if (row.ErrorCode != "poison_crash" || history.Watch.Deaths < 2) Break($"{hook.Name} is dead ({row.ErrorCode}: {row.ErrorMessage}) after {history.Watch.Deaths} deaths");
        }
        else
        {
            if (history.Store.Runs.Any(run => run.EventId == row.Id && (history.Watch.AskedToCancel.Contains(run.Id) || IsPoisoned(run)))) return;
            foreach (var call in Workload.CallsOf(hook.Letters).Where(call => !effects[$"{hook.Name}:{call}"].Any())) Break($"{hook.Name}:{call} was never planned");
        }
    }

    private void Check(EffectRow effect)
    {
        var action = (string)JObject.Parse(effect.Request)["action"]!;
        var state = (EffectState)effect.State;
        if (state is EffectState.Planned or EffectState.Sending or EffectState.Unknown) Break($"{action} is stuck as {state}");
        if (state == EffectState.Done && !history.Ledger.HasAction(action) && !history.Watch.WasDecided(effect.Key, EffectDecision.Done)) Break($"{action} is said to be done, and the ledger knows nothing");
        if ((state == EffectState.Cancelled && !history.Watch.AskedToCancel.Contains(effect.RunId)) || (state == EffectState.Failed && !history.Watch.WasDecided(effect.Key, EffectDecision.Failed) && !(effect.ErrorCode == "poison_crash" && history.Watch.Deaths > 2))) Break($"{action} is {state} ({effect.ErrorCode}): nothing gave a reason");
    }

    private void Check(RunRow run)
    {
        var mayBeCancelled = history.Watch.AskedToCancel.Contains(run.Id) && (RunStatus)run.Status == RunStatus.Cancelled;
        if ((RunStatus)run.Status != RunStatus.Finished && !mayBeCancelled && !IsPoisoned(run)) Break($"run {run.TriggerId} of deal {run.EntityId} is {(RunStatus)run.Status}");
        var rows = history.Store.Journal.Where(row => row.RunId == run.Id).OrderBy(row => row.Sequence).ToList();
        if (rows.Count != run.Sequence) Break($"run {run.TriggerId} of deal {run.EntityId} has {rows.Count} journal rows of {run.Sequence}");
        var replay = Installation.Shared.Replay.ReplayAsync(run, rows, CancellationToken.None).GetAwaiter().GetResult();
        if (!replay.Equal) Break($"run {run.TriggerId} of deal {run.EntityId}: its journal does not give its state. {replay.Difference}");
    }

    /// <summary>Given up by R10: an effect or a timer of it was in progress at three deaths.</summary>
    private bool IsPoisoned(RunRow run) => (RunStatus)run.Status == RunStatus.Faulted && history.Watch.Deaths > 2 && run.State.Contains("poison_crash", StringComparison.Ordinal);

    private void Break(string what) => history.Watch.Break(what);
}
