using Newtonsoft.Json.Linq;

namespace Automation.Engine.Workflows.Interpreter;

/// <summary>Elsa's type aliases of variables. Scalars are converted when set; the rest stays as given.</summary>
internal static class VariableTypes
{
    private static readonly Dictionary<string, Type> Scalars = new(StringComparer.OrdinalIgnoreCase)
    {
        ["String"] = typeof(string),
        ["Boolean"] = typeof(bool?),
        ["Int16"] = typeof(short?),
        ["Int32"] = typeof(int?),
        ["Int64"] = typeof(long?),
        ["Single"] = typeof(float?),
        ["Double"] = typeof(double?),
        ["Decimal"] = typeof(decimal?),
    };

    /// <summary>The .NET type of a scalar's alias; null for lists and for what is kept as it comes.</summary>
    public static Type? Scalar(string alias, bool isArray) => isArray ? null : Scalars.GetValueOrDefault(alias);

    /// <exception cref="FormatException">The value does not fit the type.</exception>
    public static JToken Convert(JToken value, Variable variable)
    {
        if (value.Type == JTokenType.Null) return value;
        var isText = variable.TypeName.Equals("String", StringComparison.OrdinalIgnoreCase);
        if (variable.IsArray || !Scalars.TryGetValue(variable.TypeName, out var type))
            return !isText && value is JValue { Value: string text } && text.TrimStart() is ['[' or '{', ..] && JsonText.TryParse(text, out var json) ? json : JsonText.Normalize(value);
        return JsonText.From(ValueConverter.Convert(value, type, TimeZoneInfo.Utc));
    }
}
