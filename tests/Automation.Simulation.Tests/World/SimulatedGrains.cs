using System.Reflection;
using Automation.Engine.Effects;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Mailboxes;
using Orleans;
using Orleans.Concurrency;

namespace Automation.Simulation.Tests.World;

/// <summary>Mailboxes as one node calls them: of the grain factory's many ways, the one by text.</summary>
public class SimulatedGrains : DispatchProxy
{
    private Cluster cluster = null!;
    private SimulatedNode node = null!;

    public static IGrainFactory Of(Cluster cluster, SimulatedNode node)
    {
        var proxy = Create<IGrainFactory, SimulatedGrains>();
        ((SimulatedGrains)(object)proxy).cluster = cluster;
        ((SimulatedGrains)(object)proxy).node = node;
        return proxy;
    }

    protected override object Invoke(MethodInfo? targetMethod, object?[]? args) => args is [string key, ..]
        ? new Reference(cluster, node, MailboxKey.Parse(key))
        : throw new NotSupportedException($"The simulation has no {targetMethod}.");

    private sealed class Reference(Cluster cluster, SimulatedNode node, MailboxKey key) : IMailboxGrain
    {
        public Task DeliverAsync(Immutable<Delivery> delivery) => Send("deliver", actor => actor.Deliver(delivery.Value.Events, delivery.Value.NewMailbox));

        public Task FireTimerAsync(Immutable<TimerSignal> timer) => Send("timer", actor => actor.FireTimer(timer.Value.Read(key)));

        public Task WakeAsync() => Send("wake", actor => actor.Wake());

        public Task CancelRunAsync(Guid run, string reason) => Send("cancel", actor => actor.Cancel(run, reason));

        public Task DecideEffectAsync(string effectKey, int decision, string by) => Send("decide", actor => actor.Decide(effectKey, (EffectDecision)decision, by));

        // Other entities' echoes are no part of these histories.
        public Task NoteOwnWriteAsync(string write) => Task.CompletedTask;

        private Task Send(string what, Action<IMailboxActor> call)
        {
            cluster.Send(node, key, what, call);
            return Task.CompletedTask;
        }
    }
}
