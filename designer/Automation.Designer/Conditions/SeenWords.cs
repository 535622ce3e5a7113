using System.Globalization;
using Automation.Designer.Words;
using Automation.Engine.Api.Conditions;
using Newtonsoft.Json.Linq;

namespace Automation.Designer.Conditions;

/// <summary>A value of a deal as a reader expects it.</summary>
public static class SeenWords
{
    private const int Longest = 60;

    public static string Of(object? value, ConditionField field, ScreenWords words)
    {
        var token = value as JToken ?? (value is null ? JValue.CreateNull() : JToken.FromObject(value));
        var text = token switch
        {
            JArray { Count: 0 } => "",
            JArray list => string.Join(", ", list.Select(item => Of(item is JObject named ? named["name"] : item, field, words))),
            JValue { Value: bool flag } => words[flag ? "condition.yes" : "condition.no"],
            JValue { Value: string id } when field.Choices.FirstOrDefault(choice => choice.Value == id) is { } choice => choice.Name,
            JValue { Value: string day } when field.Kind == FieldKind.Date && DateTimeOffset.TryParse(day, CultureInfo.InvariantCulture, DateTimeStyles.None, out var at) => day.Length == 10 ? at.ToString("d MMM yyyy", words.Culture) : TimeZoneInfo.ConvertTime(at, words.Zone).ToString("d MMM yyyy HH:mm", words.Culture),
            JValue { Value: string number } when field.Kind == FieldKind.Number && decimal.TryParse(number, NumberStyles.Number, CultureInfo.InvariantCulture, out var amount) => words.Number(amount),
            JValue { Type: JTokenType.Integer or JTokenType.Float } number => words.Number((decimal)number),
            JValue plain => plain.ToString(CultureInfo.InvariantCulture),
            _ => token.ToString(Newtonsoft.Json.Formatting.None),
        };
        return text.Length == 0 ? words["condition.nothing"] : text.Length > Longest ? text[..Longest] + "…" : text;
    }
}
