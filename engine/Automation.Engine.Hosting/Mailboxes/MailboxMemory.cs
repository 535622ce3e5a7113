using Automation.Engine.Effects;
using Automation.Engine.Events;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Steps;
using Automation.Engine.Workflows;

namespace Automation.Engine.Hosting.Mailboxes;

/// <summary>A mailbox as its activation holds it: the last committed state and what is open.</summary>
internal sealed class MailboxMemory
{
    public long Epoch { get; private set; }

    public MailboxState State { get; private set; } = new();
    public long DoneNumber { get; private set; }
    public string? AssignedTo { get; private set; }
    public bool Open { get; private set; } = true;
    public long LastPosition { get; private set; }
    public Dictionary<Guid, OpenRun> Runs { get; } = [];
    public Dictionary<string, EffectRow> Effects { get; } = new(StringComparer.Ordinal);

    /// <summary>Effects whose result nobody knows: a person decides, nothing sends them by itself.</summary>
    public Dictionary<string, EffectRow> Held { get; } = new(StringComparer.Ordinal);
    public Dictionary<Guid, TimerRow> Timers { get; } = [];

    // Those that only a step of this mailbox arms, moves or takes, by when they are due. Others may have been moved beside it.
    private readonly SortedSet<(DateTimeOffset DueAt, Guid Id)> inOrder = [];

    /// <summary>Accepted and not processed, by number.</summary>
    public SortedDictionary<long, StoredEvent> Waiting { get; } = [];

    /// <summary>Effects that another process left while sending, or another life before a restore: whether they were done, nobody knows.</summary>
    public HashSet<string> LeftSending { get; } = new(StringComparer.Ordinal);

    /// <summary>Runs whose state could not be read (R11).</summary>
    public List<RunRow> Unreadable { get; } = [];

    /// <param name="looksThrough">Reads every run at once, to find those that are damaged.</param>
    public static MailboxMemory Load(MailboxSnapshot snapshot, bool looksThrough)
    {
        var row = snapshot.Row;
        var memory = new MailboxMemory
        {
            Epoch = row.Epoch,
            State = MailboxState.FromJson(row.State),
            DoneNumber = row.DoneNumber,
            AssignedTo = row.AssignedTo,
            Open = row.Open,
            LastPosition = snapshot.Effects.Count == 0 ? 0 : snapshot.Effects.Max(effect => effect.Position),
        };
        foreach (var run in snapshot.OpenRuns)
        {
            var open = new OpenRun(run);
            if (looksThrough && !IsReadable(open)) memory.Unreadable.Add(run);
            else memory.Runs[run.Id] = open;
        }

        foreach (var effect in snapshot.Effects)
        {
            (effect.State == (int)EffectState.Unknown ? memory.Held : memory.Effects)[effect.Key] = effect;
            if (effect is { State: (int)EffectState.Sending, NextTryAt: null }) memory.LeftSending.Add(effect.Key);
        }

        foreach (var timer in snapshot.Timers) memory.Add(timer);
        foreach (var stored in snapshot.Waiting) memory.Waiting[stored.Number] = stored;
        return memory;
    }

    /// <summary>Nothing is to be done at once: what is read of the runs is read again when it is needed.</summary>
    public void Rest()
    {
        foreach (var run in Runs.Values) run.Rest();
    }

    /// <summary>Takes over what a committed step changed.</summary>
    public void Apply(StepBuilder step, StepCommit commit)
    {
        Epoch = commit.NewEpoch;
        State = step.State;
        DoneNumber = step.DoneNumber;
        AssignedTo = step.AssignedTo;
        Open = step.Open;
        foreach (var run in step.Runs.Values)
            if (run.State.Status is RunStatus.Finished or RunStatus.Faulted or RunStatus.Cancelled) Runs.Remove(run.Row.Id);
            else Runs[run.Row.Id] = run;
        foreach (var end in step.EffectEnds)
        {
            if (!Effects.Remove(end.Key, out var effect) && !Held.Remove(end.Key, out effect)) continue;
            (effect.State, effect.Tries, effect.NextTryAt) = (end.State, end.Tries, end.NextTryAt);
            effect.Deaths = end.Deaths ?? effect.Deaths;
            effect.FirstTryAt ??= end.State == (int)EffectState.Sending ? commit.Now : null;
            if ((EffectState)end.State is EffectState.Planned or EffectState.Sending) Effects[end.Key] = effect;
            else if ((EffectState)end.State is EffectState.Unknown) Held[end.Key] = effect;
        }

        foreach (var effect in step.NewEffects)
        {
            Effects[effect.Key] = effect;
            if (step.DoubtfulEffects.Contains(effect.Key)) LeftSending.Add(effect.Key);
            LastPosition = Math.Max(LastPosition, effect.Position);
        }

        foreach (var id in step.Quarantined)
        {
            Runs.Remove(id);
            Unreadable.RemoveAll(run => run.Id == id);
        }

        foreach (var timer in step.NewTimers) Add(timer);
        foreach (var id in step.RemovedTimers)
            if (Timers.Remove(id, out var timer)) inOrder.Remove((timer.DueAt, timer.Id));
        while (Waiting.Count > 0 && Waiting.Keys.First() <= DoneNumber) Waiting.Remove(Waiting.Keys.First());
    }

    /// <summary>The earliest timer that is due before this one; null when it is its turn.</summary>
    public TimerRow? FirstBefore(TimerRow timer) => inOrder.Count > 0 && inOrder.Min is var first && first.CompareTo((timer.DueAt, timer.Id)) < 0 ? Timers[first.Id] : null;

    private static bool IsReadable(OpenRun run)
    {
        try
        {
            return run is { State: not null, Meta: not null };
        }
        catch (UnreadableRunException)
        {
            return false;
        }
    }

    private void Add(TimerRow timer)
    {
        Timers[timer.Id] = timer;
        if (timer is { Kind: "start" or "bookmark", DueSource: null }) inOrder.Add((timer.DueAt, timer.Id));
    }
}
