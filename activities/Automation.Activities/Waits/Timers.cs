using Automation.Engine.Calendars;
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

/// <summary>Payload of Elsa's cron bookmarks.</summary>
public sealed record CronBookmarkPayload(DateTimeOffset ExecuteAt, string CronExpression);

/// <summary>In the middle of a workflow it waits once; what starts workflows at intervals is a funnel's schedule.</summary>
[Activity("Elsa", "Scheduling", "Waits for an interval.", Kind = ActivityKind.Trigger, DisplayNameRu = "Таймер", CategoryRu = "Время", DescriptionRu = "Ждёт заданный промежуток."), Deterministic]
public sealed class Timer : Trigger
{
    [Input(DisplayNameRu = "Промежуток", DefaultValue = "00:01:00")] public Input<TimeSpan>? Interval { get; set; }

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var interval = context.Get(Interval);
        if (context.IsTriggerOfWorkflow() || interval <= TimeSpan.Zero)
        {
            await context.CompleteActivityAsync();
            return;
        }

        var due = context.Now + interval;
        context.CreateBookmark(new CreateBookmarkArgs { Stimulus = new TimerBookmarkPayload(due), DueAt = due });
    }
}

/// <summary>Waits for the next time of a cron expression in the account's time zone.</summary>
[Activity("Elsa", "Scheduling", "Waits for the next time of a cron expression.", Kind = ActivityKind.Trigger, DisplayName = "Cron", DisplayNameRu = "По расписанию", CategoryRu = "Время", DescriptionRu = "Ждёт ближайший момент cron-выражения."), Deterministic]
public sealed class Cron : Trigger
{
    [Input(DisplayName = "Cron expression", Description = "Six fields, seconds first: 0 0 10 ? * MON-FRI.", DisplayNameRu = "Cron-выражение", DescriptionRu = "Шесть полей, первое — секунды: 0 0 10 ? * MON-FRI.")]
    public Input<string>? CronExpression { get; set; }

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (context.IsTriggerOfWorkflow())
        {
            await context.CompleteActivityAsync();
            return;
        }

        var expression = context.Get(CronExpression) ?? "";
        DateTimeOffset? next;
        try
        {
            next = context.GetRequiredService<ICronTimes>().Next(expression, context.Now, context.TimeZone);
        }
        catch (FormatException cause)
        {
            throw new ActivityFaultException("cron_invalid", $"'{expression}' is no cron expression of six fields, seconds first: 0 0 10 ? * MON-FRI.", cause);
        }

        if (next is not { } due) throw new ActivityFaultException("cron_never", $"'{expression}' names no time in the future.");
        context.CreateBookmark(new CreateBookmarkArgs { Stimulus = new CronBookmarkPayload(due, expression), DueAt = due });
    }
}
