using Newtonsoft.Json.Linq;

namespace Automation.Engine.Workflows;

/// <summary>
/// Inputs that a person set by hand while redriving a run: <c>{"node id":{"revision":1,"inputs":{"text":"…"}}}</c>. Kept in the run's
/// state, so that they hold for its later steps too. Only an edit raises the revision in the keys of an activity's effects.
/// </summary>
public static class RunEdits
{
    /// <summary>Where a run's state document keeps them.</summary>
    public const string Member = "edits";

    /// <summary>The edits of a run as they stand.</summary>
    public static JObject? Of(RunState state) => state.Body[Member] as JObject;

    /// <summary>How often a person has edited the activity; 0 for never.</summary>
    public static int Revision(JObject? edits, string nodeId) => (int?)edits?[nodeId]?["revision"] ?? 0;

    /// <summary>What a person set the input to; null where nobody did.</summary>
    public static JToken? Input(JObject? edits, string nodeId, string name) => edits?[nodeId]?["inputs"]?[name];

    /// <summary>The edits with one more: earlier values of the same activity that are not named stay.</summary>
    public static JObject With(JObject? edits, string nodeId, JObject inputs)
    {
        var next = (JObject?)edits?.DeepClone() ?? [];
        var merged = (JObject?)next[nodeId]?["inputs"] ?? [];
        foreach (var (name, value) in inputs) merged[name] = value?.DeepClone();
        next[nodeId] = new JObject { ["revision"] = Revision(edits, nodeId) + 1, ["inputs"] = merged };
        return next;
    }
}
