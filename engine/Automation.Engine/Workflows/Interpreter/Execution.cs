using System.Globalization;
using System.Reflection;
using Automation.Engine.Mailboxes;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Workflows.Interpreter;

internal enum ExecutionStatus { Scheduled, Running, Completed, Cancelled, Faulted }

/// <summary>One execution of one node, live within a <see cref="Burst"/>; between steps it is a few lines of JSON.</summary>
internal sealed partial class Execution(Burst burst, PlanNode node, int number, Execution? parent) : ActivityExecutionContext
{
    private static readonly Dictionary<string, JToken> NoVariables = [];
    private readonly List<Execution> _children = [];

    public Burst Burst { get; } = burst;
    public PlanNode Node { get; } = node;
    public int Number { get; } = number;
    public Execution? Parent { get; } = parent;

    /// <summary>The workflow used as an activity that it belongs to; null in the run's own workflow.</summary>
    public Execution? Composite { get; } = parent is null ? null : parent.Activity is WorkflowDefinitionActivity ? parent : parent.Composite;
    public new ExecutionStatus Status { get; set; }
    public bool IsTrigger { get; set; }

    /// <summary>What this step told of it last; null before its first fact, which names its node and type.</summary>
    public RunFact? LastFact { get; set; }

    /// <summary>Method of the parent that takes over when this one completes.</summary>
    public string? CompletionCallback { get; set; }
    public ActivityCompletionCallback? CompletionDelegate { get; set; }

    /// <summary>Bookmarks and effects that it waits for.</summary>
    public int Waits { get; set; }

    /// <summary>Effects that it has planned so far; part of their keys.</summary>
    public int Calls { get; set; }

    /// <summary>How its effects are tried again, where the step says.</summary>
    public Effects.RetryStrategy? Retries { get; private set; }

    /// <summary>It asked for an empty port: nothing will come back.</summary>
    public bool ScheduledNothing { get; set; }
    public JObject? OwnVariables { get; set; }
    public JObject? State { get; set; }
    public JObject? Journal { get; set; }
    public IReadOnlyList<string> Exits { get; set; } = [];
    public List<Execution> LiveChildren => _children;

