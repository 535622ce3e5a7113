using Automation.Engine.Effects;
using Automation.Simulation.Tests.World;
using Newtonsoft.Json.Linq;

namespace Automation.Simulation.Tests.Outside;

/// <summary>The way to the outside: may be refused, slow, or lose the answer of what was done.</summary>
public sealed class LedgerHandler(History history, SimulatedNode node) : IEffectHandler
{
    public const string EffectKind = "ledger";

    public string Kind => EffectKind;

    public Task<EffectResult> SendAsync(EffectCall call, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<EffectResult>();
        if (node.Scheduler.IsDead) return answer.Task;
        var (world, plan) = (history.World, history.Plan);
        var started = history.Ledger.Begin(node, call);
        var there = Way(1.5);
        if (history.IsStorm && (plan.GatewayDead.Any(dead => dead.Holds(world.Elapsed)) || world.Happens(plan.GatewayFails)))
        {
            world.After(there, () => answer.TrySetResult(new Retry(world.Happens(0.2) ? TimeSpan.FromSeconds(7) : null, "refused")));
            return answer.Task;
        }

        var lost = history.IsStorm && world.Happens(plan.AnswerLost);
        world.After(there, () =>
        {
            history.Ledger.Take(started);
            world.After(lost ? TimeSpan.FromSeconds(10) : Way(8), () => answer.TrySetResult(lost ? new ResultUnknown("no answer") : new Delivered(new JObject())));
        });
        return answer.Task;
    }

    public Task<EffectResult> FindAsync(EffectCall call, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<EffectResult>();
        if (node.Scheduler.IsDead) return answer.Task;
        var (world, plan) = (history.World, history.Plan);
        var fails = history.IsStorm && world.Happens(plan.GatewayFails);
        world.After(Way(1), () =>
        {
            EffectResult found = fails ? new ResultUnknown("not found out") : history.Ledger.Holds(call.Key) ? new Delivered(new JObject()) : new Retry(TimeSpan.Zero, "absent");
            history.Ledger.LookedUp(node, call.Key);
            world.After(Way(1), () => answer.TrySetResult(found));
        });
        return answer.Task;
    }

    private TimeSpan Way(double slow) => history.IsStorm && history.World.Happens(history.Plan.GatewaySlow) ? history.World.Between(0.05, slow) : history.World.Between(0.002, 0.05);
}
