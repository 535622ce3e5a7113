using Automation.Engine.Api.Activities;
using Automation.Engine.Funnels;
using Newtonsoft.Json.Linq;

namespace Automation.Designer.Board;

/// <summary>A new card: at its stage, in its lane, doing one thing.</summary>
public static class NewTrigger
{
    public static FunnelTrigger Of(FunnelDocument document, ActivityView activity, int stage, Band band)
    {
        var id = BoardMoves.FreeId(Short(activity.Type), document.Triggers.Select(trigger => trigger.Id).ToHashSet(StringComparer.Ordinal));
        return new()
        {
            Id = id,
            Name = activity.Name,
            Order = BoardMoves.OrderBefore([.. BoardLayout.Ordered(document)], null) ?? 10,
            When = new() { Event = EventOf(band), Stages = stage < document.Stages.Count ? [document.Stages[stage].Ref] : [] },
            Then = Workflow(activity),
        };
    }

    /// <summary>A flowchart of one step: what list and diagram both edit.</summary>
    public static JObject Workflow(ActivityView activity) => new()
    {
        ["name"] = activity.Name,
        ["variables"] = new JArray(),
        ["inputs"] = new JArray(),
        ["outputs"] = new JArray(),
        ["outcomes"] = new JArray(),
        ["customProperties"] = new JObject(),
        ["options"] = new JObject(),
        ["root"] = new JObject
        {
            ["id"] = "flow",
            ["type"] = "Elsa.Flowchart",
            ["version"] = 1,
            ["activities"] = new JArray(new JObject
            {
                ["id"] = "step1",
                ["type"] = activity.Type,
                ["version"] = activity.Version,
                ["metadata"] = new JObject { ["designer"] = new JObject { ["position"] = new JObject { ["x"] = 80, ["y"] = 80 } } },
            }),
            ["connections"] = new JArray(),
        },
    };

    private static string EventOf(Band band) => band switch { Band.Entering => TriggerEvents.CreatedOrEntered, Band.Leaving => TriggerEvents.LeftStage, _ => TriggerEvents.FieldChanged };

    // Crm.SendSms → send-sms: readable in files and commands.
    private static string Short(string type)
    {
        var name = type[(type.LastIndexOf('.') + 1)..];
        return string.Concat(name.Select((letter, at) => char.IsAsciiLetterUpper(letter) ? (at == 0 ? "" : "-") + char.ToLowerInvariant(letter) : char.IsAsciiLetterOrDigit(letter) ? letter.ToString() : "-"));
    }
}
