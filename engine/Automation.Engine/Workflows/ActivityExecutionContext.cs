using Automation.Engine.Calendars;
using Automation.Engine.Effects;
using Automation.Engine.Expressions;
using Automation.Engine.Mailboxes;
using Automation.Engine.Ports;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Workflows;

/// <summary>Takes over when a scheduled child has completed. Must be a method of the owner's activity class: it is stored by name.</summary>
public delegate ValueTask ActivityCompletionCallback(ActivityExecutionContext owner, ActivityExecutionContext child);

/// <summary>Takes over when a bookmark is hit. Must be a method of the activity's class: it is stored by name.</summary>
public delegate ValueTask ExecuteActivityDelegate(ActivityExecutionContext context);

/// <summary>Takes over when an effect is done or has failed for good. Must be a method of the activity's class: it is stored by name.</summary>
public delegate ValueTask EffectCallback(ActivityExecutionContext context, EffectOutcome outcome);

/// <summary>One execution of one activity within a run.</summary>
public abstract class ActivityExecutionContext
{
    /// <summary>Unique within the run, and the same on replay.</summary>
    public abstract string Id { get; }

    public abstract string NodeId { get; }

    public abstract IActivity Activity { get; }

    public abstract ActivityExecutionContext? ParentActivityExecutionContext { get; }

    /// <summary>Executions that this one scheduled and that have not ended; faulted ones are among them.</summary>
    public abstract IReadOnlyList<ActivityExecutionContext> Children { get; }

    public abstract RunInfo Run { get; }

    /// <summary>State of this execution, kept while the run waits.</summary>
    public abstract IDictionary<string, JToken> Properties { get; }

    /// <summary>What the journal shows of this execution: values that explain it, no personal data.</summary>
    public abstract IDictionary<string, JToken> JournalData { get; }

    public abstract IReadOnlyDictionary<string, JToken> WorkflowInput { get; }

    /// <summary>What resumed it: the payload of the event, the form of a person's answer; JSON null on the first execution.</summary>
    public abstract JToken ActivityInput { get; }

    public ActivityStatus Status => GetStatus();

    public abstract bool IsCompleted { get; }

    /// <summary>Waits for a bookmark, an effect or a child.</summary>
    public abstract bool IsWaiting { get; }

    public abstract CancellationToken CancellationToken { get; }

    /// <summary>The step's instant; the only clock an activity sees.</summary>
    public abstract DateTimeOffset Now { get; }

    public abstract TimeZoneInfo TimeZone { get; }

    /// <summary>The deal (or other entity) that the run is about.</summary>
    public abstract MailboxKey Subject { get; }

    public abstract IServiceProvider Services { get; }

    public T GetRequiredService<T>() where T : notnull =>
        (T)(Services.GetService(typeof(T)) ?? throw new InvalidOperationException($"{Activity.Type} needs the service {typeof(T).Name}, and none is registered."));

    public abstract T? Get<T>(Input<T>? input);

    public abstract void Set<T>(Output<T>? output, T? value);

    /// <summary>Evaluates an expression now; for inputs with <c>AutoEvaluate = false</c>.</summary>
    /// <param name="canContainSecrets">True keeps what it saw out of the journal.</param>
    /// <exception cref="ActivityFaultException">The expression failed.</exception>
    public abstract ValueTask<JToken> EvaluateAsync(Expression expression, bool canContainSecrets = false);

    /// <summary>Evaluates an input now, converted to its type.</summary>
    /// <exception cref="ActivityFaultException">The expression failed.</exception>
    public abstract ValueTask<T?> EvaluateAsync<T>(Input<T>? input);

    /// <summary>The scope that expressions of this activity see.</summary>
    public abstract IExpressionScope ExpressionScope { get; }

    public abstract JToken GetVariable(string name);

    public T? GetVariable<T>(string name) => GetVariable(name) is { Type: not JTokenType.Null } token ? token.ToObject<T>() : default;

    public abstract void SetVariable(string name, JToken value);

    /// <summary>A variable of this execution itself, seen by its children (ForEach's CurrentValue).</summary>
    public abstract void SetOwnVariable(string name, JToken value);

    /// <summary>Sets an output of the workflow itself.</summary>
    public abstract void SetWorkflowOutput(string name, JToken value);

    public abstract void SetResult(object? value);

    /// <summary>Runs a child (the value of a port, or an activity of a container) after this one returns.</summary>
    public abstract ValueTask ScheduleActivityAsync(IActivity? activity, ActivityCompletionCallback? callback = null);

    /// <summary>The same, with variables that are the child's own: each of several children of one port sees its own values.</summary>
    public abstract ValueTask ScheduleActivityAsync(IActivity? activity, ActivityCompletionCallback? callback, IReadOnlyDictionary<string, JToken> variables);

    /// <summary>The same with a callback in Elsa's form.</summary>
    public abstract ValueTask ScheduleActivityAsync(IActivity? activity, ActivityCompletedCallback callback);

    public abstract ValueTask CompleteActivityAsync(object? result = null);

    public abstract ValueTask CompleteActivityWithOutcomesAsync(params string[] outcomes);

    /// <summary>Outcomes it completed with; empty before.</summary>
    public abstract IReadOnlyList<string> Outcomes { get; }

