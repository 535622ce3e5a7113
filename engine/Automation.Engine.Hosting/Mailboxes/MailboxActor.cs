using Automation.Engine.Effects;
using Automation.Engine.Events;
using Automation.Engine.Hosting.Effects;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Steps;
using Microsoft.Extensions.Logging;

namespace Automation.Engine.Hosting.Mailboxes;

/// <summary>What the actors of a process share.</summary>
internal sealed record MailboxShared(
    StepPlanner Planner, IEngineStore Store, GroupCommitter<StepCommit, bool> Committer, EffectSender Sender, EffectHosts Hosts, Failures.EffectBudget Budget, JournalFeed Feed,
    StepObserver Observer, Accounts.ManagerDirectory Managers, TimeProvider Clock, ILogger Logger, TaskScheduler Scheduler, Cluster.NodeLease Lease, Cluster.IProcessDeaths Deaths, RestingRuns Resting)
{
    /// <summary>When this process began its work.</summary>
    public DateTimeOffset Started { get; } = Clock.GetUtcNow();

    /// <summary>Work of its own, beside the caller: whose request woke it is not part of it.</summary>
    public Task RunAsync(Func<Task> work)
    {
        if (ExecutionContext.IsFlowSuppressed()) return StartAsync(work);
        using (ExecutionContext.SuppressFlow()) return StartAsync(work);
    }

    private Task StartAsync(Func<Task> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, Scheduler).Unwrap();
}

/// <summary>
/// Does the work of one mailbox, one step at a time: events in the order of their numbers, due timers, finished effects. A step is
/// computed, committed together with others, and only then does anything leave the process.
/// </summary>
internal sealed partial class MailboxActor(MailboxKey key, MailboxShared shared) : IMailboxActor
{
    /// <param name="OnlyBegins">Commits a try of the event; the work itself is the next step.</param>
    private sealed record Work(Func<MailboxMemory, Task<StepBuilder?>> Plan, StoredEvent? Event, bool OnlyBegins = false);

    private const int GiveUpAfter = 3;
    private const int PoisonAfter = 3;
    private readonly Lock gate = new();
    private readonly LinkedList<Func<MailboxMemory, Task<StepBuilder?>>> work = [];
    private readonly SortedDictionary<long, StoredEvent> delivered = [];
    private readonly Dictionary<long, int> left = [];
    private readonly Queue<Guid> timersSeen = [];
    private readonly Dictionary<string, Task> sending = new(StringComparer.Ordinal);
    private bool draining;
    private long begun;

    // Effects that stood as sending when this activation began: their process died. What it finds so later it may have left itself, its commit's answer being lost.
    private HashSet<string>? died;
    private readonly CancellationTokenSource stopping = new();

    // Ends before stopping does: what only waits for its time or its host has nothing to finish.
    private readonly CancellationTokenSource resting = new();
    private MailboxMemory? memory;
    private Task pump = Task.CompletedTask;
    private bool pumping;
    private bool lookAgain;
    private bool looksThrough;
    private int restingRuns;

    /// <summary>True while it has something to do; an idle one may go.</summary>
    public bool IsBusy
    {
        get { lock (gate) return pumping || sending.Count > 0; }
    }

    /// <summary>Events just accepted. A mailbox that they made has nothing to load.</summary>
    public void Deliver(IReadOnlyList<StoredEvent> events, bool newMailbox)
    {
        lock (gate)
        {
            if (newMailbox && memory is null && events[0].Number == 1) (memory, died) = (new(), []);
            foreach (var stored in events) delivered[stored.Number] = stored;
        }

        Start();
    }

    public void FireTimer(TimerRow timer)
    {
        lock (gate)
        {
            // The scan may have read a row that a step has just taken.
            if (timersSeen.Contains(timer.Id)) return;
            Seen(timer.Id);
            work.AddLast(loaded => FireAsync(loaded, timer));
        }

        Start();
    }

    /// <summary>
    /// A deal's timers fire in the order they are due. A hand-over may overtake another one, or be lost with its node: what stands and is due
    /// earlier goes first.
    /// </summary>
    private async Task<StepBuilder?> FireAsync(MailboxMemory loaded, TimerRow timer)
    {
        if (loaded.FirstBefore(timer) is not { } first || await TakeAsync(loaded, first) is not { } step) return await TakeAsync(loaded, timer);
        lock (gate) Seen(first.Id);
        var committed = step.Committed;
        step.Committed = () =>
        {
            lock (gate) work.AddFirst(current => FireAsync(current, timer));
            committed?.Invoke();
        };
        return step;
    }

