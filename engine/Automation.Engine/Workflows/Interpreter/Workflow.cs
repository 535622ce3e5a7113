using System.ComponentModel;

namespace Automation.Engine.Workflows.Interpreter;

/// <summary>The workflow itself: the first node of every run. It owns the workflow's variables.</summary>
[Activity("Elsa", "Workflows", DisplayNameRu = "Сценарий", CategoryRu = "Сценарии"), Browsable(false), Deterministic]
public sealed class Workflow : Activity, IVariableContainer
{
    [Port(DisplayNameRu = "Начало")] public IActivity? Root { get; set; }

    public ICollection<Variable> Variables { get; set; } = [];

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (Root is null) await context.CompleteActivityAsync();
        else await context.ScheduleActivityAsync(Root, OnRootCompletedAsync);
    }

    private ValueTask OnRootCompletedAsync(ActivityExecutionContext owner, ActivityExecutionContext child) => owner.CompleteActivityAsync();
}
