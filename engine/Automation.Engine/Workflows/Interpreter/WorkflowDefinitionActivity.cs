using System.ComponentModel;

namespace Automation.Engine.Workflows.Interpreter;

/// <summary>A workflow used as an activity of another one: its activities run within the same run, with inputs and outputs of their own.</summary>
[Activity("Elsa", "Workflows"), Browsable(false), Deterministic]
public sealed class WorkflowDefinitionActivity : Activity, IVariableContainer
{
    public string WorkflowDefinitionId { get; set; } = "";
    public string WorkflowDefinitionVersionId { get; set; } = "";

    [Port, Browsable(false)] public IActivity? Root { get; set; }

    public ICollection<Variable> Variables { get; set; } = [];

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (Root is null) await context.CompleteActivityAsync();
        else await context.ScheduleActivityAsync(Root, OnRootCompletedAsync);
    }

    private ValueTask OnRootCompletedAsync(ActivityExecutionContext owner, ActivityExecutionContext child) => owner.CompleteActivityAsync();
}
