using System.ComponentModel;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Workflows;

/// <summary>A step of a workflow. Mirrors Elsa 3: an activity written for Elsa needs new <c>using</c> lines only.</summary>
/// <remarks>One object serves every run of a definition version: keep no state in it, use the context's properties.</remarks>
public interface IActivity
{
    string Id { get; set; }
    string NodeId { get; set; }
    string? Name { get; set; }
    string Type { get; set; }
    int Version { get; set; }
    IDictionary<string, JToken> CustomProperties { get; }
    IDictionary<string, JToken> Metadata { get; }

    ValueTask<bool> CanExecuteAsync(ActivityExecutionContext context);

    ValueTask ExecuteAsync(ActivityExecutionContext context);
}

/// <summary>Base of activities. It completes itself through the context.</summary>
public abstract class Activity : IActivity
{
    [Browsable(false)] public string Id { get; set; } = "";
    [Browsable(false)] public string NodeId { get; set; } = "";
    [Browsable(false)] public string? Name { get; set; }
    [Browsable(false)] public string Type { get; set; } = "";
    [Browsable(false)] public int Version { get; set; } = 1;
    [Browsable(false)] public IDictionary<string, JToken> CustomProperties { get; } = new Dictionary<string, JToken>(StringComparer.Ordinal);
    [Browsable(false)] public IDictionary<string, JToken> Metadata { get; } = new Dictionary<string, JToken>(StringComparer.Ordinal);

    protected virtual ValueTask<bool> CanExecuteAsync(ActivityExecutionContext context) => ValueTask.FromResult(true);

    protected virtual ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        Execute(context);
        return ValueTask.CompletedTask;
    }

    protected virtual void Execute(ActivityExecutionContext context) { }

    ValueTask<bool> IActivity.CanExecuteAsync(ActivityExecutionContext context) => CanExecuteAsync(context);

    ValueTask IActivity.ExecuteAsync(ActivityExecutionContext context) => InvokeAsync(context);

    private protected virtual ValueTask InvokeAsync(ActivityExecutionContext context) => ExecuteAsync(context);
}

/// <summary>An activity with a result.</summary>
public abstract class Activity<T> : Activity
{
    [Output(DisplayNameRu = "Результат")] public Output<T>? Result { get; set; }
}

/// <summary>Completes by itself after <c>Execute</c>, unless it waits (bookmark, effect, child) or completed itself.</summary>
public abstract class CodeActivity : Activity
{
    private protected override async ValueTask InvokeAsync(ActivityExecutionContext context)
    {
        await ExecuteAsync(context);
        if (!context.IsCompleted && !context.IsWaiting) await context.CompleteActivityAsync();
    }
}

/// <inheritdoc cref="CodeActivity"/>
public abstract class CodeActivity<T> : CodeActivity
{
    [Output(DisplayNameRu = "Результат")] public Output<T>? Result { get; set; }
}

/// <summary>An activity that may start a workflow.</summary>
public abstract class Trigger : Activity, ITrigger
{
    IEnumerable<object> ITrigger.GetTriggerPayloads(TriggerIndexingContext context) => GetTriggerPayloads(context);

    /// <inheritdoc cref="ITrigger.GetTriggerPayloads"/>
    protected virtual IEnumerable<object> GetTriggerPayloads(TriggerIndexingContext context) => [GetTriggerPayload(context)];

    /// <summary>The only one of <see cref="GetTriggerPayloads"/>.</summary>
    protected virtual object GetTriggerPayload(TriggerIndexingContext context) => new();
}

/// <inheritdoc cref="Trigger"/>
public abstract class Trigger<T> : Activity<T>, ITrigger
{
    IEnumerable<object> ITrigger.GetTriggerPayloads(TriggerIndexingContext context) => GetTriggerPayloads(context);

    /// <inheritdoc cref="ITrigger.GetTriggerPayloads"/>
    protected virtual IEnumerable<object> GetTriggerPayloads(TriggerIndexingContext context) => [GetTriggerPayload(context)];

    /// <summary>The only one of <see cref="GetTriggerPayloads"/>.</summary>
    protected virtual object GetTriggerPayload(TriggerIndexingContext context) => new();
}

public interface ITrigger : IActivity
{
    /// <summary>What has to come to start the workflow; asked when it is published. A stimulus of the activity's type with an equal payload starts a run.</summary>
    /// <exception cref="ActivityFaultException">It cannot start anything as it is set up; the workflow is not published.</exception>
    IEnumerable<object> GetTriggerPayloads(TriggerIndexingContext context);
}

/// <summary>What a trigger sees before there is a run: its inputs, as far as they are plain values.</summary>
public abstract class TriggerIndexingContext
{
    public abstract IActivity Activity { get; }

    /// <summary>Name of the stimulus that the payloads belong to. Default: the activity's type.</summary>
    public string TriggerName { get; set; } = "";

    /// <summary>The instant of publishing.</summary>
    public abstract DateTimeOffset Now { get; }

    public abstract TimeZoneInfo TimeZone { get; }

    /// <exception cref="ActivityFaultException">An expression gives the value: it cannot be known before a run.</exception>
    public abstract T? Get<T>(Input<T>? input);
}

/// <summary>Has no way in.</summary>
public interface IStartNode : IActivity;

/// <summary>Has no way out; ends its container.</summary>
public interface ITerminalNode : IActivity;

/// <summary>Acts outside, and may be told by its step how to try again what failed: <c>customProperties.resilienceStrategy</c>.</summary>
public interface IResilientActivity : IActivity;

/// <summary>An activity that owns variables.</summary>
public interface IVariableContainer : IActivity
{
    ICollection<Variable> Variables { get; set; }
}
