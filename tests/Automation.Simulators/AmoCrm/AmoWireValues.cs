using System.Collections.Immutable;
using System.Globalization;
using Newtonsoft.Json.Linq;

namespace Automation.Simulators.AmoCrm;

/// <summary>How a custom field's values look in a hook. A scalar, an object or a list, depending on the field's type.</summary>
internal static class AmoWireValues
{
    public static void Add(FormPairs form, string at, AmoField field, ImmutableArray<AmoValue> values, TimeZoneInfo zone)
    {
        if (field.Type == "radiobutton")
        {
            form.Add($"{at}[values][value]", Text(values[0].Value));
            if (values[0].EnumId is { } id)
                form.Add($"{at}[values][enum]", id);
            return;
        }
        for (var i = 0; i < values.Length; i++)
        {
            var place = $"{at}[values][{i}]";
            if (field.Type is "date" or "date_time")
                form.Add(place, Text(values[i].Value));
            else if (field.Type == "birthday")
                form.Add($"{place}[value]", Birthday((long)values[i].Value, zone));
            else
                form.Add($"{place}[value]", Text(values[i].Value));
            if (values[i].EnumId is { } id)
                form.Add($"{place}[enum]", id);
        }
    }

    private static string Text(JToken value) =>
        value.Type == JTokenType.Boolean ? ((bool)value ? "1" : "0") : Convert.ToString(((JValue)value).Value, CultureInfo.InvariantCulture)!;

    private static string Birthday(long seconds, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeSeconds(seconds), zone).ToString("dd.MM.yyyy", CultureInfo.InvariantCulture);
}
