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
    [Input(DisplayNameRu = "Сколько", DefaultValue = "00:00:05", IsRequired = true)] public Input<TimeSpan>? TimeSpan { get; set; }

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
    [Input(DisplayNameRu = "Когда", UIHint = "datetime-picker", IsRequired = true)] public Input<DateTimeOffset>? DateTime { get; set; }

    protected override object GetTriggerPayload(TriggerIndexingContext context) => new StartAtPayload(context.Get(DateTime));

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var due = context.Get(DateTime);
        if (context.IsTriggerOfWorkflow() || due <= context.Now) await context.CompleteActivityAsync();
        else context.CreateBookmark(new CreateBookmarkArgs { Stimulus = new StartAtPayload(due), DueAt = due });
    }
}

/// <summary>Payload of Elsa's cron bookmarks.</summary>
public sealed record CronBookmarkPayload(DateTimeOffset ExecuteAt, string CronExpression);

/// <summary>What starts a workflow at intervals.</summary>
/// <param name="StartAt">The first time.</param>
public sealed record TimerTriggerPayload(DateTimeOffset StartAt, TimeSpan Interval);

/// <summary>What starts a workflow by a cron expression.</summary>
public sealed record CronTriggerPayload(string CronExpression);

/// <summary>Starts the workflow at intervals; in the middle of one it waits once.</summary>
[Activity("Elsa", "Scheduling", "Starts the workflow at intervals, or waits for one.", Kind = ActivityKind.Trigger, DisplayNameRu = "Таймер", CategoryRu = "Время", DescriptionRu = "Запускает сценарий через равные промежутки, а внутри него ждёт один промежуток."), Deterministic]
public sealed class Timer : Trigger
{
    /// <summary>A workflow starts no more often than this, in seconds.</summary>
    private const int ShortestInterval = 1;

    [Input(DisplayNameRu = "Промежуток", DefaultValue = "00:01:00")] public Input<TimeSpan>? Interval { get; set; }

    protected override object GetTriggerPayload(TriggerIndexingContext context)
    {
        var interval = context.Get(Interval);
        if (interval < TimeSpan.FromSeconds(ShortestInterval)) throw new ActivityFaultException("interval_too_short", $"An interval of {interval:c} is too short to start workflows; the shortest is {ShortestInterval} s.");
        return new TimerTriggerPayload(context.Now + interval, interval);
    }

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

/// <summary>Starts the workflow by a cron expression in the account's time zone; in the middle of one it waits for the next time.</summary>
[Activity("Elsa", "Scheduling", "Starts the workflow by a cron expression, or waits for its next time.", Kind = ActivityKind.Trigger, DisplayName = "Cron", DisplayNameRu = "По расписанию", CategoryRu = "Время", DescriptionRu = "Запускает сценарий по cron-выражению, а внутри него ждёт ближайший момент."), Deterministic]
public sealed class Cron : Trigger
{
    [Input(DisplayName = "Cron expression", Description = "Six fields, seconds first: 0 0 10 ? * MON-FRI.", DisplayNameRu = "Cron-выражение", DescriptionRu = "Шесть полей, первое — секунды: 0 0 10 ? * MON-FRI.")]
    public Input<string>? CronExpression { get; set; }

    protected override object GetTriggerPayload(TriggerIndexingContext context) => new CronTriggerPayload(context.Get(CronExpression) ?? "");

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
