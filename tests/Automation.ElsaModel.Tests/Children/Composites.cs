using Automation.Activities.Flow;
using Automation.Activities.Waits;
using Automation.ElsaModel.Tests.Values;
using Automation.Engine.Expressions;
using Automation.Engine.Workflows;

namespace Automation.ElsaModel.Tests.Children;

/// <summary>A definition shows one activity; inside it waits and greets.</summary>
[Activity("Shop", "Texts", "Greets a customer a minute later.")]
public sealed class GreetLater : Composite<string>
{
    private readonly Variable<string> _name = new("name");
    private readonly Variable<string> _greeting = new("greeting");

    public GreetLater()
    {
        Variables = [_name, _greeting];
        Root = new Sequence
        {
            Activities =
            {
                new Delay { TimeSpan = new(TimeSpan.FromMinutes(1)) },
                new Greet { Customer = new(_name), Greeting = new(_greeting) },
            },
        };
    }

    [Input] public Input<string> Customer { get; set; } = default!;

    protected override void ConfigureActivities(ActivityExecutionContext context) => _name.Set(context, Customer.Get(context));

    protected override void OnCompleted(ActivityCompletedContext context) =>
        context.TargetContext.Set(Result, _greeting.Get(context.TargetContext));
}

/// <summary>Ends with the outcome that an activity within it chooses.</summary>
[Activity("Shop", "Stock", "Keeps a dear deal."), FlowNode("Kept", "Dropped")]
public sealed class KeepDear : Composite
{
    public KeepDear() => Root = new If
    {
        Condition = new(new Expression("NCalc", "deal.price > 1000")),
        Then = new Complete { Outcomes = new(["Kept"]) },
        Else = new Complete { Outcomes = new(["Dropped"]) },
    };
}
