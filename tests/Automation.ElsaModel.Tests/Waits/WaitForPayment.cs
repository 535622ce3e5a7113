using Automation.Engine.Workflows;

namespace Automation.ElsaModel.Tests.Waits;

public sealed record PaymentStimulus(string OrderId);

[Activity("Shop", "Payments", "Waits until an order is paid.")]
public sealed class WaitForPayment : Activity<decimal>
{
    [Input] public Input<string> OrderId { get; set; } = default!;

    protected override void Execute(ActivityExecutionContext context) =>
        context.CreateBookmark(new PaymentStimulus(OrderId.Get(context)!), OnPaidAsync);

    private async ValueTask OnPaidAsync(ActivityExecutionContext context)
    {
        var amount = context.GetWorkflowInput<decimal>("amount");
        await context.CompleteActivityAsync(amount);
    }
}
