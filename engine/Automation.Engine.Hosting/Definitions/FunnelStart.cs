using Automation.Engine.Funnels;
using Automation.Engine.Funnels.Flows;
using Automation.Engine.Workflows;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Definitions;

/// <summary>
/// A funnel's trigger as the first activity of its workflow, for Studio alone: put in on the way out, taken out on the way back. What is
/// stored never has it, only the place where somebody has moved it.
/// </summary>
public static class FunnelStart
{
    /// <summary>Code of a workflow that has one although no card starts it.</summary>
    public const string Code = "trigger_of_funnel";

    private const string Message = "A step 'Funnel trigger' stands here, but no card starts this workflow. Remove the step; to start at an event of the CRM, make the workflow that of a card on the board.";
    private const string Place = "startPlace";

    public static bool Is(JObject activity) => (string?)activity["type"] == TriggerStart.TypeName;

    /// <summary>The workflow, beginning with its trigger. One that is neither a flowchart nor a sequence stays as it is.</summary>
    /// <param name="stored">It is not changed.</param>
    /// <param name="start">The activity without an id.</param>
    public static JObject Shown(JObject stored, JObject start)
    {
        var document = Bare((JObject)stored.DeepClone());
        if (document["root"] is not JObject root || root["activities"] is not JArray activities) return document;
        var shown = (JObject)start.DeepClone();
        shown["id"] = FreeId(document);
        if ((string?)root["type"] == "Elsa.Sequence") activities.Insert(0, shown);
        else if ((string?)root["type"] == FlowKinds.Flowchart) ChartTrigger.Put(root, activities, shown, stored[Place] as JObject);
        return document;
    }

    /// <summary>Takes every one of them out: a flowchart begins where the arrow of the one in it leads to. Changes the document that is given.</summary>
    public static JObject Taken(JObject document)
    {
        if (document["root"] is not JObject root) return document;
        if (Is(root)) document["root"] = new JObject { ["id"] = root["id"], ["type"] = FlowKinds.Flowchart, ["version"] = 1, ["activities"] = new JArray(), ["connections"] = new JArray() };
        var place = (root["activities"] as JArray)?.OfType<JObject>().Where(Is).Select(ChartTrigger.PositionOf).FirstOrDefault();
        foreach (var holder in DefinitionDocument.Activities(document).ToList())
        {
            var starts = DefinitionDocument.Children(holder).Where(Is).ToList();
            if (starts.Count > 0 && (string?)holder["type"] == FlowKinds.Flowchart) ChartTrigger.TakeOut(holder, starts);
            else starts.ForEach(Remove);
        }

        if (place is not null) document[Place] = place.DeepClone();
        return document;
    }

    /// <summary>The workflow alone. Changes the document that is given.</summary>
    public static JObject Bare(JObject document)
    {
        document.Remove(Place);
        return document;
    }

    /// <summary>The workflow with the place that the other one remembers. Changes the document that is given.</summary>
    public static JObject PlacedAs(JObject document, JObject other)
    {
        if (other[Place] is JObject place) document[Place] = place.DeepClone();
        return document;
    }

    /// <exception cref="DefinitionInvalidException">The workflow has one.</exception>
    public static void Refuse(JObject document)
    {
        var problems = DefinitionDocument.Activities(document).Where(Is).Select(activity => new DefinitionProblem(activity.Path, Code, Message)).ToList();
        if (problems.Count > 0) throw new DefinitionInvalidException(problems);
    }

    /// <summary>From a list, or out of a port.</summary>
    internal static void Remove(JObject start)
    {
        if (start.Parent is JProperty port) port.Remove();
        else if (start.Parent is not null) start.Remove();
    }

    private static string FreeId(JObject document)
    {
        var taken = DefinitionDocument.Activities(document).Select(activity => (string?)activity["id"]).ToHashSet(StringComparer.Ordinal);
        return Enumerable.Range(0, taken.Count + 1).Select(number => number == 0 ? "trigger" : $"trigger{number}").First(id => !taken.Contains(id));
    }
}
