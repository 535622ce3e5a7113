using Automation.Activities.Crm.Common;
using Automation.Engine.Events;
using Automation.Engine.Mailboxes;
using Automation.Engine.Ports;
using Automation.Engine.Workflows;

namespace Automation.Activities.Crm.Writes;

[Activity("Crm", "CRM", "Moves the deal to a stage; does nothing when it is there.", DisplayName = "Change stage",
    DisplayNameRu = "Сменить этап", DescriptionRu = "Переводит сделку на этап; если она уже там, ничего не делает.")]
[FlowNode(DoneOutcome, FailedOutcome)]
[Deterministic]
public sealed class ChangeStage : CrmWriteActivity
{
    [Input(DisplayName = "Pipeline", Description = "Empty: the deal's own.",
        DisplayNameRu = "Воронка", DescriptionRu = "Пусто: воронка сделки.", Order = 1, UIHint = "crm-pipeline")]
    public Input<string>? PipelineId { get; set; }

    [Input(DisplayName = "Stage", Description = "Where the deal goes.", DisplayNameRu = "Этап", DescriptionRu = "Куда перевести сделку.", Order = 2, UIHint = "crm-stage", IsRequired = true)]
    public Input<string>? StageId { get; set; }

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (context.Get(StageId) is not { Length: > 0 } stage)
        {
            await context.EndAsync(FailedOutcome, "stage_empty");
            return;
        }
        var deal = await context.TargetAsync(await context.CrmAsync(context.Get(Connection)), EntityTypes.Deal);
        var here = Fields.Text(deal, EntityFields.PipelineId);
        var pipeline = context.Get(PipelineId) is { Length: > 0 } chosen ? chosen : here;
        if (pipeline == here && stage == Fields.Text(deal, EntityFields.StageId))
        {
            await UnchangedAsync(context);
            return;
        }
        var id = Fields.Text(deal, EntityFields.Id)!;
        await WriteAsync(context, new UpdateEntity(EntityTypes.Deal, id, PipelineId: pipeline, StageId: stage), context.In($"сделка {id} на другой этап", $"deal {id} to another stage"));
    }
}
