using Automation.Engine.Effects;
using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.Activities.Composition;

/// <summary>Starts a workflow for each item. With waiting it ends when the last child has; what a child gives is seen by its port as <c>ChildOutput</c>.</summary>
[Activity("Elsa", "Composition", "Starts a workflow for each item.", Kind = ActivityKind.Task, DisplayNameRu = "Запустить сценарии", CategoryRu = "Сценарии", DescriptionRu = "Запускает сценарий для каждого элемента списка.")]
[FlowNode("Completed", "Canceled", "Done"), Deterministic]
public sealed class BulkDispatchWorkflows : ChildWorkflowActivity
{
    /// <summary>Children of one execution.</summary>
    public const int MostItems = 1_000;

    [Input(DisplayNameRu = "Элементы", Order = 3)] public Input<JToken>? Items { get; set; }

    [Input(DisplayName = "Default item input key", Description = "Input of the child that takes an item which is no dictionary.", DisplayNameRu = "Имя входных данных элемента", DefaultValue = "Item", Order = 4)]
    public Input<string>? DefaultItemInputKey { get; set; }

    [Input(DisplayName = "Correlation ID function", Description = "An expression; the item is the variable Item.", DisplayNameRu = "Номер связи для элемента", AutoEvaluate = false, Order = 5)]
    public Input<string>? CorrelationIdFunction { get; set; }

    [Input(DisplayName = "Wait for completion", DisplayNameRu = "Ждать завершения", DefaultValue = true, Order = 6)]
    public Input<bool>? WaitForCompletion { get; set; }

    [Input(DisplayName = "Start new trace", DisplayNameRu = "Новая трассировка", Order = 7)]
    public Input<bool>? StartNewTrace { get; set; }

    /// <summary>Kept for Elsa's documents: there is one channel here.</summary>
    [Input(DisplayName = "Channel", DisplayNameRu = "Канал", UIHint = "dropdown", Options = new[] { "" }, Order = 8)]
    public Input<string>? ChannelName { get; set; }

    [Port(DisplayNameRu = "Сценарий завершён")] public IActivity? ChildCompleted { get; set; }

    [Port(DisplayNameRu = "Сценарий остановился")] public IActivity? ChildFaulted { get; set; }

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var items = context.Get(Items) switch
        {
            JArray list => [.. list],
            null or { Type: JTokenType.Null } => [],
            var only => new List<JToken> { only },
        };
        if (items.Count > MostItems) throw new ActivityFaultException("items_too_many", $"{items.Count} items: one step starts at most {MostItems} workflows. Split the list.");
        if (items.Count == 0)
        {
            await context.CompleteActivityAsync();
            return;
        }

        var bookmark = context.Get(WaitForCompletion)
            ? context.CreateBookmark(new CreateBookmarkArgs { Stimulus = new BulkDispatchWorkflowsStimulus(context.Run.Id.ToString()), Callback = OnOneEndedAsync, AutoBurn = false, WaitsForRun = true })
            : null;
        (context.Properties["open"], context.Properties["unstarted"]) = (items.Count, items.Count);
        foreach (var item in items)
        {
            context.SetOwnVariable("Item", item.DeepClone());
            var correlation = CorrelationIdFunction is null ? null : await context.EvaluateAsync(CorrelationIdFunction);
            PlanStart(context, bookmark, AtEnd, item as JObject ?? new JObject { [context.Get(DefaultItemInputKey) ?? "Item"] = item.DeepClone() }, correlation, OnStartedAsync);
        }
    }

    private ValueTask OnStartedAsync(ActivityExecutionContext context, EffectOutcome outcome)
    {
        context.Properties["unstarted"] = (int)context.Properties["unstarted"] - 1;
        // One that could not be started is over.
        if (!outcome.Done || !context.Get(WaitForCompletion)) context.Properties["open"] = (int)context.Properties["open"] - 1;
        if (!outcome.Done) context.AddExecutionLogEntry("NotStarted", $"{outcome.Code}: {outcome.Message}");
        return EndIfAllHaveAsync(context);
    }

    private async ValueTask OnOneEndedAsync(ActivityExecutionContext context)
    {
        var told = context.ActivityInput as JObject ?? [];
        var ended = context.Properties.TryGetValue("ended", out var known) ? (JArray)known : [];
        var child = (string?)told["run"] ?? "";
        // A child that was redriven ends twice and counts once.
        if (ended.Any(one => (string?)one == child)) return;
        ended.Add(child);
        (context.Properties["ended"], context.Properties["open"]) = (ended, (int)context.Properties["open"] - 1);
        var port = (string?)told["status"] == "Finished" ? ChildCompleted : ChildFaulted;
        if (port is null) await EndIfAllHaveAsync(context);
        else await context.ScheduleActivityAsync(port, OnPortCompletedAsync, new Dictionary<string, JToken> { ["ChildInstanceId"] = child, ["ChildOutput"] = told["output"] ?? JValue.CreateNull() });
    }

    private ValueTask OnPortCompletedAsync(ActivityExecutionContext owner, ActivityExecutionContext child) => EndIfAllHaveAsync(owner);

    private async ValueTask EndIfAllHaveAsync(ActivityExecutionContext context)
    {
        if ((int)context.Properties["open"] > 0 || context.Children.Count > 0 || (int)context.Properties["unstarted"] > 0) return;
        // Who does not wait knows of no completion.
        await context.CompleteActivityWithOutcomesAsync(context.Get(WaitForCompletion) ? ["Completed", "Done"] : ["Done"]);
    }
}
