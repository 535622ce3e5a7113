using Automation.Engine.Expressions.Formulas;
using DotLiquid;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Expressions.Texts;

/// <summary>JSON as Liquid sees it: fields by id or shown name, numbers exact, nothing of the CLR reachable.</summary>
internal static class TextValues
{
    public static object? Of(JToken? token) => token switch
    {
        null => null,
        JObject o => new JsonFields(o),
        JArray a => a.Select(Of).ToList(),
        _ => FormulaValue.FromToken(token, TimeZoneInfo.Utc) is var value && value is DateTimeOffset date ? IsoDate.Format(date) : value,
    };

    private sealed class JsonFields(JObject fields) : ILiquidizable, IIndexable
    {
        public object? this[object key] => Of(ValuePath.Read(fields, key.ToString() ?? ""));

        public bool ContainsKey(object key) => ValuePath.Read(fields, key.ToString() ?? "") is not null;

        public object ToLiquid() => this;

        public override string ToString() => fields.ToString(Newtonsoft.Json.Formatting.None);
    }
}
