using Automation.Engine.Workflows;

namespace Automation.ElsaModel.Tests.Outcomes;

[Activity("Shop", "Stock", "Goes one way or the other."), FlowNode("In stock", "Sold out"), Deterministic]
public sealed class CheckStock : Activity
{
    [Input] public Input<int> Left { get; set; } = new(0);

    protected override ValueTask ExecuteAsync(ActivityExecutionContext context) =>
        context.CompleteActivityWithOutcomesAsync(Left.Get(context) > 0 ? "In stock" : "Sold out");
}

/// <summary>Its exits are what the person who draws the flow enters.</summary>
[Activity("Shop", "Stock", "Leaves by the exit that is named as the region."), FlowNode("Elsewhere")]
public sealed class RouteByRegion : Activity
{
    [Input] public Input<string> Region { get; set; } = default!;

    [Input(UIHint = "dynamic-outcomes")]
    public Input<ICollection<string>> Regions { get; set; } = default!;

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var region = Region.Get(context) ?? "";
        var known = Regions.Get(context)?.Contains(region) == true;
        await context.CompleteActivityWithOutcomesAsync(known ? region : "Elsewhere");
    }
}
