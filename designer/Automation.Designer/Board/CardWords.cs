using Automation.Engine.Api.Funnels;
using Automation.Engine.Funnels;
using Automation.Engine.Ports;
using Newtonsoft.Json.Linq;

namespace Automation.Designer.Board;

/// <summary>A card in one line, and the picture of what it does.</summary>
public sealed class CardWords(TriggerWords words)
{
    private static readonly Dictionary<string, string> Icons = new(StringComparer.Ordinal)
    {
        ["Crm.SendSms"] = "sms",
        ["Crm.SetPriority"] = "flag",
        ["Crm.CreateChildDeal"] = "content-copy",
        ["Crm.AssignManager"] = "group-add",
        ["Crm.SyncBooking"] = "event",
        ["Crm.CreateTask"] = "task-alt",
        ["Crm.CompleteTasks"] = "done-all",
        ["Crm.AddNote"] = "note-add",
        ["Crm.ChangeStage"] = "arrow-forward",
        ["Crm.ChangeField"] = "edit",
        ["Crm.ChangeResponsible"] = "person",
        ["Crm.AddTag"] = "label",
        ["Crm.RemoveTag"] = "label",
        ["Crm.SendEmail"] = "mail",
        ["Crm.SendWebhook"] = "webhook",
        ["Elsa.FlowSendHttpRequest"] = "http",
        ["Elsa.SendHttpRequest"] = "http",
        ["Elsa.Delay"] = "hourglass-empty",
        ["Automation.Wait"] = "hourglass-empty",
        ["Automation.WaitForEvent"] = "hourglass-empty",
        ["Elsa.Event"] = "hourglass-empty",
        ["Elsa.StartAt"] = "schedule",
        ["Elsa.PublishEvent"] = "notifications-active",
        ["Elsa.FlowDecision"] = "call-split",
        ["Elsa.FlowFork"] = "account-tree",
        ["Elsa.RunJavaScript"] = "code",
    };

    public string Sentence(FunnelTrigger trigger, FunnelDocument document, CrmDirectory? directory, bool english)
    {
        var view = words.View(document.Slug, trigger, document, directory, trigger.Then, english);
        return $"{TriggerWords.Occasion(view, english)} → {(view.Then.Count == 0 ? "…" : string.Join(" → ", view.Then))}";
    }

    /// <summary>Of the first step that does something.</summary>
    public static string Icon(FunnelTrigger trigger) => FirstStep(trigger.Then) is { } type ? IconOf(type) : "bolt";

    public static string IconOf(string type) => Icons.GetValueOrDefault(type, "bolt");

    private static string? FirstStep(JObject? then) => (then ?? []).Descendants().OfType<JProperty>()
        .Where(property => property.Name == "type" && property.Parent is JObject node && node["id"] is not null && property.Value is JValue { Value: string })
        .Select(property => (string)property.Value!).FirstOrDefault(type => !type.StartsWith("Elsa.Flowchart", StringComparison.Ordinal) && !type.StartsWith("Elsa.Sequence", StringComparison.Ordinal));
}
