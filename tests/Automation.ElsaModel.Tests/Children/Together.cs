using Automation.Engine.Workflows;

namespace Automation.ElsaModel.Tests.Children;

[Activity("Shop", "Flow", "Runs all at once and waits for the last.")]
public sealed class Together : Container
{
    protected override async ValueTask ScheduleChildrenAsync(ActivityExecutionContext context)
    {
        if (Activities.Count == 0) await context.CompleteActivityAsync();
        else await context.ScheduleActivities(Activities, OnChildCompletedAsync);
    }

    private async ValueTask OnChildCompletedAsync(ActivityExecutionContext owner, ActivityExecutionContext child)
    {
        var variable = (string)child.Activity.CustomProperties["mark"]!;
        owner.SetVariable(variable, $"{child.Status} {owner.Status}");
        if (owner.Children.Count == 0) await owner.CompleteActivityAsync();
    }
}
