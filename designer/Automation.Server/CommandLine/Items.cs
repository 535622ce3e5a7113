using Newtonsoft.Json.Linq;

namespace Automation.Server.CommandLine;

internal static class Items
{
    /// <summary>The rows of a list answer: the array itself, or the array under <c>items</c>.</summary>
    public static IReadOnlyList<JObject> In(JToken answer) =>
        [.. ((answer as JArray) ?? (answer as JObject)?["items"] as JArray ?? []).OfType<JObject>()];

    /// <summary>A value for a cell: nothing for null, JSON for what is nested, control characters escaped.</summary>
    public static string Show(JToken? value) => value switch
    {
        null or JValue { Value: null } => "",
        JValue { Value: string text } => Clean(text),
        JValue { Value: bool yes } => yes ? "yes" : "no",
        JValue plain => plain.ToString(System.Globalization.CultureInfo.InvariantCulture),
        _ => Clean(value.ToString(Newtonsoft.Json.Formatting.None)),
    };

    // A terminal obeys control characters; a deal's name must not.
    private static string Clean(string text) => string.Concat(text.Select(c => char.IsControl(c) ? $"\\u{(int)c:x4}" : c.ToString()));
}
