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
    [Output] public Output<T>? Result { get; set; }
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
    [Output] public Output<T>? Result { get; set; }
}

/// <summary>An activity that may start a workflow.</summary>
public abstract class Trigger : Activity, ITrigger;

/// <inheritdoc cref="Trigger"/>
public abstract class Trigger<T> : Activity<T>, ITrigger;

public interface ITrigger : IActivity;

/// <summary>Has no way in.</summary>
public interface IStartNode : IActivity;

/// <summary>Has no way out; ends its container.</summary>
public interface ITerminalNode : IActivity;

/// <summary>An activity that owns variables.</summary>
public interface IVariableContainer : IActivity
{
    ICollection<Variable> Variables { get; set; }
}
