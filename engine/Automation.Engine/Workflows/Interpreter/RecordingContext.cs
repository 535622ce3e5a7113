using System.Globalization;
using Automation.Engine.Effects;
using Automation.Engine.Expressions;
using Automation.Engine.Mailboxes;
using Automation.Engine.Ports;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Workflows.Interpreter;

/// <summary>The context of an activity that runs after the commit. It changes nothing: what the activity asks for is written down, and a later step applies it.</summary>
internal sealed partial class RecordingContext : ActivityExecutionContext
{
    private readonly PlanNode _node;
    private readonly Plan _plan;
    private readonly JObject _request;
    private readonly IExpressionEvaluator _evaluator;
    private readonly JObject _variables;
    private readonly JObject _own = [];
    private readonly List<Bookmark> _bookmarks = [];
    private bool _isCancelled;

    public RecordingContext(Plan plan, JObject request, MailboxKey subject, IServiceProvider services, IExpressionEvaluator evaluator, CancellationToken cancellationToken)
    {
        (_plan, _request, _evaluator, Subject, Services, CancellationToken) = (plan, request, evaluator, subject, services, cancellationToken);
        NodeId = (string)request["node"]!;
        _node = plan.Find(NodeId) ?? throw new ActivityFaultException("activity_unknown", $"Definition version {plan.Definition.VersionId} has no activity {NodeId}.");
        _variables = (JObject)request["variables"]!.DeepClone();
        var run = (JObject)request["run"]!;
        Run = new RunInfo
        {
            Id = Guid.Parse((string)run["id"]!),
            DefinitionId = plan.Definition.DefinitionId,
            DefinitionVersionId = plan.Definition.VersionId,
            DefinitionVersion = plan.Definition.Version,
            TriggerId = (string?)run["trigger"],
            TriggerActivityId = (string?)run["triggerActivity"],
            Name = (string?)run["name"],
            CorrelationId = (string?)run["correlationId"],
        };
        Now = DateTimeOffset.Parse((string)request["now"]!, CultureInfo.InvariantCulture);
        TimeZone = TimeZoneInfo.FindSystemTimeZoneById((string)request["zone"]!);
        WorkflowInput = ((JObject)request["input"]!).Properties().ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal);
        State = (JObject?)request["properties"]?.DeepClone() ?? [];
    }

    public PlanNode Node => _node;
    public JObject Answer { get; } = [];
    public JObject State { get; }
    public JObject Journal { get; } = [];
    public IReadOnlyList<string>? Exits { get; set; }

    public override string Id => (string)_request["execution"]!;
    public override string NodeId { get; }
    public override IActivity Activity => _node.Activity;
    public override ActivityExecutionContext? ParentActivityExecutionContext => null;
    public override IReadOnlyList<ActivityExecutionContext> Children => [];
    public override RunInfo Run { get; }
    public override IDictionary<string, JToken> Properties => State!;
    public override IDictionary<string, JToken> JournalData => Journal!;
    public override IReadOnlyDictionary<string, JToken> WorkflowInput { get; }
    public override JToken ActivityInput => _request["payload"] ?? JValue.CreateNull();
    public override bool IsCompleted => Exits is not null || _isCancelled;
    public override bool IsWaiting => _bookmarks.Count > 0 || Answer["scheduled"] is not null;
    public override CancellationToken CancellationToken { get; }
    public override DateTimeOffset Now { get; }
    public override TimeZoneInfo TimeZone { get; }
    public override MailboxKey Subject { get; }
    public override IServiceProvider Services { get; }
    public override IReadOnlyList<string> Outcomes => Exits ?? [];
    public override IExpressionScope ExpressionScope => new RecordedScope(this, (string?)_request["language"] ?? "en");

    public override bool IsTriggerOfWorkflow() => (bool?)_request["isTrigger"] ?? false;

    public override async ValueTask<JToken> ReadAsync(string key, Func<CancellationToken, Task<JToken>> read) => await read(CancellationToken);

    public override ValueTask CompleteActivityAsync(object? result = null)
    {
        if (result is not null) SetResult(result);
        Exits ??= Burst.Done;
        return ValueTask.CompletedTask;
    }

    public override ValueTask CompleteActivityWithOutcomesAsync(params string[] outcomes)
    {
        Exits ??= outcomes;
        return ValueTask.CompletedTask;
    }

    public override ValueTask CancelActivityAsync()
    {
        Answer["cancelled"] = _isCancelled = true;
        return ValueTask.CompletedTask;
    }

    public override ValueTask ScheduleActivityAsync(IActivity? activity, ActivityCompletionCallback? callback = null) => ScheduleActivityAsync(activity, callback, new Dictionary<string, JToken>());

    public override ValueTask ScheduleActivityAsync(IActivity? activity, ActivityCompletedCallback callback) => Schedule(activity, callback, new Dictionary<string, JToken>());

    public override ValueTask ScheduleActivityAsync(IActivity? activity, ActivityCompletionCallback? callback, IReadOnlyDictionary<string, JToken> variables) => Schedule(activity, callback, variables);

    private ValueTask Schedule(IActivity? activity, Delegate? callback, IReadOnlyDictionary<string, JToken> variables)
    {
        if (activity is null)
        {
            Answer["scheduledNothing"] = true;
            return ValueTask.CompletedTask;
        }

        var scheduled = new JObject { ["node"] = _plan.Find(activity).NodeId, ["callback"] = callback is null ? null : CallbackName.Of(Activity, callback) };
        if (variables.Count > 0) scheduled["variables"] = new JObject(variables.Select(variable => new JProperty(variable.Key, variable.Value)));
        Add("scheduled", scheduled);
        return ValueTask.CompletedTask;
    }

    public override Bookmark CreateBookmark(CreateBookmarkArgs args)
    {
        var name = args.BookmarkName ?? Activity.Type;
        var payload = JsonText.From(args.Stimulus);
        var run = Run.Id.ToString("N");
        var hash = StimulusHash.Of(name, payload, args.IncludeActivityInstanceId ? $"{run}-{Id}" : null);
        var bookmark = new Bookmark($"{run}-{Id}.{_request["call"]}.{_bookmarks.Count + 1}", name, hash, payload, Id, args.Callback is null ? null : CallbackName.Of(Activity, args.Callback), args.AutoBurn, args.DueAt, args.DueBy, args.WaitsForRun, args.Metadata);
        _bookmarks.Add(bookmark);
        Add("bookmarks", ActivityCall.Write(bookmark));
        return bookmark;
    }

    public override void ClearBookmarks()
    {
        _bookmarks.Clear();
        Answer.Remove("bookmarks");
        Answer["clearBookmarks"] = true;
    }

    public override void PlanEffect(EffectRequest request, EffectCallback callback) => throw NotHere("plan an effect");

    public override void RecordAssignment(Assignment assignment) => throw NotHere("reserve a manager");

    public override void RecordLink(EntityLink link) => throw NotHere("link entities");

    public override void PublishEvent(string eventName, string? correlationId, JToken payload, bool isLocal = false) =>
        Add("published", new JObject { ["name"] = eventName, ["correlationId"] = correlationId, ["payload"] = payload, ["local"] = isLocal });

    public override void AddExecutionLogEntry(string eventName, string? message = null, JToken? payload = null) =>
        Add("log", new JObject { ["event"] = eventName, ["message"] = message, ["payload"] = payload });

    private protected override ActivityStatus GetStatus() => _isCancelled ? ActivityStatus.Canceled : base.GetStatus();

    private void Add(string list, JObject item)
    {
        if (Answer[list] is not JArray items) Answer[list] = items = [];
        items.Add(item);
    }

    private InvalidOperationException NotHere(string what) =>
        new($"{Activity.Type} cannot {what}: that belongs into a step's commit. Mark the activity [Deterministic], and let it plan effects instead of doing its own I/O.");
}
