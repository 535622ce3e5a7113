using Automation.Activities.Crm.Common;
using Automation.Engine.Effects;
using Automation.Engine.Ports;
using Automation.Engine.Workflows;

namespace Automation.Activities.Crm.Writes;

/// <summary>Base of activities that make one write to the CRM and end with Done or Failed.</summary>
public abstract class CrmWriteActivity : Activity, IResilientActivity
{
    public const string DoneOutcome = "Done";
    public const string FailedOutcome = "Failed";

    [Input(DisplayName = "Connection", Description = "Name of the CRM's connection. Empty: the CRM of the deal.",
        DisplayNameRu = "Подключение", DescriptionRu = "Название подключения CRM. Пусто: CRM, в которой сделка.", Order = 90, UIHint = "connection")]
    public Input<string>? Connection { get; set; }

    protected async ValueTask WriteAsync(ActivityExecutionContext context, CrmCommand command, string summary) =>
        context.PlanCrm(await context.CrmAsync(context.Get(Connection)), command, summary, OnWrittenAsync);

    /// <summary>Ends without a write: the value is there already.</summary>
    protected static ValueTask UnchangedAsync(ActivityExecutionContext context)
    {
        context.JournalData["unchanged"] = true;
        return context.EndAsync(DoneOutcome);
    }

    protected ValueTask OnWrittenAsync(ActivityExecutionContext context, EffectOutcome outcome) =>
        outcome.Done ? context.EndAsync(DoneOutcome) : context.EndAsync(FailedOutcome, outcome.Code);
}
