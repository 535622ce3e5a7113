using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Mailboxes;

namespace Automation.Simulation.Tests.World;

/// <summary>Which node has which mailbox, as the nodes believe: late to see a death, and sometimes wrong.</summary>
public sealed class Cluster(History history)
{
    private readonly Dictionary<MailboxKey, SimulatedNode> placed = [];
    private readonly List<SimulatedNode> members = [];

    public IReadOnlyList<SimulatedNode> Members => members;

    public void Join(SimulatedNode node)
    {
        if (!members.Contains(node)) members.Add(node);
    }

    /// <summary>Declared dead: what it had is placed anew when next called.</summary>
    public void Expel(SimulatedNode node)
    {
        members.Remove(node);
        foreach (var key in placed.Where(pair => pair.Value == node).Select(pair => pair.Key).ToList()) placed.Remove(key);
    }

    /// <summary>The directory loses an entry: the next call makes a second activation, while the first lives.</summary>
    public void Forget()
    {
        if (placed.Count == 0) return;
        var key = placed.Keys.OrderBy(key => key.EntityId, StringComparer.Ordinal).ElementAt(history.World.Chance.Next(placed.Count));
        history.World.Tell("world", $"the directory forgets {key.EntityId} at {placed[key].Name}");
        placed.Remove(key);
    }

    public void Forget(MailboxKey key, SimulatedNode node)
    {
        if (placed.TryGetValue(key, out var at) && at == node) placed.Remove(key);
    }

    /// <summary>A one-way call of a mailbox: may come late, out of order, or never.</summary>
    public void Send(SimulatedNode from, MailboxKey key, string what, Action<IMailboxActor> call)
    {
        if (from.Scheduler.IsDead) return;
        var (world, plan) = (history.World, history.Plan);
        var wait = history.IsStorm && world.Happens(plan.MessageSlow) ? world.Between(0.01, 4) : world.Between(0.0002, 0.002);
        var lost = history.IsStorm && world.Happens(plan.MessageLost);
        world.After(wait, () =>
        {
            if (Place(key) is not { } node) return;
            if (lost && node != from) world.Tell(from.Name, $"{what} {key.EntityId} to {node.Name} is lost");
            else node.Scheduler.Post(() => node.Take(key, call));
        });
    }

    private SimulatedNode? Place(MailboxKey key)
    {
        if (placed.TryGetValue(key, out var node)) return node;
        if (members.Count == 0) return null;
        return placed[key] = members[history.World.Chance.Next(members.Count)];
    }
}
