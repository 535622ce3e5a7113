using Automation.Activities.Data;
using Automation.Activities.Flow;
using Automation.ElsaModel.Tests.Outcomes;
using Automation.ElsaModel.Tests.Values;
using Automation.Engine.Expressions;
using Automation.Engine.Workflows;

namespace Automation.ElsaModel.Tests.Documents;

public sealed class OrderWorkflow : WorkflowBase
{
    protected override void Build(IWorkflowBuilder builder)
    {
        builder.Name = "Orders";
        var net = builder.WithInput<decimal>("net");
        var gross = builder.WithVariable<decimal>("gross");

        builder.Root = new Flowchart
        {
            Activities =
            {
                new AddVat { Id = "vat", Net = new(net), Result = new(gross) },
                new CheckStock { Id = "stock", Left = new(new Expression("NCalc", "deal.left")) },
                new WriteLine { Id = "sell", Text = new(gross) },
                new WriteLine { Id = "wait", Text = new("sold out") },
            },
            Connections =
            {
                new FlowConnection("vat", "Done", "stock", "In"),
                new FlowConnection("stock", "In stock", "sell", "In"),
                new FlowConnection("stock", "Sold out", "wait", "In"),
            },
        };
    }
}
