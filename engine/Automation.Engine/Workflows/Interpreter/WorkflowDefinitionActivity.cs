using System.ComponentModel;

namespace Automation.Engine.Workflows.Interpreter;

/// <summary>A workflow used as an activity of another one: its activities run within the same run, with inputs and outputs of their own.</summary>
[Activity("Elsa", "Workflows", DisplayNameRu = "Сценарий как шаг", CategoryRu = "Сценарии"), Browsable(false), Deterministic]
public sealed class WorkflowDefinitionActivity : Composite
{
    public string WorkflowDefinitionId { get; set; } = "";
    public string WorkflowDefinitionVersionId { get; set; } = "";
}
