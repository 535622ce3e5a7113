using Automation.Engine.Workflows;

namespace Automation.ElsaModel.Tests.Outside;

/// <summary>Holds a child and does its own I/O when the child has left.</summary>
[Activity("Shop", "Accounting", "Posts an invoice to whom the body's outcome names.")]
public sealed class PostAfter : Activity
{
    [Port] public IActivity? Body { get; set; }

    protected override ValueTask ExecuteAsync(ActivityExecutionContext context) => context.ScheduleActivityAsync(Body, OnBodyCompletedAsync);

    private async ValueTask OnBodyCompletedAsync(ActivityCompletedContext context)
    {
        var customer = context.ChildContext.Outcomes[0];
        await context.TargetContext.GetRequiredService<IInvoiceDesk>().PostAsync(customer, 1, context.TargetContext.CancellationToken);
        await context.TargetContext.CompleteActivityAsync();
    }
}

[Activity("Shop", "Flow", "Gives itself up after the commit.")]
public sealed class WalkAway : Activity
{
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var before = context.Status;
        await context.CancelActivityAsync();
        context.AddExecutionLogEntry("WalkedAway", $"{before} {context.Status}");
    }
}
