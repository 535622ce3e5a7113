using Automation.Engine.Workflows;

namespace Automation.ElsaModel.Tests.Values;

[Activity("Shop", "Texts", "Greets a customer.")]
public sealed class Greet : CodeActivity
{
    [Input(Description = "Whom to greet.")]
    public Input<string>? Customer { get; set; }

    [Input(Description = "The first word.", DefaultValue = "Hello")]
    public Input<string> Word { get; set; } = default!;

    [Output(Description = "The whole greeting.")]
    public Output<string>? Greeting { get; set; }

    protected override void Execute(ActivityExecutionContext context)
    {
        var name = Customer.GetOrDefault(context, () => "stranger");
        context.Set(Greeting, $"{Word.Get(context)}, {name}!");
    }
}