    // Due before this process began: an earlier one may have died of it.
    private Task<StepBuilder?> TakeAsync(MailboxMemory loaded, TimerRow timer) => timer.DueAt < shared.Started ? BeginLeftAsync(loaded, timer) : HandleTimerAsync(loaded, timer);

    /// <summary>Commits the try before the work on a timer that an earlier life left (R10); what was begun too often is given up.</summary>
    private async Task<StepBuilder?> BeginLeftAsync(MailboxMemory loaded, TimerRow timer)
    {
        if (!await StandsAsync(loaded, timer)) return null;
        if (timer.Tries >= PoisonAfter && await MayHaveKilledAsync(timer.DueAt)) return await shared.Planner.BuryTimerAsync(key, loaded, timer, stopping.Token);
        var step = shared.Planner.BeginTimer(key, loaded, timer);
        step.Committed = () => { lock (gate) work.AddFirst(current => HandleTimerAsync(current, timer)); };
        return step;
    }

    // What was left without a death was left by a mailbox that moved about.
    private async ValueTask<bool> MayHaveKilledAsync(DateTimeOffset since) => await shared.Deaths.SinceAsync(since, stopping.Token) >= PoisonAfter;

    public void Cancel(Guid run, string reason)
    {
        lock (gate) work.AddLast(loaded => shared.Planner.CancelRunAsync(key, loaded, run, reason, stopping.Token));
        Start();
    }

    public void Decide(string effectKey, EffectDecision decision, string by)
    {
        lock (gate) work.AddLast(loaded => shared.Planner.DecideEffectAsync(key, loaded, effectKey, decision, by, stopping.Token));
        Start();
    }

    /// <summary>Looks for work. One that is idle looks into the store: what stands there may never have been handed over.</summary>
    public void Wake()
    {
        lock (gate) lookAgain |= !pumping;
        Start();
    }

    private void Start()
    {
        lock (gate)
        {
            if (pumping || stopping.IsCancellationRequested) return;
            pumping = true;
            pump = shared.RunAsync(PumpAsync);
        }
    }

    /// <summary>Hands back: calls on their way get 10 s to end and to be journaled, nothing new begins.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] calls;
        lock (gate)
        {
            draining = true;
            calls = [.. sending.Values];
            // The others have taken over: nothing of this may be finished.
            if (shared.Lease.IsLost) stopping.Cancel();
        }

        await resting.CancelAsync();

        await Task.WhenAny(Task.WhenAll(calls), Task.Delay(calls.Length == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(10), shared.Clock));
        Task running;
        lock (gate) running = pump;
        await Task.WhenAny(running, Task.Delay(TimeSpan.FromSeconds(5), shared.Clock));
        lock (gate)
        {
            stopping.Cancel();
            running = pump;
        }

        await running;
        shared.Resting.Count(restingRuns, 0);
        stopping.Dispose();
        resting.Dispose();
    }

    private async Task PumpAsync()
    {
        var attempt = 0;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (memory is null) await shared.Lease.HeldAsync(stopping.Token);
                var loaded = memory = await FillGapAsync(memory ?? await LoadAsync());
                if (Take(loaded) is not { } next)
                {
                    StartSending(loaded);
                    lock (gate)
                    {
                        if (HasWork(loaded)) continue;
                        Rest(loaded);
                        pumping = false;
                        return;
                    }
                }

                await StepAsync(loaded, next, attempt);
                if (next.OnlyBegins) begun = next.Event!.Number;
                if (!next.OnlyBegins) attempt = 0;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                break;
            }
#pragma warning disable CA1031 // The worker's edge: a failing step is tried again, nothing is lost.
            catch (Exception e)
