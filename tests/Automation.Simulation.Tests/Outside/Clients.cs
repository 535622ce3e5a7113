using Automation.Engine.Accounts;
using Automation.Engine.Events;
using Automation.Engine.Mailboxes;
using Automation.Simulation.Tests.World;
using Newtonsoft.Json.Linq;

namespace Automation.Simulation.Tests.Outside;

/// <summary>Sends hooks: again after a refusal or no answer, sometimes twice although it was answered, never in order by promise.</summary>
public sealed class Clients(History history)
{
    private readonly List<Hook> hooks = [];

    /// <param name="Letters">What the funnel does with it.</param>
    public sealed record Hook(string Deal, int Number, string Letters, ConnectionId Connection)
    {
        public string Name => FormattableString.Invariant($"{Deal}:{Number}");

        public bool IsAcknowledged { get; set; }

        public CrmEvent Event()
        {
            var data = new JObject { ["number"] = Number };
            foreach (var letter in "k" + Workload.Letters) data[letter.ToString()] = Letters.Contains(letter) ? 1 : 0;
            return new CrmEvent { Kind = EventKinds.Webhook, EntityType = EntityTypes.Deal, EntityId = Deal, DedupKey = Name, Data = data };
        }
    }

    public IReadOnlyList<Hook> Hooks => hooks;

    public bool AreAnswered => hooks.TrueForAll(hook => hook.IsAcknowledged);

    public void Begin()
    {
        var (world, plan) = (history.World, history.Plan);
        for (var i = 0; i < plan.Hooks; i++) Add(new(Deal(), i + 1, Letters(), Installation.Shop));
        for (var i = 0; i < plan.Killers; i++) Add(new(Deal(), 1000 + i, "k", Installation.Shop));
        for (var i = 0; i < plan.Unreadable; i++) Add(new(Deal(), 2000 + i, "a", Installation.Broken));

        string Deal() => FormattableString.Invariant($"d{1 + world.Chance.Next(plan.Deals)}");
        string Letters() => new([.. Workload.Letters.Where(_ => world.Happens(0.4))]);
    }

    private void Add(Hook hook)
    {
        hooks.Add(hook);
        history.World.After(history.World.Between(0, FaultPlan.Storm.TotalSeconds - 5), () => Offer(hook));
    }

    private void Offer(Hook hook)
    {
        var world = history.World;
        var isOpen = true;
        world.After(TimeSpan.FromSeconds(2), () => Close(null));
        if (history.Cluster.Members.Count == 0) return;
        var node = history.Cluster.Members[world.Chance.Next(history.Cluster.Members.Count)];
        world.After(world.Between(0.001, 0.02), () => node.Scheduler.Post(() => node.Accept(hook.Connection, hook.Event(), result =>
        {
            var isLost = history.IsStorm && world.Happens(history.Plan.HookLost);
            if (!isLost) world.After(world.Between(0.001, 0.02), () => Close(result is null ? null : "2xx"));
        })));
        if (history.IsStorm && world.Happens(history.Plan.HookCopied)) world.After(world.Between(0, 5), () => Offer(hook));

        void Close(string? answer)
        {
            if (!isOpen) return;
            isOpen = false;
            if (answer is not null)
            {
                if (!hook.IsAcknowledged) world.Tell("client", $"{hook.Name} ({hook.Letters}) is acknowledged");
                hook.IsAcknowledged = true;
            }

            if (!hook.IsAcknowledged) world.After(world.Between(0.5, 5), () => Offer(hook));
        }
    }
}
