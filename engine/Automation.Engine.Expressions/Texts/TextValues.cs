using System.Globalization;
using System.Text.Encodings.Web;
using Automation.Engine.Expressions.Formulas;
using Fluid;
using Fluid.Values;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Expressions.Texts;

/// <summary>JSON as Liquid sees it: fields by id or shown name, numbers exact, nothing of the CLR reachable.</summary>
internal static class TextValues
{
    public static FluidValue Of(JToken? token) => token switch
    {
        null => NilValue.Instance,
        JObject o => new DictionaryValue(new JsonFields(o)),
        JArray a => new ArrayValue([.. a.Select(Of)]),
        _ => FormulaValue.FromToken(token, TimeZoneInfo.Utc) switch
        {
            null => NilValue.Instance,
            bool b => BooleanValue.Create(b),
            decimal d => NumberValue.Create(d),
            var other => StringValue.Create(FormulaValue.TextOf(other)),
        },
    };

    private sealed class JsonFields(JObject fields) : IFluidIndexable
    {
        public int Count => fields.Count;

        public IEnumerable<string> Keys => fields.Properties().Select(p => p.Name);

        public bool TryGetValue(string name, out FluidValue value)
        {
            var found = ValuePath.Read(fields, name);
            value = Of(found);
            return found is not null;
        }
    }
}
