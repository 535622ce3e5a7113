using System.Globalization;
using Automation.Engine.Api.Activities;
using Automation.Engine.Expressions;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Designer.Flow;

/// <summary>An input as it stands in a step: how its value is given, and the value.</summary>
/// <param name="Value">Null for none: the activity's own default holds.</param>
public sealed record InputValue(string Syntax, JToken? Value)
{
    public bool IsEmpty => Value is null or { Type: JTokenType.Null } or JValue { Value: "" };

    public string Text => Value switch
    {
        null or JValue { Value: null } => "",
        JValue { Value: bool flag } => flag ? "true" : "false",
        JValue value => Convert.ToString(value.Value, CultureInfo.InvariantCulture) ?? "",
        _ => Value.ToString(Formatting.None),
    };

    /// <summary>The items of a list, one alone for a plain value.</summary>
    public IReadOnlyList<string> Items
    {
        get
        {
            if (IsEmpty) return [];
            var list = Value is JValue { Value: string text } && text.TrimStart().StartsWith('[') ? Parse(text) ?? Value : Value;
            return list is JArray items ? [.. items.Select(item => item.ToString())] : [Text];
        }
    }

    /// <param name="json">The step's property; null when it has none.</param>
    public static InputValue Read(ActivityInputView input, JToken? json)
    {
        if (!input.Wrapped || json is not JObject wrapper) return new(json is JObject or JArray ? ExpressionTypes.Object : input.Wrapped ? json is null ? input.DefaultSyntax : ExpressionTypes.Literal : ExpressionTypes.Literal, json);
        var expression = wrapper["expression"] as JObject ?? (wrapper["type"] is JValue { Value: string } ? wrapper : null);
        return expression is null ? new(input.DefaultSyntax, null) : new((string?)expression["type"] ?? ExpressionTypes.Literal, expression["value"]);
    }

    /// <summary>The step's property with another value; whatever else it holds stays. Null: the step goes without it.</summary>
    public JToken? Write(ActivityInputView input, JToken? before)
    {
        if (!input.Wrapped) return Value;
        if (IsEmpty) return null;
        var wrapper = before is JObject held && held["expression"] is not null ? (JObject)held.DeepClone() : new JObject { ["typeName"] = input.Type };
        wrapper["expression"] = new JObject { ["type"] = Syntax, ["value"] = Value!.DeepClone() };
        return wrapper;
    }

    /// <summary>A list as Elsa's editors keep it: JSON in a text.</summary>
    public static InputValue OfItems(IEnumerable<string> items) => new(ExpressionTypes.Object, items.ToList() is { Count: > 0 } list ? new JArray(list).ToString(Formatting.None) : null);

    public static JToken? Parse(string text)
    {
        try
        {
            using var reader = new JsonTextReader(new StringReader(text)) { DateParseHandling = DateParseHandling.None, FloatParseHandling = FloatParseHandling.Decimal };
            var token = JToken.ReadFrom(reader);
            return reader.Read() ? null : token;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
