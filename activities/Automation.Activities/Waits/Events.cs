using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.Activities.Waits;

/// <summary>What an <see cref="Event"/> waits for.</summary>
public sealed record EventStimulus(string EventName)
{
    /// <summary>Hash of every bookmark that waits for the event, in any run.</summary>
    public static string HashOf(string eventName) => SharedStimuli.EventHash(eventName);
}

/// <summary>Waits for an event, or starts the workflow with it. The payload of a starting event is the workflow input <c>payload</c>.</summary>
[Activity("Elsa", "Primitives", "Waits for an event.", Kind = ActivityKind.Trigger, DisplayNameRu = "Событие", CategoryRu = "События"), Deterministic]
public sealed class Event : Trigger<JToken>
{
    [Input(DisplayNameRu = "Событие")] public Input<string>? EventName { get; set; }

    protected override object GetTriggerPayload(TriggerIndexingContext context) => new EventStimulus(
        context.Get(EventName) is { Length: > 0 } name ? name : throw new ActivityFaultException("event_missing", "The event has no name."));

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (!context.IsTriggerOfWorkflow())
        {
            var stimulus = new EventStimulus(context.Get(EventName) ?? "");
            context.CreateBookmark(new CreateBookmarkArgs { BookmarkName = SharedStimuli.Event, Stimulus = stimulus, IncludeActivityInstanceId = false, Callback = OnEventAsync });
            return;
        }
        context.SetResult(context.WorkflowInput.TryGetValue("payload", out var payload) ? payload : null);
        await context.CompleteActivityAsync();
    }

    private ValueTask OnEventAsync(ActivityExecutionContext context)
    {
        context.SetResult(context.ActivityInput);
        return context.CompleteActivityAsync();
    }
}

[Activity("Elsa", "Primitives", "Publishes an event to waiting runs and triggers.", DisplayNameRu = "Опубликовать событие", CategoryRu = "События"), Deterministic]
public sealed class PublishEvent : CodeActivity
{
    [Input(DisplayNameRu = "Событие", Order = 0)] public Input<string>? EventName { get; set; }

    [Input(DisplayNameRu = "Номер связи", Order = 1)] public Input<string>? CorrelationId { get; set; }

    [Input(DisplayNameRu = "Только этому запуску", Order = 2)] public Input<bool>? IsLocalEvent { get; set; }

    [Input(DisplayNameRu = "Данные", Order = 3)] public Input<JToken>? Payload { get; set; }

    protected override void Execute(ActivityExecutionContext context)
    {
        if (context.Get(EventName) is not { Length: > 0 } name) throw new ActivityFaultException("event_missing", "The event has no name.");
        context.PublishEvent(name, context.Get(CorrelationId), context.Get(Payload) ?? JValue.CreateNull(), context.Get(IsLocalEvent));
    }
}
