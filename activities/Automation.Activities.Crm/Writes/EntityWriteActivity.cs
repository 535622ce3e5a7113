using Automation.Activities.Crm.Common;
using Automation.Engine.Events;
using Automation.Engine.Mailboxes;
using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.Activities.Crm.Writes;

/// <summary>A write to the deal, or to its contact or company.</summary>
public abstract class EntityWriteActivity : CrmWriteActivity
{
    [Input(DisplayName = "On", Description = "deal (default), contact or company.", DisplayNameRu = "На чём", DescriptionRu = "deal — сделка (по умолчанию), contact — контакт, company — компания.",
        Order = 80, UIHint = "dropdown", Options = new[] { EntityTypes.Deal, EntityTypes.Contact, EntityTypes.Company }, DefaultValue = EntityTypes.Deal)]
    public Input<string>? On { get; set; }

    /// <exception cref="ActivityFaultException">The run has no such entity.</exception>
    protected async ValueTask<(string Type, string Id, JObject Entity)> TargetAsync(ActivityExecutionContext context)
    {
        var type = context.Get(On) is { Length: > 0 } chosen ? chosen : EntityTypes.Deal;
        var entity = await context.TargetAsync(await context.CrmAsync(context.Get(Connection)), type);
        return (type, Fields.Text(entity, EntityFields.Id) ?? context.Subject.EntityId, entity);
    }
}
