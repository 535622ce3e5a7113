using Automation.Engine.Effects;
using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.Activities.Composition;

/// <summary>Starts another workflow as an effect of its step: once, under the effect's key, whatever is restarted.</summary>
public abstract class ChildWorkflowActivity : Activity<JToken>
{
    /// <summary>Kind of the effect. Its value is <c>{"run":"…"}</c>.</summary>
    public const string EffectKind = "workflow";

    /// <summary>The child tells when it has ended.</summary>
    protected const string AtEnd = "end";

    /// <summary>The child tells when it has ended or only waits for something from outside.</summary>
    protected const string AtRest = "rest";

    [Input(DisplayName = "Workflow", DisplayNameRu = "Сценарий", UIHint = "workflow-definition-picker", Order = 0)]
    public Input<string>? WorkflowDefinitionId { get; set; }

    [Input(DisplayName = "Correlation ID", DisplayNameRu = "Номер связи", Order = 1)]
    public Input<string>? CorrelationId { get; set; }

    [Input(DisplayName = "Input", DisplayNameRu = "Входные данные", UIHint = "dictionary", Order = 2)]
    public Input<JObject>? Input { get; set; }

    /// <summary>As in Elsa, the child also takes <c>ParentInstanceId</c> in.</summary>
    /// <param name="bookmark">What the child tells; null when nobody waits for it.</param>
    /// <param name="more">Input of this child alone.</param>
    protected void PlanStart(ActivityExecutionContext context, Bookmark? bookmark, string when, JObject? more, string? correlation, EffectCallback callback)
    {
        if (context.Get(WorkflowDefinitionId) is not { Length: > 0 } definition) throw new ActivityFaultException("workflow_missing", "No workflow is chosen.");
        var input = (JObject?)context.Get(Input)?.DeepClone() ?? [];
        input["ParentInstanceId"] = context.Run.Id.ToString();
        foreach (var (name, value) in more ?? []) input[name] = value!.DeepClone();
        var request = new JObject { ["definition"] = definition, ["input"] = input };
        if ((correlation ?? context.Get(CorrelationId)) is { Length: > 0 } link) request["correlation"] = link;
        if (bookmark is not null) (request["bookmark"], request["when"]) = (bookmark.Id, when);
        context.PlanEffect(new EffectRequest(EffectKind, null, request, EffectPolicy.Retry, $"workflow {definition}"), callback);
    }

    /// <summary>What the child has told: its outputs become the result.</summary>
    protected ValueTask OnChildEndedAsync(ActivityExecutionContext context)
    {
        var told = context.ActivityInput as JObject ?? [];
        if ((string?)told["status"] == "CannotStart") throw CannotStart(context);
        (context.JournalData["child"], context.JournalData["childStatus"]) = (told["run"] ?? JValue.CreateNull(), told["status"] ?? JValue.CreateNull());
        context.SetResult(told["output"]?.DeepClone());
        return context.CompleteActivityAsync();
    }

    protected ActivityFaultException CannotStart(ActivityExecutionContext context) =>
        new("cannot_start", $"The workflow {context.Get(WorkflowDefinitionId)} was not started: its activation strategy lets no further run start now.");
}

/// <summary>Payload of Elsa's bookmarks that wait for a child.</summary>
public sealed record ExecuteWorkflowStimulus(string ChildInstanceId);

/// <inheritdoc cref="ExecuteWorkflowStimulus"/>
public sealed record DispatchWorkflowStimulus(string ChildInstanceId);

/// <inheritdoc cref="ExecuteWorkflowStimulus"/>
public sealed record BulkDispatchWorkflowsStimulus(string ParentInstanceId);

/// <summary>Goes on when the other workflow has ended, or, without waiting for completion, when all it has left to do is to wait.</summary>
[Activity("Elsa", "Composition", "Runs another workflow and goes on with its outputs.", Kind = ActivityKind.Task, DisplayNameRu = "Выполнить сценарий", CategoryRu = "Сценарии", DescriptionRu = "Выполняет другой сценарий и продолжает с его результатами."), Deterministic]
public sealed class ExecuteWorkflow : ChildWorkflowActivity
{
    [Input(DisplayName = "Wait for completion", Description = "Off: goes on as soon as the other workflow ends or waits.", DisplayNameRu = "Ждать завершения", DescriptionRu = "Выключено: продолжает, как только другой сценарий завершился или ждёт.", Order = 3)]
    public Input<bool>? WaitForCompletion { get; set; }

    protected override void Execute(ActivityExecutionContext context)
    {
        var bookmark = context.CreateBookmark(new CreateBookmarkArgs { Stimulus = new ExecuteWorkflowStimulus(context.Id), Callback = OnChildEndedAsync, WaitsForRun = true });
        PlanStart(context, bookmark, context.Get(WaitForCompletion) ? AtEnd : AtRest, null, null, OnStartedAsync);
    }

    private ValueTask OnStartedAsync(ActivityExecutionContext context, EffectOutcome outcome)
    {
        outcome.EnsureDone();
        return ValueTask.CompletedTask;
    }
}

/// <summary>Goes on once the other workflow is accepted; with waiting, when it has ended.</summary>
[Activity("Elsa", "Composition", "Starts another workflow beside this one.", DisplayNameRu = "Запустить сценарий", CategoryRu = "Сценарии", DescriptionRu = "Запускает другой сценарий рядом с этим."), Deterministic]
public sealed class DispatchWorkflow : ChildWorkflowActivity
{
    [Input(DisplayName = "Wait for completion", DisplayNameRu = "Ждать завершения", Order = 3)]
    public Input<bool>? WaitForCompletion { get; set; }

    [Input(DisplayName = "Start new trace", DisplayNameRu = "Новая трассировка", Order = 4)]
    public Input<bool>? StartNewTrace { get; set; }

    /// <summary>Kept for Elsa's documents: there is one channel here.</summary>
    [Input(DisplayName = "Channel", DisplayNameRu = "Канал", UIHint = "dropdown", Options = new[] { "" }, Order = 5)]
    public Input<string>? ChannelName { get; set; }

    protected override void Execute(ActivityExecutionContext context)
    {
        var bookmark = context.Get(WaitForCompletion) ? context.CreateBookmark(new CreateBookmarkArgs { Stimulus = new DispatchWorkflowStimulus(context.Id), Callback = OnChildEndedAsync, WaitsForRun = true }) : null;
        PlanStart(context, bookmark, AtEnd, null, null, OnStartedAsync);
    }

    private async ValueTask OnStartedAsync(ActivityExecutionContext context, EffectOutcome outcome)
    {
        outcome.EnsureDone();
        if (context.Get(WaitForCompletion)) return;
        context.JournalData["child"] = outcome.Value["run"] ?? JValue.CreateNull();
        await context.CompleteActivityAsync();
    }
}
