using System.Globalization;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Hosting.Definitions;

/// <summary>What everything that reads a stored definition relies on: texts and numbers where they belong.</summary>
internal static class DefinitionShape
{
    private static readonly string[] Own = ["name", "toolVersion"];
    private static readonly string[] Texts = ["id", "name", "type"];

    /// <exception cref="DefinitionRefusedException">Something else stands there.</exception>
    public static void Check(JObject document)
    {
        if (Array.Find(Own, member => document[member] is not (null or JValue)) is { } own) throw Refused(own);
        foreach (var activity in DefinitionDocument.Activities(document))
        {
            if (Array.Find(Texts, member => activity[member] is not (null or JValue)) is { } text) throw Refused($"{activity.Path}.{text}");
            if (activity["version"] is { } version && !IsNumber(version)) throw Refused($"{activity.Path}.version");
        }
    }

    public static DefinitionRefusedException Refused(string? path) =>
        new("definition_invalid", path is null ? "This is no workflow definition: a text is expected where something else stands." : $"{path}: a plain value is expected here.");

    private static bool IsNumber(JToken version) => version.Type is JTokenType.Null || (version is JValue value && int.TryParse(value.ToString(CultureInfo.InvariantCulture), NumberStyles.Integer, CultureInfo.InvariantCulture, out _));
}
