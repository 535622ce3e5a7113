using Automation.Engine.Workflows;

namespace Automation.Activities.Waits;

/// <summary>Payload of Elsa's timer bookmarks.</summary>
public sealed record TimerBookmarkPayload(DateTimeOffset ResumeAt);

/// <summary>Payload of Elsa's StartAt bookmarks.</summary>
public sealed record StartAtPayload(DateTimeOffset ExecuteAt);

[Activity("Elsa", "Scheduling", "Waits for a while.", DisplayNameRu = "Подождать", CategoryRu = "Время"), Deterministic]
public sealed class Delay : CodeActivity
{
    [Input(DisplayNameRu = "Сколько", DefaultValue = "00:00:05")] public Input<TimeSpan>? TimeSpan { get; set; }

    protected override void Execute(ActivityExecutionContext context)
    {
        var span = context.Get(TimeSpan);
        if (span <= System.TimeSpan.Zero) return;
        var due = context.Now + span;
        context.CreateBookmark(new CreateBookmarkArgs { Stimulus = new TimerBookmarkPayload(due), DueAt = due });
    }
}

[Activity("Elsa", "Scheduling", "Waits until an instant.", Kind = ActivityKind.Trigger, DisplayNameRu = "Дождаться времени", CategoryRu = "Время"), Deterministic]
public sealed class StartAt : Trigger
{
    [Input(DisplayNameRu = "Когда", UIHint = "datetime-picker")] public Input<DateTimeOffset>? DateTime { get; set; }

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var due = context.Get(DateTime);
        if (context.IsTriggerOfWorkflow() || due <= context.Now) await context.CompleteActivityAsync();
        else context.CreateBookmark(new CreateBookmarkArgs { Stimulus = new StartAtPayload(due), DueAt = due });
    }
}
