using Automation.Engine.Expressions;

namespace Automation.Activities.Tests.Support;

/// <summary>One step of one activity: collects what it decided, so that the test run can commit it.</summary>
internal sealed class StepContext(ActivityRun run, IActivity activity, Dictionary<string, JToken> properties) : ActivityExecutionContext
{
    private readonly List<string> outcomes = [];

    public List<(EffectRequest Request, string Callback)> Effects { get; } = [];
    public List<Assignment> Assignments { get; } = [];
    public List<EntityLink> Links { get; } = [];
    public CreateBookmarkArgs? Waiting { get; private set; }

    public override string Id => "execution-1";
    public override string NodeId => "Workflow1:" + activity.Id;
    public override IActivity Activity => activity;
    public override ActivityExecutionContext? ParentActivityExecutionContext => null;
    public override IReadOnlyList<ActivityExecutionContext> Children => [];
    public override RunInfo Run => run.Info;
    public override IDictionary<string, JToken> Properties => properties;
    public override IDictionary<string, JToken> JournalData => run.Journal;
    public override IReadOnlyDictionary<string, JToken> WorkflowInput { get; } = new Dictionary<string, JToken>();
    public override JToken ActivityInput => JValue.CreateNull();
    public override bool IsCompleted => outcomes.Count > 0;
    public override bool IsWaiting => Effects.Count > 0 || Waiting is not null;
    public override CancellationToken CancellationToken => Xunit.TestContext.Current.CancellationToken;
    public override DateTimeOffset Now => run.World.Now;
    public override TimeZoneInfo TimeZone => run.World.Zone;
    public override MailboxKey Subject => run.Subject;
    public override IServiceProvider Services => run.World;
    public override IExpressionScope ExpressionScope => run;
    public override IReadOnlyList<string> Outcomes => outcomes;

    public override T? Get<T>(Input<T>? input) where T : default =>
        input?.Expression.Value is { Type: not JTokenType.Null } value ? value.ToObject<T>() : default;

    public override void Set<T>(Output<T>? output, T? value) where T : default
    {
        if (output is not null) run.Outputs[output] = value is null ? JValue.CreateNull() : JToken.FromObject(value);
    }

    public override ValueTask<JToken> EvaluateAsync(Expression expression, bool canContainSecrets = false) => ValueTask.FromResult(expression.Value ?? JValue.CreateNull());
    public override ValueTask<T?> EvaluateAsync<T>(Input<T>? input) where T : default => ValueTask.FromResult(Get(input));
    public override JToken GetVariable(string name) => JValue.CreateNull();
    public override void SetVariable(string name, JToken value) { }
    public override void SetOwnVariable(string name, JToken value) { }
    public override void SetWorkflowOutput(string name, JToken value) { }
    public override void SetResult(object? value) => run.Result = value is null ? null : JToken.FromObject(value);
    public override ValueTask ScheduleActivityAsync(IActivity? activity, ActivityCompletionCallback? callback = null) => throw new NotSupportedException();

    public override ValueTask ScheduleActivityAsync(IActivity? activity, ActivityCompletionCallback? callback, IReadOnlyDictionary<string, JToken> variables) => throw new NotSupportedException();

    public override ValueTask ScheduleActivityAsync(IActivity? activity, ActivityCompletedCallback callback) => throw new NotSupportedException();
    public override ValueTask CompleteActivityAsync(object? result = null) => CompleteActivityWithOutcomesAsync("Done");

    public override ValueTask CompleteActivityWithOutcomesAsync(params string[] outcomes)
    {
        Assert.Empty(this.outcomes);
        this.outcomes.AddRange(outcomes);
        return ValueTask.CompletedTask;
    }

    public override Bookmark CreateBookmark(CreateBookmarkArgs args)
    {
        Waiting = args;
        return new("bookmark-1", args.BookmarkName ?? "", "", JValue.CreateNull(), Id, args.Callback?.Method.Name, args.AutoBurn, args.DueAt);
    }

    public override void ClearBookmarks() => Waiting = null;
    public override ValueTask CancelActivityAsync() => ValueTask.CompletedTask;
    public override bool IsTriggerOfWorkflow() => false;

    public override async ValueTask<JToken> ReadAsync(string key, Func<CancellationToken, Task<JToken>> read)
    {
        if (!run.Reads.TryGetValue(key, out var text))
            run.Reads[key] = text = (await read(CancellationToken)).ToString(Newtonsoft.Json.Formatting.None);
        return Json.Parse(text);
    }

    public override void PlanEffect(EffectRequest request, EffectCallback callback)
    {
        // The callback is stored by name: it must be found again on the activity's class.
        Assert.NotNull(ActivityRun.FindMethod(activity, callback.Method.Name));
        Effects.Add((request, callback.Method.Name));
    }

    public override void RecordAssignment(Assignment assignment) => Assignments.Add(assignment);
    public override void RecordLink(EntityLink link) => Links.Add(link);
    public override void PublishEvent(string eventName, string? correlationId, JToken payload, bool isLocal = false) { }
    public override void AddExecutionLogEntry(string eventName, string? message = null, JToken? payload = null) { }
}
