using Automation.Engine.Effects;
using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.Activities.Composition;

/// <summary>What a <see cref="RunTask"/> waits for.</summary>
public sealed record RunTaskStimulus(string TaskId);

/// <summary>Asks for a task that something outside carries out; goes on when that says it is complete (<c>POST /elsa/api/tasks/{taskId}/complete</c>).</summary>
[Activity("Elsa", "Primitives", "Asks for a task and waits until it is complete.", DisplayNameRu = "Поручить задачу", CategoryRu = "События", DescriptionRu = "Поручает задачу внешней системе и ждёт, пока она сообщит о выполнении."), Deterministic]
public sealed class RunTask : Activity<JToken>
{
    /// <summary>Kind of the effect that hands the task over.</summary>
    public const string EffectKind = "task";

    [Input(DisplayName = "Task name", DisplayNameRu = "Задача", Order = 0)] public Input<string>? TaskName { get; set; }

    [Input(DisplayNameRu = "Данные", UIHint = "dictionary", Order = 1)] public Input<JObject>? Payload { get; set; }

    [Output(DisplayNameRu = "Номер задания")] public Output<string>? TaskId { get; set; }

    protected override void Execute(ActivityExecutionContext context)
    {
        if (context.Get(TaskName) is not { Length: > 0 } name) throw new ActivityFaultException("task_missing", "The task has no name.");
        var task = $"{context.Run.Id:N}-{context.Id}";
        context.Set(TaskId, task);
        context.JournalData["task"] = task;
        context.CreateBookmark(new CreateBookmarkArgs { BookmarkName = SharedStimuli.Task, Stimulus = new RunTaskStimulus(task), IncludeActivityInstanceId = false, Callback = OnCompletedAsync });
        var request = new JObject { ["task"] = task, ["name"] = name, ["payload"] = context.Get(Payload)?.DeepClone() ?? new JObject() };
        context.PlanEffect(new EffectRequest(EffectKind, null, request, EffectPolicy.Retry, $"task {name}"), OnHandedOverAsync);
    }

    private ValueTask OnHandedOverAsync(ActivityExecutionContext context, EffectOutcome outcome)
    {
        outcome.EnsureDone();
        return ValueTask.CompletedTask;
    }

    private ValueTask OnCompletedAsync(ActivityExecutionContext context)
    {
        context.SetResult(context.ActivityInput);
        return context.CompleteActivityAsync();
    }
}
