using Automation.Engine.Accounts;
using Automation.Engine.Effects;
using Automation.Engine.Mailboxes;
using Automation.Engine.Ports;
using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.Activities.Crm.Common;

internal static class Effecting
{
    private const string Open = "open";

    /// <summary>Plans a write to the CRM. What is made new is looked up before it is repeated; what is set to a value is simply set again.</summary>
    public static void PlanCrm(this ActivityExecutionContext context, ConnectionId crm, CrmCommand command, string summary, EffectCallback callback)
    {
        var policy = command is UpdateEntity or UpdateTasks or AttachFiles ? EffectPolicy.Retry : EffectPolicy.Verify;
        context.PlanEffect(new("crm", crm, command.ToJson(), policy, summary), callback);
    }

    /// <summary>Counts effects that run side by side; see <see cref="Answered"/>.</summary>
    public static void PlanPart(this ActivityExecutionContext context, ConnectionId crm, CrmCommand command, string summary, EffectCallback callback)
    {
        context.Properties[Open] = OpenParts(context) + 1;
        context.PlanCrm(crm, command, summary, callback);
    }

    public static int OpenParts(this ActivityExecutionContext context) => context.Properties.TryGetValue(Open, out var count) ? (int)count : 0;

    /// <summary>Takes one answer; a failure is noted in the journal under <c>failedParts</c>.</summary>
    /// <returns>True when it was the last one.</returns>
    public static bool Answered(this ActivityExecutionContext context, EffectOutcome outcome, string part)
    {
        if (!outcome.Done) context.NoteFailure(outcome, part);
        var left = OpenParts(context) - 1;
        context.Properties[Open] = left;
        return left <= 0;
    }

    public static void NoteFailure(this ActivityExecutionContext context, EffectOutcome outcome, string part)
    {
        if (!context.Properties.TryGetValue("failedParts", out var token) || token is not JArray failed) failed = [];
        failed.Add(new JObject { ["part"] = part, ["code"] = outcome.Code });
        context.Properties["failedParts"] = failed;
        context.JournalData["failedParts"] = failed.DeepClone();
    }

    /// <summary>Ends with an outcome and the reason in the journal.</summary>
    public static ValueTask EndAsync(this ActivityExecutionContext context, string outcome, string? reason = null)
    {
        if (reason is not null) context.JournalData["reason"] = reason;
        return context.CompleteActivityWithOutcomesAsync(outcome);
    }

    public static bool Russian(this ActivityExecutionContext context) => context.ExpressionScope.Language == "ru";

    public static string In(this ActivityExecutionContext context, string russian, string english) => context.Russian() ? russian : english;

    /// <summary>Something of the CRM by the word people use for it, and its number.</summary>
    public static string Named(this ActivityExecutionContext context, string type, string id) => (type switch
    {
        EntityTypes.Deal => context.In("сделка", "deal"),
        EntityTypes.Contact => context.In("контакт", "contact"),
        EntityTypes.Company => context.In("компания", "company"),
        EntityTypes.Booking => context.In("запись", "booking"),
        _ => type,
    }) + " " + id;
}
