using Automation.Engine.Workflows;

namespace Automation.ElsaModel.Tests.Values;

[Activity("Shop", "Money", "Adds value-added tax."), Deterministic]
public sealed class AddVat : CodeActivity<decimal>
{
    [Input] public Input<decimal> Net { get; set; } = new(0m);

    [Input(DefaultValue = 20)] public Input<int> Percent { get; set; } = default!;

    protected override void Execute(ActivityExecutionContext context) =>
        context.SetResult(decimal.Round(Net.Get(context.ExpressionExecutionContext) * (100 + Percent.Get(context)) / 100, 2));
}

/// <summary>Reads and sets variables of the workflow by their names.</summary>
[Activity("Shop", "Money", "Adds to the variable total."), Deterministic]
public sealed class Tally : CodeActivity
{
    [Input] public Input<decimal> Amount { get; set; } = new(0m);

    protected override void Execute(ActivityExecutionContext context)
    {
        var amount = Amount.Get(context);
        context.SetVariable("total", context.GetVariable<decimal>("total") + amount);
        context.SetVariable("last", new { Amount = amount, At = context.Now });
    }
}

/// <summary>Numbers its calls in a variable that it is handed as an object.</summary>
[Activity("Shop", "Money", "Counts in a variable."), Deterministic]
public sealed class CountUp : CodeActivity<int>
{
    private static readonly Variable<int> Calls = new("calls");

    protected override void Execute(ActivityExecutionContext context)
    {
        context.Set(Calls, context.Get(Calls) + 1);
        context.SetResult(Calls.Get(context));
    }
}
