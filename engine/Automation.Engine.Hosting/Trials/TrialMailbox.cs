using Automation.Engine.Effects;
using Automation.Engine.Events;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Steps;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Trials;

/// <summary>Hears what a trial does.</summary>
internal interface ITrialWatch
{
    void Stepped(StepBuilder step);

    /// <summary>An effect that was not sent.</summary>
    void Answered(EffectRow effect, EffectPreview preview);

    /// <summary>A step could not be computed; the deal goes on without it.</summary>
    void Failed(Exception cause);
}

/// <summary>
/// A deal's mailbox in memory alone: the same steps, applied to nothing but itself. It holds no store and no sender. Effects are answered
/// at once by their previews; timers fire at their times on the trial's clock.
/// </summary>
internal sealed class TrialMailbox
{
    // A deal that keeps arming timers for itself ends here.
    private const int MostTimers = 10_000;
    private readonly MailboxKey key;
    private readonly DealPast past;
    private readonly TrialSide side;
    private readonly ITrialWatch watch;
    private readonly MailboxMemory memory;
    private int timers;

    public TrialMailbox(DealPast past, TrialSide side, MailboxState initial, ITrialWatch watch)
    {
        (this.past, key, this.side, this.watch) = (past, past.Key, side, watch);
        var row = new MailboxRow { AccountId = key.Account.Value, ConnectionId = key.Connection.Value, EntityType = key.EntityType, EntityId = key.EntityId, State = initial.ToJson() };
        memory = MailboxMemory.Load(new(row, [], [], [], []), looksThrough: false);
    }

    public IReadOnlyDictionary<Guid, OpenRun> Runs => memory.Runs;

    /// <summary>The next timer; null when none is armed.</summary>
    public DateTimeOffset? NextTimer => Next?.DueAt;

    private TimerRow? Next => timers >= MostTimers || memory.Timers.Count == 0 ? null : memory.Timers.Values.MinBy(timer => (timer.DueAt, timer.Id));

    /// <summary>Plays an event at a time; what was due before it comes first.</summary>
    public async Task TakeAsync(StoredEvent stored, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await PassAsync(at, cancellationToken);
        side.Reads.Enter(past, () => memory.State);
        side.Clock.Reach(at);
        try
        {
            Apply(await side.Planner.HandleEventAsync(key, memory, stored, cancellationToken));
            await AnswerAsync(cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            watch.Failed(e);
        }

        await PassAsync(at, cancellationToken);
    }

    /// <summary>Lets time pass until then.</summary>
    public async Task PassAsync(DateTimeOffset until, CancellationToken cancellationToken)
    {
        while (Next is { } next && next.DueAt <= until) await FireAsync(next, cancellationToken);
    }

    /// <summary>Something that a run waits for comes.</summary>
    public Task HitAsync(Guid run, string bookmark, JToken payload, CancellationToken cancellationToken)
    {
        var told = new CrmEvent
        {
            Kind = InternalEvents.Stimulus,
            EntityType = key.EntityType,
            EntityId = key.EntityId,
            DedupKey = bookmark,
            Data = new JObject { ["run"] = run, ["bookmark"] = bookmark, ["payload"] = payload },
        };
        return TakeAsync(new(side.Ids.NewId(), key, memory.DoneNumber, told, side.Clock.Now, 1), side.Clock.Now, cancellationToken);
    }

    private async Task FireAsync(TimerRow timer, CancellationToken cancellationToken)
    {
        timers++;
        side.Reads.Enter(past, () => memory.State);
        side.Clock.Reach(timer.DueAt);
        try
        {
            Apply(await side.Planner.HandleTimerAsync(key, memory, timer, cancellationToken));
            await AnswerAsync(cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            watch.Failed(e);
            var without = new StepBuilder(key, memory, side.Ids, side.Clock.Now);
            without.RemoveTimer(timer.Id);
            Apply(without);
        }
    }

    private async Task AnswerAsync(CancellationToken cancellationToken)
    {
        while (memory.Effects.Values.Where(effect => effect.State == (int)EffectState.Sending).MinBy(effect => effect.Position) is { } effect)
        {
            var preview = await side.PreviewAsync(effect);
            watch.Answered(effect, preview);
            Apply(await side.Planner.HandleEffectAsync(key, memory, effect, EffectState.Done, preview.Value, null, null, cancellationToken));
            // The workflow that was not started has ended, as far as the one that waits for it can tell.
            if (effect.Kind == TrialSide.ChildKind && (string?)RunJson.Parse(effect.Request)["bookmark"] is { } bookmark && memory.Runs.ContainsKey(effect.RunId))
                await HitAsync(effect.RunId, bookmark, new JObject { ["run"] = preview.Value["run"], ["status"] = "Finished", ["output"] = new JObject() }, cancellationToken);
        }
    }

    private void Apply(StepBuilder step)
    {
        watch.Stepped(step);
        memory.Apply(step, new StepCommit { Mailbox = key, Epoch = memory.Epoch, NewEpoch = memory.Epoch + 1, Now = step.Now });
    }
}
