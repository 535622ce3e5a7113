using Automation.Engine.Workflows;

namespace Automation.ElsaModel.Tests.Outcomes;

[Activity("Shop", "Money", "Refuses sums over a limit."), Deterministic]
public sealed class RefuseOver : CodeActivity
{
    [Input] public Input<decimal> Sum { get; set; } = new(0m);

    [Input] public Input<decimal> Limit { get; set; } = new(1000m);

    protected override void Execute(ActivityExecutionContext context)
    {
        if (Sum.Get(context) <= Limit.Get(context)) return;
        context.JournalData["over"] = Sum.Get(context) - Limit.Get(context);
        context.Fault(new InvalidOperationException("The sum is over the limit."));
    }
}

[Activity("Shop", "Money", "Fails with a code of its own.")]
public sealed class NoCredit : CodeActivity
{
    protected override void Execute(ActivityExecutionContext context) => context.Fault(new ActivityFaultException("no_credit", "The customer has no credit."));
}

[Activity("Shop", "Flow", "Gives itself up."), Deterministic]
public sealed class StandDown : Activity
{
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        context.AddExecutionLogEntry("StoodDown", "Nobody needs it.", new { Reason = "tests", context.Now });
        return context.CancelActivityAsync();
    }
}
