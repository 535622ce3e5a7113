using System.ComponentModel;

namespace Automation.Engine.Workflows;

/// <summary>Base of activities that hold a list of others and decide which of them run.</summary>
/// <remarks>Deterministic, as every class of it: it arranges and does no I/O of its own.</remarks>
[Deterministic]
public abstract class Container : Activity, IVariableContainer
{
    public ICollection<IActivity> Activities { get; set; } = [];

    public ICollection<Variable> Variables { get; set; } = [];

    protected override ValueTask ExecuteAsync(ActivityExecutionContext context) => ScheduleChildrenAsync(context);

    /// <summary>Schedules the first of its activities, or all; completes when there is nothing to do.</summary>
    protected abstract ValueTask ScheduleChildrenAsync(ActivityExecutionContext context);
}

/// <summary>Base of activities that are made of others: the constructor sets <see cref="Root"/>, and a definition shows one activity.</summary>
/// <remarks>
/// Deterministic, as every class of it. The tree is read once for each definition version and all runs share it: bring values in through
/// variables, not by changing it. Elsa's <c>Complete</c> within it ends it with outcomes of its own.
/// </remarks>
[Deterministic]
public abstract class Composite : Activity, IVariableContainer
{
    [Port(DisplayNameRu = "Начало"), Browsable(false)] public IActivity? Root { get; set; }

    public ICollection<Variable> Variables { get; set; } = [];

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        await ConfigureActivitiesAsync(context);
        if (Root is null) await context.CompleteActivityAsync();
        else await context.ScheduleActivityAsync(Root, OnRootCompletedAsync);
    }

    /// <summary>Runs before its activities do: the place to set variables from inputs.</summary>
    protected virtual ValueTask ConfigureActivitiesAsync(ActivityExecutionContext context)
    {
        ConfigureActivities(context);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc cref="ConfigureActivitiesAsync"/>
    protected virtual void ConfigureActivities(ActivityExecutionContext context) { }

    /// <summary>Runs when its activities are done: the place to set outputs. It completes afterwards unless it did so here or waits.</summary>
    protected virtual ValueTask OnCompletedAsync(ActivityCompletedContext context)
    {
        OnCompleted(context);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc cref="OnCompletedAsync"/>
    protected virtual void OnCompleted(ActivityCompletedContext context) { }

    private async ValueTask OnRootCompletedAsync(ActivityExecutionContext owner, ActivityExecutionContext child)
    {
        await OnCompletedAsync(new(owner, child));
        if (!owner.IsCompleted && !owner.IsWaiting) await owner.CompleteActivityAsync();
    }
}

/// <inheritdoc cref="Composite"/>
public abstract class Composite<T> : Composite
{
    [Output] public Output<T>? Result { get; set; }
}
