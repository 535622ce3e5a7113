using Automation.Engine.Workflows;

namespace Automation.ElsaModel.Tests.Outside;

/// <summary>Some system outside.</summary>
public interface IInvoiceDesk
{
    Task<string> PostAsync(string customer, decimal sum, CancellationToken cancellationToken);
}

[Activity("Shop", "Accounting", "Posts an invoice."), Idempotent]
public sealed class PostInvoice : CodeActivity<string>
{
    [Input] public Input<string> Customer { get; set; } = default!;

    [Input] public Input<decimal> Sum { get; set; } = default!;

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var desk = context.GetRequiredService<IInvoiceDesk>();
        var number = await desk.PostAsync(Customer.Get(context)!, Sum.Get(context), context.CancellationToken);
        context.AddExecutionLogEntry("InvoicePosted", number);
        context.Set(Result, number);
    }
}

/// <summary>Posts for several customers and remembers in its own state how far it came.</summary>
[Activity("Shop", "Accounting", "Posts one invoice after the other, a confirmation between them.")]
public sealed class PostAll : Activity<int>
{
    [Input] public Input<ICollection<string>> Customers { get; set; } = default!;

    protected override ValueTask ExecuteAsync(ActivityExecutionContext context) => NextAsync(context);

    private async ValueTask NextAsync(ActivityExecutionContext context)
    {
        var (customers, posted) = (Customers.Get(context) ?? [], context.GetProperty<int>("posted"));
        if (posted == customers.Count)
        {
            await context.CompleteActivityAsync(posted);
            return;
        }

        var desk = context.GetService<IInvoiceDesk>() ?? throw new ActivityFaultException("desk_missing", "Nobody takes invoices.");
        await desk.PostAsync(customers.ElementAt(posted), 1, context.CancellationToken);
        context.SetProperty("posted", posted + 1);
        context.CreateBookmark(NextAsync);
    }
}

[Activity("Shop", "Accounting", "Tells everybody who waits for it.")]
public sealed class Announce : CodeActivity
{
    [Input] public Input<string> News { get; set; } = default!;

    protected override void Execute(ActivityExecutionContext context)
    {
        context.WorkflowExecutionContext.CorrelationId = "news";
        context.PublishEvent("news", context.Run.CorrelationId, News.Get(context)!);
    }
}
