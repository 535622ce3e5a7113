using Automation.Engine.Workflows;

namespace Automation.Activities.Waits;

/// <summary>Waits for an event until a length of time has passed, whichever comes first. Published events of that name hit it as they hit <see cref="Event"/>.</summary>
[Activity("Automation", "Scheduling", "Waits for an event, or until a length of time has passed.", DisplayName = "Wait for event", DisplayNameRu = "Дождаться события", CategoryRu = "Время",
    DescriptionRu = "Ждёт события, но не дольше указанного времени.")]
[FlowNode(HappenedOutcome, TimedOutOutcome), Deterministic]
public sealed class WaitForEvent : Activity
{
    public const string HappenedOutcome = "Happened";
    public const string TimedOutOutcome = "TimedOut";

    [Input(DisplayName = "Event", Description = "Name of the event.", DisplayNameRu = "Событие", DescriptionRu = "Название события: его публикуют другие сценарии и API.", Order = 0, IsRequired = true)]
    public Input<string>? EventName { get; set; }

    [Input(DisplayName = "No longer than", Description = "3wh, 2wd: working time; 3h, 2d: ordinary. Empty: without end.", DisplayNameRu = "Не дольше", DescriptionRu = "Рабочее или обычное время. Пусто — сколько угодно.",
        UIHint = "working-duration", Order = 1)]
    public Input<string>? Duration { get; set; }

    [Input(Description = "Name of a working calendar; empty: ru.", DisplayNameRu = "Календарь", Order = 2, UIHint = "calendar")]
    public Input<string>? Calendar { get; set; }

    [Input(Description = "Whose shifts and leave count; empty: nobody's.", DisplayNameRu = "Сотрудник", UIHint = "crm-user", Order = 3)]
    public Input<string>? Manager { get; set; }

    [Output(DisplayName = "Payload", Description = "What came with the event.", DisplayNameRu = "Данные события", DescriptionRu = "Что пришло с событием.")]
    public Output<Newtonsoft.Json.Linq.JToken>? Payload { get; set; }

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (context.Get(EventName) is not { Length: > 0 } name) throw new ActivityFaultException("event_missing", "The event has no name.");
        if (context.Get(Duration) is { } duration && !string.IsNullOrWhiteSpace(duration))
        {
            var end = await WaitEnd.FindAsync(context, context.Now, duration, context.Get(Calendar), context.Get(Manager));
            if (end.At <= context.Now)
            {
                await context.CompleteActivityWithOutcomesAsync(TimedOutOutcome);
                return;
            }

            context.CreateBookmark(new CreateBookmarkArgs { Stimulus = new WaitPayload(end.At), DueAt = end.At, DueBy = end.By, Callback = OnTimeAsync });
        }

        context.CreateBookmark(new CreateBookmarkArgs { BookmarkName = SharedStimuli.Event, Stimulus = new EventStimulus(name), IncludeActivityInstanceId = false, Callback = OnEventAsync });
    }

    private ValueTask OnTimeAsync(ActivityExecutionContext context) => context.CompleteActivityWithOutcomesAsync(TimedOutOutcome);

    private ValueTask OnEventAsync(ActivityExecutionContext context)
    {
        context.Set(Payload, context.ActivityInput);
        return context.CompleteActivityWithOutcomesAsync(HappenedOutcome);
    }
}
