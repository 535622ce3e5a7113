using System.Globalization;
using Automation.Engine.Ports;
using Newtonsoft.Json.Linq;

namespace Automation.Connectors.AmoCrm.Api;

/// <summary>Values as the API takes them, by the field's type.</summary>
internal static class FieldValues
{
    /// <returns>The entry of <c>custom_fields_values</c>, or why the value does not fit.</returns>
    public static (JObject? Entry, string? Error) Entry(CrmField field, JToken value, TimeZoneInfo zone)
    {
        var id = long.Parse(field.Id, CultureInfo.InvariantCulture);
        if (value.Type == JTokenType.Null || value is JArray { Count: 0 }) return (new JObject { ["field_id"] = id, ["values"] = null }, null);
        var values = new JArray();
        foreach (var one in value is JArray list ? (IEnumerable<JToken>)list : [value])
        {
            var (written, error) = One(field, one, zone);
            if (error is not null) return (null, error);
            values.Add(written!);
        }
        return (new JObject { ["field_id"] = id, ["values"] = values }, null);
    }

    private static (JObject? Value, string? Error) One(CrmField field, JToken value, TimeZoneInfo zone)
    {
        if (value is JObject form) return (form.ContainsKey("value") || form.ContainsKey("enum_id") || form.ContainsKey("catalog_element_id") ? form : new JObject { ["value"] = form }, null);
        var text = ApiEntities.Text(value) ?? "";
        switch (field.Type)
        {
            case "select" or "radiobutton" or "multiselect" or "category":
                foreach (var (id, name) in field.Options)
                    if (string.Equals(name.Trim(), text.Trim(), StringComparison.OrdinalIgnoreCase)) return (Choice(id), null);
                return field.Options.ContainsKey(text) ? (Choice(text), null) : (null, $"The field '{field.Name}' has no option '{text}'.");
            case "checkbox":
                return (new JObject { ["value"] = text is "1" or "true" or "True" or "да" or "Да" }, null);
            case "date" or "date_time" or "birthday":
                return Seconds(value, text, zone) is { } seconds ? (new JObject { ["value"] = seconds }, null) : (null, $"'{text}' is no date for the field '{field.Name}'.");
            case "multitext":
                return (new JObject { ["value"] = text, ["enum_code"] = "WORK" }, null);
            default:
                return (new JObject { ["value"] = text }, null);
        }
    }

    private static JObject Choice(string id) => new() { ["enum_id"] = long.Parse(id, CultureInfo.InvariantCulture) };

    /// <summary>Unix seconds, ISO text, or a day (<c>2026-07-30</c>, <c>30.07.2026</c>): what has no zone is in the account's.</summary>
    private static long? Seconds(JToken value, string text, TimeZoneInfo zone)
    {
        if (value.Type is JTokenType.Integer || text.All(char.IsAsciiDigit)) return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : null;
        if (value is JValue { Value: DateTimeOffset moment }) return moment.ToUnixTimeSeconds();
        string[] local = ["yyyy-MM-dd", "dd.MM.yyyy", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "dd.MM.yyyy HH:mm"];
        if (DateTime.TryParseExact(text.Trim(), local, CultureInfo.InvariantCulture, DateTimeStyles.None, out var there))
            return new DateTimeOffset(there, zone.GetUtcOffset(there)).ToUnixTimeSeconds();
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed) ? parsed.ToUnixTimeSeconds() : null;
    }
}
