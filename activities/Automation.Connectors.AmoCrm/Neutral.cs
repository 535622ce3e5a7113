using System.Globalization;
using Automation.Engine.Events;
using Newtonsoft.Json.Linq;

namespace Automation.Connectors.AmoCrm;

/// <summary>Values in the neutral form: ids are text, moments ISO 8601 in UTC, the price a decimal.</summary>
internal static class Neutral
{
    public static DateTimeOffset? Moment(string? unixSeconds) =>
        long.TryParse(unixSeconds, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds) && seconds is > -62135596800 and < 253402300800
            ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    public static string Iso(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Unix seconds as ISO text; other text as it is.</summary>
    public static string? Date(string? text) => Moment(text) is { } moment ? Iso(moment) : text;

    public static JToken? Number(string? text) =>
        decimal.TryParse(text, NumberStyles.Number & ~NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var number) ? new JValue(number) : null;

    public static void Put(JObject data, string name, JToken? value)
    {
        if (value is not null and not JValue { Value: null }) data[name] = value; // a null text becomes a value without one
    }

    /// <summary>One value as text, several as a list, none as null.</summary>
    public static JToken OneOrMany(IReadOnlyList<string> values) => values.Count switch
    {
        0 => JValue.CreateNull(),
        1 => values[0],
        _ => new JArray(values),
    };

    /// <summary>Adds a custom field to <c>cf</c>, phones and e-mails also to lists of their own.</summary>
    public static void AddField(JObject data, string id, string? name, string? code, IReadOnlyList<string> values, IReadOnlyList<string> enums)
    {
        if (data[EntityFields.CustomFields] is not JObject fields) data[EntityFields.CustomFields] = fields = [];
        var field = new JObject();
        Put(field, "name", name);
        field["value"] = OneOrMany(values);
        Put(field, "code", code);
        if (enums.Count > 0) field["enum"] = OneOrMany(enums);
        fields[id] = field;
        var list = code switch { "PHONE" => EntityFields.Phone, "EMAIL" => EntityFields.Email, _ => null };
        if (list is not null) data[list] = new JArray(values);
    }
}
