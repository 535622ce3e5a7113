using Automation.Engine.Accounts;
using Automation.Engine.Effects;
using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.Simulation.Tests.Outside;

/// <summary>Calls the ledger, each name through a connection of its own; goes on whatever comes of it.</summary>
[Activity("Sim"), Deterministic]
public sealed class Call : Activity
{
    [Input] public Input<string>? Word { get; set; }

    [Input] public Input<string>? Policy { get; set; }

    [Input] public Input<int>? Number { get; set; }

    protected override void Execute(ActivityExecutionContext context)
    {
        var name = context.Get(Word)!;
        var target = new ConnectionId(new Guid($"01900000-0000-7000-8000-0000000001{(int)name[0]:x2}"));
        var request = new JObject { ["action"] = $"{context.Subject.EntityId}:{context.Get(Number)}:{name}" };
        context.PlanEffect(new EffectRequest(LedgerHandler.EffectKind, target, request, Enum.Parse<EffectPolicy>(context.Get(Policy)!), name), OnDoneAsync);
    }

    private ValueTask OnDoneAsync(ActivityExecutionContext context, EffectOutcome outcome)
    {
        context.JournalData["done"] = outcome.Done;
        return context.CompleteActivityAsync();
    }
}