    public override string Id { get; } = number.ToString(CultureInfo.InvariantCulture);
    public override string NodeId => Node.NodeId;
    public override IActivity Activity => Node.Activity;
    public override ActivityExecutionContext? ParentActivityExecutionContext => Parent;
    public override IReadOnlyList<ActivityExecutionContext> Children => _children;
    public override RunInfo Run => Burst.Run;
    public override IDictionary<string, JToken> Properties => (State ??= [])!;
    public override IDictionary<string, JToken> JournalData => (Journal ??= [])!;
    public override IReadOnlyDictionary<string, JToken> WorkflowInput => field ??= Given.Properties().ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal);
    public override JToken ActivityInput => Burst.Payload;
    public override bool IsCompleted => Status is not (ExecutionStatus.Scheduled or ExecutionStatus.Running);
    public override bool IsWaiting => Waits > 0 || _children.Count > 0;
    public override CancellationToken CancellationToken => Burst.CancellationToken;
    public override DateTimeOffset Now => Burst.Environment.Now;
    public override TimeZoneInfo TimeZone => Burst.Environment.TimeZone;
    public override MailboxKey Subject => Burst.Environment.Subject;
    public override IServiceProvider Services => Burst.Environment.Services;
    public override IReadOnlyList<string> Outcomes => Exits;

    public bool IsLive => Status is ExecutionStatus.Scheduled or ExecutionStatus.Running;

    public override bool IsTriggerOfWorkflow() => IsTrigger;

    public override ValueTask ScheduleActivityAsync(IActivity? activity, ActivityCompletionCallback? callback = null) => ScheduleActivityAsync(activity, callback, NoVariables);

    public override ValueTask ScheduleActivityAsync(IActivity? activity, ActivityCompletionCallback? callback, IReadOnlyDictionary<string, JToken> variables)
    {
        if (activity is null)
        {
            ScheduledNothing = true;
            return ValueTask.CompletedTask;
        }

        var child = Burst.Schedule(Burst.Plan.Find(activity), this, callback);
        foreach (var (name, value) in variables) child.SetOwnVariable(name, value);
        return ValueTask.CompletedTask;
    }

    public override ValueTask ScheduleActivityAsync(IActivity? activity, ActivityCompletedCallback callback)
    {
        if (activity is null) ScheduledNothing = true;
        else Burst.Schedule(Burst.Plan.Find(activity), this, null).CompletionCallback = MethodName(callback);
        return ValueTask.CompletedTask;
    }

    public override ValueTask CompleteActivityAsync(object? result = null)
    {
        if (result is not null) SetResult(result);
        Burst.Complete(this, Burst.Done);
        return ValueTask.CompletedTask;
    }

    public override ValueTask CompleteActivityWithOutcomesAsync(params string[] outcomes)
    {
        Burst.Complete(this, outcomes);
        return ValueTask.CompletedTask;
    }

    public override Bookmark CreateBookmark(CreateBookmarkArgs args) => Burst.Waits.Add(this, args);

    public override void ClearBookmarks() => Burst.Waits.ClearBookmarks(this);

    public override ValueTask CancelActivityAsync()
    {
        Burst.Cancel(this, tellParent: ReferenceEquals(Burst.Current, this));
        return ValueTask.CompletedTask;
    }

    public override async ValueTask<JToken> ReadAsync(string key, Func<CancellationToken, Task<JToken>> read)
    {
        try
        {
            return await Burst.Environment.Inputs.ReadAsync(key, read, CancellationToken);
        }
        catch (Exception cause) when (cause is not (OperationCanceledException or ActivityFaultException))
        {
            throw new StepInputException(key, cause);
        }
    }

    public override void PlanEffect(Effects.EffectRequest request, EffectCallback callback) => Burst.Waits.Plan(this, request, MethodName(callback));

    public override void RecordAssignment(Ports.Assignment assignment) => Burst.Assignments.Add(assignment);

    public override void RecordLink(EntityLink link) => Burst.Links.Add(link);

    public override void PublishEvent(string eventName, string? correlationId, JToken payload, bool isLocal = false) =>
        Burst.Published.Add(new PublishedEvent(eventName, correlationId, JsonText.Normalize(payload.DeepClone()), isLocal));

    public override void AddExecutionLogEntry(string eventName, string? message = null, JToken? payload = null)
    {
        var fact = Burst.Facts.Add(this, eventName);
        if (IsQuiet) return;
        if (message is not null) fact["message"] = message;
        if (payload is not null) fact["payload"] = JsonText.Normalize(payload.DeepClone());
    }

    public string MethodName(Delegate callback) => CallbackName.Of(Activity, callback);

    private protected override ActivityStatus GetStatus() => Status switch
    {
        ExecutionStatus.Scheduled => ActivityStatus.Pending,
        ExecutionStatus.Completed => ActivityStatus.Completed,
        ExecutionStatus.Cancelled => ActivityStatus.Canceled,
        ExecutionStatus.Faulted => ActivityStatus.Faulted,
        _ => ActivityStatus.Running,
    };
}

internal static class CallbackName
{
    /// <exception cref="InvalidOperationException">A lambda or another object's method: its name would lead nowhere after a restart.</exception>
    public static string Of(IActivity activity, Delegate callback)
    {
        var method = callback.Method;
        if (method.Name.Contains('<', StringComparison.Ordinal) || (callback.Target is not null && !ReferenceEquals(callback.Target, activity)))
            throw new InvalidOperationException($"{activity.Type}: a callback is stored by name, so it must be a method of {activity.GetType().Name}, not a lambda or a method of another object.");
        return method.Name;
    }

    /// <summary>The method as a callback; one that takes over from a child may have Elsa's one parameter.</summary>
    public static T Bind<T>(MethodInfo method, IActivity activity) where T : Delegate
    {
        var target = method.IsStatic ? null : activity;
        if (typeof(T) != typeof(ActivityCompletionCallback) || method.GetParameters().Length != 1) return method.CreateDelegate<T>(target);
        var callback = method.CreateDelegate<ActivityCompletedCallback>(target);
        return (T)(Delegate)new ActivityCompletionCallback((owner, child) => callback(new(owner, child)));
    }
}

/// <summary>A read from outside failed. The step has not happened; it may be taken again.</summary>
public sealed class StepInputException(string key, Exception cause) : Exception($"Reading {key} failed: {cause.Message}", cause)
{
    public string Key { get; } = key;
}
