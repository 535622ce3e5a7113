using System.Globalization;
using Newtonsoft.Json.Linq;

namespace Automation.Simulators.AmoCrm;

/// <summary>Turns written values into stored ones, by the type of the field.</summary>
internal static class AmoValues
{
    public static AmoValue Plain(AmoField field, JToken value, string zone) =>
        Read(field, new JObject { ["value"] = value }, zone) ?? throw new ArgumentException($"'{value}' is no value of '{field.Name}'.");

    /// <param name="item">One of <c>{value}</c>, <c>{enum_id}</c>, <c>{enum_code}</c>.</param>
    /// <returns>Null when the field cannot hold it.</returns>
    public static AmoValue? Read(AmoField field, JObject item, string zone)
    {
        if (field.Type is "select" or "multiselect" or "radiobutton")
            return Choice(field, item) is { } choice ? new AmoValue(choice.Value, choice.Id, choice.Code) : null;
        var value = item["value"];
        if (value is null or { Type: JTokenType.Null })
            return null;
        return field.Type switch
        {
            "multitext" => new AmoValue(value.ToString(), EnumOf(field, item)?.Id, EnumOf(field, item)?.Value),
            "date" or "date_time" or "birthday" => Moment(value, zone) is { } seconds ? new AmoValue(seconds) : null,
            "checkbox" => new AmoValue(value.ToString() is "true" or "True" or "1"),
            "numeric" or "monetary" or "price" => decimal.TryParse(
                value.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                ? new AmoValue(number.ToString(CultureInfo.InvariantCulture)) : null,
            _ => new AmoValue(value.Type is JTokenType.Object or JTokenType.Array ? value : value.ToString()),
        };
    }

    private static AmoEnum? Choice(AmoField field, JObject item) =>
        (long?)item["enum_id"] is { } id ? field.Enums.FirstOrDefault(choice => choice.Id == id)
        : (string?)item["enum_code"] is { } code ? field.Enums.FirstOrDefault(choice => choice.Code == code)
        : field.Enums.FirstOrDefault(choice => choice.Value == (string?)item["value"]);

    private static AmoEnum? EnumOf(AmoField field, JObject item) =>
        (long?)item["enum_id"] is { } id
            ? field.Enums.FirstOrDefault(choice => choice.Id == id)
            : field.Enums.FirstOrDefault(choice => choice.Value == ((string?)item["enum_code"] ?? "WORK"));

    private static long? Moment(JToken value, string zone)
    {
        var text = value.Type == JTokenType.Date ? value.ToObject<DateTimeOffset>().ToString("O") : value.ToString();
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds))
            return seconds;
        if (!DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var moment))
            return null;
        return moment.Kind == DateTimeKind.Utc
            ? new DateTimeOffset(moment).ToUnixTimeSeconds()
            : new DateTimeOffset(moment, TimeZoneInfo.FindSystemTimeZoneById(zone).GetUtcOffset(moment)).ToUnixTimeSeconds();
    }
}
