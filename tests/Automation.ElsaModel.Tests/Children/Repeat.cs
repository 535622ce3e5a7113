using Automation.Engine.Workflows;

namespace Automation.ElsaModel.Tests.Children;

[Activity("Shop", "Looping", "Runs its body until a condition holds, at most so many times."), Deterministic]
public sealed class Repeat : Activity
{
    [Input(AutoEvaluate = false)]
    public Input<bool> Until { get; set; } = new(false);

    [Input(DefaultValue = 10)]
    public Input<int> AtMost { get; set; } = default!;

    [Output] public Output<int>? Rounds { get; set; }

    [Port] public IActivity? Body { get; set; }

    protected override ValueTask ExecuteAsync(ActivityExecutionContext context) => NextAsync(context);

    private ValueTask OnBodyCompletedAsync(ActivityCompletedContext context) => NextAsync(context.TargetContext);

    private async ValueTask NextAsync(ActivityExecutionContext context)
    {
        var round = context.GetProperty<int>("round");
        if (round >= AtMost.Get(context) || await context.EvaluateAsync(Until))
        {
            context.Set(Rounds, round);
            await context.CompleteActivityAsync();
            return;
        }

        context.SetProperty("round", round + 1);
        await context.ScheduleActivityAsync(Body, OnBodyCompletedAsync);
    }
}

/// <summary>Says where it stands: the types around it, the nearest first.</summary>
[Activity("Shop", "Flow"), Deterministic]
public sealed class WhereAmI : CodeActivity<string>
{
    protected override void Execute(ActivityExecutionContext context) =>
        context.SetResult(string.Join(' ', context.GetAncestors().Select(around => around.Activity.Type)));
}