#pragma warning restore CA1031
            {
                attempt++;
                var delay = TimeSpan.FromMilliseconds(Math.Min(30_000, 100 * Math.Pow(2, attempt)));
                shared.Logger.StepFailed(key.ToString(), attempt, delay.TotalMilliseconds, e);
                memory = null;
                looksThrough |= e is UnreadableRunException;
                await Task.Delay(delay, shared.Clock, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            }
        }

        lock (gate) pumping = false;
    }

    /// <summary>Idle: keeps little, and nothing at all where many mailboxes do.</summary>
    private void Rest(MailboxMemory loaded)
    {
        if (sending.Count > 0 || loaded.Effects.Count > 0) return;
        loaded.Rest();
        restingRuns = shared.Resting.Count(restingRuns, loaded.Runs.Count);
        if (restingRuns < loaded.Runs.Count) memory = null;
    }

    private async Task<MailboxMemory> LoadAsync()
    {
        lock (gate) lookAgain = false;
        return Take(await shared.Store.LoadAsync(key, stopping.Token));
    }

    private MailboxMemory Take(MailboxSnapshot? snapshot)
    {
        var loaded = snapshot is null ? new MailboxMemory() : MailboxMemory.Load(snapshot, looksThrough);
        looksThrough = false;
        foreach (var run in loaded.Unreadable) shared.Logger.RunQuarantined(run.Id);
        lock (gate)
        {
            // Those on their way from here are no riddle.
            loaded.LeftSending.ExceptWith(sending.Keys);
            died ??= [.. loaded.LeftSending];
            foreach (var number in delivered.Keys.Where(number => number <= loaded.DoneNumber).ToList()) delivered.Remove(number);
            TakeLeft(loaded.Waiting.Values);
            if (loaded.Unreadable.Count > 0) work.AddFirst(current => Task.FromResult(shared.Planner.QuarantineUnreadable(key, current)));
        }

        // What an earlier life would have begun at once goes before what came after it.
        Begin([.. loaded.Timers.Values.OrderBy(timer => timer.DueAt).ThenBy(timer => timer.Id)]);
        return loaded;
    }

    /// <summary>An event whose delivery is late or lost stands in the store: order is by number, never by arrival.</summary>
    private async Task<MailboxMemory> FillGapAsync(MailboxMemory loaded)
    {
        lock (gate)
        {
            if (!lookAgain && (delivered.Count == 0 || delivered.Keys.First() <= loaded.DoneNumber + 1)) return loaded;
            lookAgain = false;
        }

        var snapshot = await shared.Store.LoadAsync(key, stopping.Token);
        if (snapshot is not null && snapshot.Row.Epoch != loaded.Epoch) return Take(snapshot);
        lock (gate)
            TakeLeft(snapshot?.Waiting ?? []);
        return loaded;
    }

    /// <summary>Events found in the store, not handed over: an earlier life may have died of them.</summary>
    private void TakeLeft(IEnumerable<StoredEvent> waiting)
    {
        foreach (var stored in waiting)
            if (delivered.TryAdd(stored.Number, stored))
                left[stored.Number] = stored.Tries;
    }

    /// <summary>As for timers: the try is committed before the work on an event that an earlier life left; what was begun too often is given up.</summary>
    private async Task<StepBuilder?> BeginLeftAsync(MailboxMemory loaded, StoredEvent stored, int tries) => tries >= PoisonAfter && await MayHaveKilledAsync(stored.AcceptedAt)
        ? await shared.Planner.BuryEventAsync(key, loaded, stored, "poison_crash", "The process died while it worked on this event.", stopping.Token)
        : shared.Planner.BeginEvent(key, loaded, stored, tries + 1);

    private bool HasWork(MailboxMemory loaded) => lookAgain || work.Count > 0 || (!IsHandedBack(loaded) && delivered.Count > 0 && delivered.Keys.First() <= loaded.DoneNumber + 1);

    // A node that stops begins no further event; one whose try is committed already it finishes.
    private bool IsHandedBack(MailboxMemory loaded) => draining && begun != loaded.DoneNumber + 1;

    private Work? Take(MailboxMemory loaded)
    {
        lock (gate)
        {
            while (delivered.Count > 0 && delivered.Keys.First() <= loaded.DoneNumber) delivered.Remove(delivered.Keys.First());
            // Outcomes and timers first: they belong to what came before.
            if (work.First is { } first)
            {
                work.RemoveFirst();
                return new(first.Value, null);
            }

            if (IsHandedBack(loaded) || delivered.Count == 0 || delivered.Keys.First() != loaded.DoneNumber + 1) return null;
            var stored = delivered[loaded.DoneNumber + 1];
            if (left.Remove(stored.Number, out var tries))
                return new(current => BeginLeftAsync(current, stored, tries), stored, OnlyBegins: true);
            return new(async current => await shared.Planner.HandleEventAsync(key, current, stored, stopping.Token), stored);
        }
    }
}
