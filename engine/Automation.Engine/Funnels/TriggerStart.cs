using System.ComponentModel;
using Automation.Engine.Workflows;

namespace Automation.Engine.Funnels;

/// <summary>
/// Stands in Studio at the beginning of a trigger's workflow and says in words what starts it. It is put in when Studio reads the workflow
/// and taken out of what Studio saves; one that is run all the same does nothing.
/// </summary>
[Activity("Crm", "CRM", "What starts this workflow. It is changed on the card of the board.", Type = "Trigger", DisplayName = "Funnel trigger", DisplayNameRu = "Триггер воронки",
    DescriptionRu = "Что запускает этот сценарий. Меняется в карточке на доске.", Kind = ActivityKind.Trigger), Browsable(false), Deterministic]
public sealed class TriggerStart : CodeActivity, IStartNode
{
    public const string TypeName = "Crm.Trigger";

    [Input(DisplayName = "When", DisplayNameRu = "Когда", IsReadOnly = true, Order = 0)]
    public Input<string>? When { get; set; }

    [Input(DisplayName = "Stages", DisplayNameRu = "Этапы", IsReadOnly = true, Order = 1)]
    public Input<string>? Stages { get; set; }

    [Input(DisplayName = "If", DisplayNameRu = "Если", IsReadOnly = true, Order = 2)]
    public Input<string>? Condition { get; set; }
}