    /// <summary>Waits for a stimulus. With <see cref="CreateBookmarkArgs.DueAt"/> a timer hits it.</summary>
    public abstract Bookmark CreateBookmark(CreateBookmarkArgs args);

    public Bookmark CreateBookmark(ExecuteActivityDelegate? callback = null) => CreateBookmark(new CreateBookmarkArgs { Callback = callback });

    public Bookmark CreateBookmark(object stimulus, ExecuteActivityDelegate? callback = null) => CreateBookmark(new CreateBookmarkArgs { Stimulus = stimulus, Callback = callback });

    public abstract void ClearBookmarks();

    /// <summary>Cancels this execution with its children, bookmarks and effects that are not sent yet.</summary>
    public abstract ValueTask CancelActivityAsync();

    /// <summary>True when this activity is the one whose trigger started the run.</summary>
    public abstract bool IsTriggerOfWorkflow();

    /// <summary>
    /// Reads something from outside, once: the answer is journaled with the step and replay sees the same. Equal keys within one event
    /// are read once.
    /// </summary>
    /// <param name="key">Names the read within the event, such as <c>crm/deal/42/notes</c>.</param>
    public abstract ValueTask<JToken> ReadAsync(string key, Func<CancellationToken, Task<JToken>> read);

    /// <summary>
    /// Plans an outside action; it is sent after the step's commit, and the callback takes the outcome in a later step. Several may be
    /// planned at once; those of one connection go in order.
    /// </summary>
    public abstract void PlanEffect(EffectRequest request, EffectCallback callback);

    /// <summary>Records a manager reservation in this step's commit.</summary>
    public abstract void RecordAssignment(Assignment assignment);

    /// <summary>Links two entities (parent and child deal, deal and booking) in this step's commit.</summary>
    public abstract void RecordLink(EntityLink link);

    /// <summary>Publishes an event to waiting runs and to triggers, in this step's commit.</summary>
    /// <param name="isLocal">True: only this run hears it.</param>
    public abstract void PublishEvent(string eventName, string? correlationId, JToken payload, bool isLocal = false);

    /// <summary>Adds a row to the run's journal.</summary>
    public abstract void AddExecutionLogEntry(string eventName, string? message = null, JToken? payload = null);

    private protected virtual ActivityStatus GetStatus() => IsCompleted ? ActivityStatus.Completed : ActivityStatus.Running;
}

/// <summary>What an activity sees of its run.</summary>
public sealed class RunInfo
{
    public required Guid Id { get; init; }
    public required string DefinitionId { get; init; }
    public required string DefinitionVersionId { get; init; }
    public required int DefinitionVersion { get; init; }

    /// <summary>The trigger that started it; null for workflows that belong to no funnel.</summary>
    public string? TriggerId { get; init; }

    /// <summary>Id of the activity whose trigger started the run; null when it was started as a whole.</summary>
    public string? TriggerActivityId { get; init; }
    public string? Name { get; set; }
    public string? CorrelationId { get; set; }
}

public sealed record CreateBookmarkArgs
{
    public string? BookmarkName { get; init; }

    /// <summary>What must come to hit it; hashed with the name. Null: only by id.</summary>
    public object? Stimulus { get; init; }
    public ExecuteActivityDelegate? Callback { get; init; }
    public bool AutoBurn { get; init; } = true;

    /// <summary>True (Elsa's default): only this very execution is meant. False: shared stimuli such as events.</summary>
    public bool IncludeActivityInstanceId { get; init; } = true;

    /// <summary>A timer hits it at this instant.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>What <see cref="DueAt"/> was computed by, so that it moves when the calendar changes; null when it does not.</summary>
    public DueBy? DueBy { get; init; }

    /// <summary>Another run hits it that this one started by a <c>workflow</c> effect: cancelling this run cancels that one, too.</summary>
    public bool WaitsForRun { get; init; }

    /// <summary>Kept with the bookmark and not hashed: for whoever hits it to read first. Null: nothing.</summary>
    public JObject? Metadata { get; init; }
}

/// <summary>A stored point where a run waits.</summary>
/// <param name="Hash">Upper-case hex SHA-256 of name, payload and execution id, as in Elsa.</param>
/// <param name="DueAt">As computed when it was made; the timer's row has the instant that holds now.</param>
public sealed record Bookmark(string Id, string Name, string Hash, JToken Payload, string ContextId, string? Callback, bool AutoBurn, DateTimeOffset? DueAt, DueBy? DueBy = null,
    [property: JsonProperty(DefaultValueHandling = DefaultValueHandling.Ignore)] bool WaitsForRun = false,
    [property: JsonProperty(NullValueHandling = NullValueHandling.Ignore)] JObject? Metadata = null);

/// <summary>Two entities that belong together, kept by us on both sides.</summary>
/// <param name="Relation">child, booking …</param>
public sealed record EntityLink(string Relation, MailboxKey From, MailboxKey To, JObject Data);

/// <summary>An activity cannot go on. Becomes an incident with this code and message.</summary>
public sealed class ActivityFaultException(string code, string message, Exception? inner = null) : Exception(message, inner)
{
    public string Code { get; } = code;
}
