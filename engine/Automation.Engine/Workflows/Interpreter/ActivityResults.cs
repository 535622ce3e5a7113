using Newtonsoft.Json.Linq;

namespace Automation.Engine.Workflows.Interpreter;

/// <summary>What activities have given so far, for <c>getOutputFrom</c> and <c>getLastResult</c>. Kept only where a definition asks for it.</summary>
internal sealed class ActivityResults(bool isKept)
{
    private const string LastMember = "$last";
    private JObject values = [];

    /// <summary>The newest value of an output called Result; JSON null before.</summary>
    public JToken Last => values[LastMember] ?? JValue.CreateNull();

    public void Keep(Execution execution, string output, JToken value)
    {
        if (!isKept) return;
        if (output == "Result") values[LastMember] = value.DeepClone();
        if (values[execution.Activity.Id] is not JObject given) values[execution.Activity.Id] = given = [];
        given[output] = value.DeepClone();
    }

    /// <summary>Outputs under the id of their activity, and under its name where it has one.</summary>
    public JObject ByName(Plan plan)
    {
        var named = (JObject)values.DeepClone();
        named.Remove(LastMember);
        foreach (var node in plan.Nodes)
            if (node.Activity.Name is { Length: > 0 } name && values[node.Activity.Id] is { } given && named[name] is null) named[name] = given.DeepClone();
        return named;
    }

    /// <returns>Null when there is nothing to keep.</returns>
    public JObject? Write() => values.Count > 0 ? (JObject)values.DeepClone() : null;

    public void Read(JObject? kept) => values = (JObject?)kept?.DeepClone() ?? [];
}
