using Automation.Engine.Persistence.Steps;
using Automation.Simulation.Tests.Outside;
using Automation.Simulation.Tests.Planted;
using Automation.Testing.Model;

namespace Automation.Simulation.Tests.World;

/// <summary>One history: nodes, store, network, clients and a ledger, and everything that goes wrong between them, all from one seed.</summary>
public sealed partial class History
{
    private static readonly TimeSpan Patience = TimeSpan.FromHours(2);
    private static readonly TimeSpan Lag = TimeSpan.FromSeconds(90);
    private readonly Dictionary<string, int> lives = new(StringComparer.Ordinal);
    private readonly Clients clients;

    private History(int seed, PlantedBug bug, bool told, FaultPlan? plan = null)
    {
        World = new(seed, told);
        Bug = bug;
        Plan = plan ?? FaultPlan.Draw(World);
        Cluster = new(this);
        Watch = new(this);
        Ledger = new(this);
        clients = new(this);
    }

    public SimulatedWorld World { get; }

    public FaultPlan Plan { get; }

    public PlantedBug Bug { get; }

    public ModelStore Store { get; } = new();

    public Cluster Cluster { get; }

    public Ledger Ledger { get; }

    public Watch Watch { get; }

    /// <summary>Writes asked for so far.</summary>
    public int Writes { get; set; }

    public bool IsStorm => World.Elapsed < FaultPlan.Storm;

    /// <param name="told">Keeps a readable trace.</param>
    public static History Play(int seed, PlantedBug bug, bool told = false)
    {
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            var history = new History(seed, bug, told);
            history.Play();
            return history;
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    /// <summary>A history that a test tells itself: nodes that nobody calls, and no fault that the plan does not name.</summary>
    public static History Script(FaultPlan plan)
    {
        SynchronizationContext.SetSynchronizationContext(null);
        var history = new History(1, PlantedBug.None, told: true, plan);
        for (var i = 1; i <= plan.Nodes; i++) history.Start($"n{i}");
        return history;
    }

    public IReadOnlyList<AcceptResult> Accept(SimulatedNode node, IReadOnlyList<AcceptItem> items)
    {
        var results = StoreLink.Now(Store.AcceptAsync(items, CancellationToken.None));
        foreach (var (item, told) in items.Zip(results).SelectMany(pair => pair.First.Events.Zip(pair.Second.Events)))
            World.Tell(node.Name, $"accepts {item.Event.DedupKey} as {told.Stored?.Number.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "a copy"}");
        return results;
    }

    public IReadOnlyList<bool> Commit(SimulatedNode node, IReadOnlyList<StepCommit> steps)
    {
        var results = StoreLink.Now(Store.CommitAsync(steps, CancellationToken.None));
        foreach (var (step, committed) in steps.Zip(results))
        {
            World.Tell(node.Name, $"commits {Watch.Describe(step)}{(committed ? "" : ": refused as stale")}");
            if (committed) Watch.Committed(node, step);
        }

        return results;
    }

    /// <summary>The step with whatever epoch its mailbox has: for the bug that asks for none.</summary>
    public StepCommit Unfence(StepCommit step) =>
        StoreLink.Now(Store.LoadAsync(step.Mailbox, CancellationToken.None)) is { Row.Epoch: var epoch } ? step with { Epoch = epoch, NewEpoch = epoch + 1 } : step;

    private void Play()
    {
        for (var i = 1; i <= Plan.Nodes; i++) Start($"n{i}");
        clients.Begin();
        Often(Plan.Crashes, () => Crash(AnyNode()));
        Often(Plan.Pauses, () => Pause(AnyNode()));
        Often(Plan.Moves, Cluster.Forget);
        Often(Plan.HandBacks, () => AnyNode().HandBack());
        Often(Plan.Cancels, Cancel);
        Often(Plan.Jumps, () => Jump(World.Between(-600, 600)));
        World.Run(() => Watch.Violations.Count > 0 || !IsStorm);
        World.After(TimeSpan.FromSeconds(5), Decide);
        World.After(Lag, NothingWaits);
        World.Run(() => Watch.Violations.Count > 0 || (World.Elapsed > FaultPlan.Storm + TimeSpan.FromSeconds(20) && IsOver()) || World.Elapsed > Patience);
        if (Watch.Violations.Count == 0) new Verdicts(this, clients).Check();
        if (World.Escaped is { } from) Watch.Break($"work has left the thread of the history (a Task.Run or ConfigureAwait(false)): {from}");
    }

    private bool IsOver() => clients.AreAnswered && Store.Timers.Count == 0
        && Store.Events.All(row => row.Status != Automation.Engine.Persistence.Rows.EventStatus.Waiting)
        && Store.Effects.Values.All(effect => effect.State is 2 or 3 or 5) && Store.Runs.All(run => run.Status > 1);

    // An event that ends processes may need several of them; all others are through by now, back-off and sweep included (R1).
    private void NothingWaits()
    {
        if (Plan.Killers > 0) return;
        foreach (var row in Store.Events.Where(row => row.Status == Automation.Engine.Persistence.Rows.EventStatus.Waiting && row.AcceptedAt < World.Shown - Lag / 2))
            Watch.Break($"{row.DedupKey} still waits {Lag.TotalSeconds} s after the last fault");
    }
}
