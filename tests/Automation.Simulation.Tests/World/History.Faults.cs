using Automation.Engine.Effects;
using Automation.Engine.Hosting.Cluster;
using Automation.Engine.Persistence.Steps;

namespace Automation.Simulation.Tests.World;

/// <content>What happens to nodes and clocks, and what persons do.</content>
public sealed partial class History : IProcessDeaths
{
    private readonly List<DateTimeOffset> deaths = [];
    private bool hasJumped;

    /// <summary>All of them once the clock has jumped: the times cannot be compared any more.</summary>
    public ValueTask<int> SinceAsync(DateTimeOffset since, CancellationToken cancellationToken) => ValueTask.FromResult(hasJumped ? deaths.Count : deaths.Count(at => at >= since));

    public void Crash(SimulatedNode node)
    {
        if (node.Scheduler.IsDead) return;
        World.Tell(node.Name, "dies");
        Watch.Deaths++;
        deaths.Add(World.Shown);
        node.Scheduler.IsDead = true;
        World.After(World.Between(0.3, 4), () => Cluster.Expel(node));
        World.After(World.Between(0.5, 6), () => Start(node.Name.Split('.')[0]));
    }

    private void Start(string name)
    {
        var life = lives[name] = lives.GetValueOrDefault(name) + 1;
        var node = new SimulatedNode(this, $"{name}.{life}");
        World.Tell(node.Name, "starts");
        Cluster.Join(node);
        node.Start();
    }

    private void Pause(SimulatedNode node)
    {
        if (node.Scheduler.IsDead || node.Scheduler.IsPaused) return;
        World.Tell(node.Name, "stands still");
        Watch.Deaths++;
        node.Scheduler.Pause();
        World.After(World.Between(0.5, 5), () =>
        {
            if (node.Scheduler.IsPaused) Cluster.Expel(node);
        });
        World.After(World.Between(0.3, 15), () =>
        {
            if (node.Scheduler.IsDead) return;
            World.Tell(node.Name, "goes on");
            node.Scheduler.GoOn();
            // Some find out that they were declared dead, and end; some are taken back with all that they hold.
            if (Cluster.Members.Contains(node)) return;
            if (World.Happens(0.5)) Cluster.Join(node);
            else World.After(World.Between(0, 2), () => Crash(node));
        });
    }

    private void Jump(TimeSpan by)
    {
        World.Tell("world", $"the clock jumps by {by.TotalSeconds} s");
        World.Jump(by);
        hasJumped = true;
    }

    private void Cancel()
    {
        var open = Store.Runs.Where(run => run.Status is 0 or 1).ToList();
        if (open.Count == 0) return;
        var run = open[World.Chance.Next(open.Count)];
        World.Tell("person", $"cancels run {run.TriggerId} of {run.EntityId}");
        Watch.AskedToCancel.Add(run.Id);
        var node = AnyNode();
        node.Scheduler.Post(() => _ = node.Router.CancelRunAsync(StoredEvents.MailboxOf(run), run.Id, "person"));
    }

    /// <summary>A person decides effects whose result nobody knows.</summary>
    private void Decide()
    {
        World.After(TimeSpan.FromSeconds(5), Decide);
        if (Cluster.Members.Count == 0) return;
        foreach (var effect in Store.Effects.Values.Where(effect => effect.State == 4).ToList())
        {
            var decision = (EffectDecision)World.Chance.Next(3);
            Watch.Decided(effect.Key, decision);
            var node = AnyNode();
            node.Scheduler.Post(() => _ = node.Router.DecideEffectAsync(StoredEvents.MailboxOf(effect), effect.Key, decision, "Ольга"));
        }
    }

    private SimulatedNode AnyNode() => Cluster.Members[World.Chance.Next(Cluster.Members.Count)];

    private void Often(int times, Action fault)
    {
        for (var i = 0; i < times; i++) World.After(World.Between(0, FaultPlan.Storm.TotalSeconds), () =>
        {
            if (Cluster.Members.Count > 0) fault();
        });
    }
}
