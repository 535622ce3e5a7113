using Automation.Engine.Workflows;

namespace Automation.ElsaModel.Tests.Children;

[Activity("Shop", "Flow", "Runs all at once; the first to end ends the others.")]
public sealed class Race : Container
{
    protected override async ValueTask ScheduleChildrenAsync(ActivityExecutionContext context)
    {
        if (Activities.Count == 0) await context.CompleteActivityAsync();
        else await context.ScheduleActivities(Activities, OnChildCompletedAsync);
    }

    private async ValueTask OnChildCompletedAsync(ActivityCompletedContext context)
    {
        var race = context.TargetContext;
        race.JournalData["winner"] = context.ChildContext.Activity.Id;
        race.JournalData["beaten"] = race.GetDescendants().Count(other => other.Status == ActivityStatus.Running);
        await race.CompleteActivityAsync();
    }
}
