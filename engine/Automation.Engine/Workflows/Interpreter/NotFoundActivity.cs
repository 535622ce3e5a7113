using System.ComponentModel;

namespace Automation.Engine.Workflows.Interpreter;

/// <summary>Stands for an activity type that this server does not have. The definition opens and runs; only reaching it is an incident.</summary>
[Activity("Elsa", "System", DisplayNameRu = "Неизвестный шаг", CategoryRu = "Служебное"), Browsable(false), Deterministic]
public sealed class NotFoundActivity : Activity
{
    public string MissingTypeName { get; set; } = "";
    public int MissingTypeVersion { get; set; } = 1;
    public string? OriginalActivityJson { get; set; }

    protected override void Execute(ActivityExecutionContext context) => throw new ActivityFaultException(
        "activity_unknown", $"This server has no activity {MissingTypeName} version {MissingTypeVersion}. Install the package that brings it, or replace the activity.");
}
