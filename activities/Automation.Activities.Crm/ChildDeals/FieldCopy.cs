using Automation.Activities.Crm.Common;
using Automation.Engine.Events;
using Newtonsoft.Json.Linq;

namespace Automation.Activities.Crm.ChildDeals;

/// <summary>Which custom fields of the parent go to the child.</summary>
internal static class FieldCopy
{
    public const string All = "all";
    public const string None = "none";
    public const string Chosen = "list";

    /// <param name="list">Names or ids; <c>source = target</c> writes into another field.</param>
    public static IReadOnlyDictionary<string, JToken>? From(JObject deal, string mode, IEnumerable<string> list)
    {
        var fields = mode switch
        {
            None => [],
            Chosen => Listed(deal, list),
            _ => Every(deal),
        };
        return fields.Count == 0 ? null : fields;
    }

    private static Dictionary<string, JToken> Every(JObject deal) =>
        (deal[EntityFields.CustomFields] as JObject ?? []).Properties()
            .Select(property => (property.Name, Value: property.Value is JObject cell ? cell["value"] : property.Value))
            .Where(item => item.Value is { Type: not JTokenType.Null })
            .ToDictionary(item => item.Name, item => item.Value!.DeepClone());

    private static Dictionary<string, JToken> Listed(JObject deal, IEnumerable<string> list)
    {
        var fields = new Dictionary<string, JToken>();
        foreach (var entry in list.Where(entry => !string.IsNullOrWhiteSpace(entry)))
        {
            var parts = entry.Split('=', 2, StringSplitOptions.TrimEntries);
            var value = Fields.Value(deal, parts[0]);
            if (value.Type != JTokenType.Null) fields[parts[^1]] = value.DeepClone();
        }
        return fields;
    }
}
