using Automation.Engine.Accounts;
using Automation.Engine.Events;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Persistence.Steps;
using Automation.Simulation.Tests.Outside;
using Automation.Simulation.Tests.World;

namespace Automation.Simulation.Tests;

/// <summary>What seeds have found, told by hand: a mailbox that lives twice, or dies at the wrong moment.</summary>
public sealed class TwoActivationsTests
{
    private static readonly MailboxKey Deal = new(Installation.Account, Installation.Shop, EntityTypes.Deal, "d1");
    private int hooks;

    /// <summary>Seed 34: an activation that had read the mailbox before the owner's last commit was let in, and worked on the same event again.</summary>
    [Fact]
    public void Event_HandedToTwoActivationsThatHaveLoaded_IsProcessedOnce()
    {
        var history = History.Script(FaultPlan.None(nodes: 2));
        var (one, other) = (history.Cluster.Members[0], history.Cluster.Members[1]);
        Deliver(history, one, Accept(history, "a"));
        Pass(history, 1);
        other.Take(Deal, actor => actor.Wake());
        Pass(history, 1);

        var told = Accept(history, "a");
        Deliver(history, one, told);
        Pass(history, 1);
        Deliver(history, other, told);
        Pass(history, 1);

        Assert.Empty(history.Watch.Violations);
        Assert.Equal(2, history.Store.Runs.Count);
    }

    /// <summary>Seed 38: stored, never handed over, and the mailbox lived: the sweep woke it in vain.</summary>
    [Fact]
    public void Event_NeverHandedToALivingActivation_IsFoundByTheSweep()
    {
        var history = History.Script(FaultPlan.None(nodes: 1));
        var node = history.Cluster.Members[0];
        Deliver(history, node, Accept(history, "a"));
        Pass(history, 1);

        Accept(history, "a");
        Pass(history, 12);

        Assert.All(history.Store.Events, row => Assert.Equal(EventStatus.Done, row.Status));
    }

    /// <summary>Seed 4: both activations wait for the next try; the one that is refused finds it begun, and does not begin it again.</summary>
    [Fact]
    public void Hold_TryBegunByAnotherActivation_IsNotCalledTwice()
    {
        var dead = new FaultPlan.Span(TimeSpan.Zero, TimeSpan.FromSeconds(1));
        var history = History.Script(FaultPlan.None(nodes: 2) with { GatewayDead = [dead] });
        Deliver(history, history.Cluster.Members[0], Accept(history, "h"));
        Pass(history, 2);
        history.Cluster.Members[1].Take(Deal, actor => actor.Wake());

        Pass(history, 10);

        Assert.Single(history.World.Lines, line => line.Contains("ledger takes", StringComparison.Ordinal));
        Assert.Empty(history.Watch.Violations);
    }

    /// <summary>The process dies when an event is done and its second run not yet begun: that run goes before the deal's next event.</summary>
    [Fact]
    public void SecondRun_ProcessDiesBeforeItBegins_StaysBeforeTheNextEvent()
    {
        var history = History.Script(FaultPlan.None(nodes: 2));
        var other = history.Cluster.Members[1];
        Deliver(history, history.Cluster.Members[0], Accept(history, "ab"));
        history.World.Run(() => history.Store.Timers.Count > 0);
        history.Crash(history.Cluster.Members[0]);

        Deliver(history, other, Accept(history, "b"));
        Pass(history, 0.4);

        Assert.Equal(["d1:1:b", "d1:2:b"], history.World.Lines.Where(line => line.Contains("calls", StringComparison.Ordinal)).Select(line => line.Split("calls ")[1].Split(' ')[0]).Where(call => call.EndsWith('b')));
    }

    private AcceptedEvent Accept(History history, string letters)
    {
        var hook = new Clients.Hook("d1", ++hooks, letters, Installation.Shop);
        var item = new AcceptItem(Installation.Account, Installation.Shop, history.World.Shown, null, [new NewEvent(history.World.NewId(), hook.Event())]);
        return history.Store.AcceptAsync([item], CancellationToken.None).GetAwaiter().GetResult()[0].Events[0];
    }

    private static void Deliver(History history, SimulatedNode node, AcceptedEvent accepted) =>
        node.Scheduler.Post(() => node.Take(Deal, actor => actor.Deliver([accepted.Stored!], accepted.NewMailbox)));

    private static void Pass(History history, double seconds)
    {
        var until = history.World.Elapsed + TimeSpan.FromSeconds(seconds);
        history.World.After(TimeSpan.FromSeconds(seconds), () => { });
        history.World.Run(() => history.World.Elapsed >= until);
    }
}
