using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Funnels.Flows;

/// <summary>Names of the branches of a parallel step, which are its exits.</summary>
public static class FlowBranches
{
    private const string Input = "branches";

    /// <summary>None where they are computed.</summary>
    public static IReadOnlyList<string> Read(JObject fork)
    {
        var value = fork[Input] is JObject wrapper ? wrapper["expression"]?["value"] ?? wrapper["value"] : fork[Input];
        if (value is JValue { Value: string text }) value = Parse(text);
        return value is JArray names ? [.. names.Where(name => name.Type == JTokenType.String).Select(name => (string)name!)] : [];
    }

    /// <summary>The same activity with other branches.</summary>
    public static JObject With(JObject fork, IReadOnlyList<string> names)
    {
        var changed = (JObject)fork.DeepClone();
        changed[Input] = new JObject
        {
            ["typeName"] = (string?)fork[Input]?.SelectToken("typeName") ?? "Object",
            ["expression"] = new JObject { ["type"] = "Object", ["value"] = new JArray(names).ToString(Formatting.None) },
        };
        return changed;
    }

    private static JToken? Parse(string text)
    {
        try
        {
            return JToken.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
