using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.ElsaModel.Tests.Waits;

public sealed record TideStimulus(string Harbour);

/// <summary>One stimulus goes to every run that waits at the harbour.</summary>
[Activity("Shop", "Ships", "Waits for the tide."), Deterministic]
public sealed class AwaitTide : Activity
{
    [Input] public Input<string> Harbour { get; set; } = default!;

    protected override void Execute(ActivityExecutionContext context) =>
        context.CreateBookmark(new TideStimulus(Harbour.Get(context)!), OnTide, includeActivityInstanceId: false);

    private ValueTask OnTide(ActivityExecutionContext context) => context.CompleteActivityAsync();
}

/// <summary>Waits for the first of several answers.</summary>
[Activity("Shop", "Ships", "Asks several captains."), Deterministic]
public sealed class AskCaptains : Activity<string>
{
    [Input] public Input<ICollection<string>> Captains { get; set; } = default!;

    protected override void Execute(ActivityExecutionContext context)
    {
        var bookmarks = context.CreateBookmarks((Captains.Get(context) ?? []).Select(captain => new { Captain = captain }), OnAnswer);
        context.SetProperty("asked", bookmarks.Count);
    }

    private async ValueTask OnAnswer(ActivityExecutionContext context)
    {
        context.JournalData["asked"] = context.GetProperty<int>("asked");
        await context.CompleteActivityAsync((string?)context.ActivityInput["captain"]);
    }
}

/// <summary>Waits by timers until it has reminded often enough.</summary>
[Activity("Shop", "Payments", "Reminds every so often."), Deterministic]
public sealed class Remind : Activity
{
    [Input] public Input<TimeSpan> Every { get; set; } = new(TimeSpan.FromHours(1));

    [Input] public Input<int> Times { get; set; } = new(3);

    protected override void Execute(ActivityExecutionContext context) => context.DelayFor(Every.Get(context), OnDueAsync);

    private async ValueTask OnDueAsync(ActivityExecutionContext context)
    {
        var sent = context.GetProperty<int>("sent") + 1;
        context.SetProperty("sent", sent);
        context.PublishEvent("reminder", null, new JObject { ["number"] = sent });
        if (sent < Times.Get(context)) context.DelayUntil(context.Now + Every.Get(context), OnDueAsync);
        else await context.CompleteActivityAsync();
    }
}

[Activity("Shop", "Orders", "Starts a workflow with an order, or waits for one.")]
public sealed class OrderPlaced : Trigger<string>
{
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (context.IsTriggerOfWorkflow()) await OnOrderAsync(context);
        else context.CreateBookmark(OnOrderAsync);
    }

    private async ValueTask OnOrderAsync(ActivityExecutionContext context) => await context.CompleteActivityAsync(context.GetWorkflowInput<string>("order"));
}
