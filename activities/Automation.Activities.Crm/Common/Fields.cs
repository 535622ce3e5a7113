using System.Globalization;
using Automation.Engine.Events;
using Newtonsoft.Json.Linq;

namespace Automation.Activities.Crm.Common;

/// <summary>Reads the neutral form of an entity.</summary>
internal static class Fields
{
    /// <summary>A field by id, by shown name, or one of the neutral names; JSON null when empty or absent.</summary>
    public static JToken Value(JObject entity, string field)
    {
        if (entity[EntityFields.CustomFields] is JObject custom)
        {
            var found = custom[field] ?? custom.Properties().Select(property => property.Value)
                .FirstOrDefault(item => string.Equals((string?)(item as JObject)?["name"], field, StringComparison.OrdinalIgnoreCase));
            if (found is JObject cell) return cell["value"] ?? JValue.CreateNull();
            if (found is not null) return found;
        }
        return entity.GetValue(field, StringComparison.OrdinalIgnoreCase) ?? JValue.CreateNull();
    }

    /// <summary>The field as text; null when empty.</summary>
    public static string? Text(JObject? entity, string field) => entity is null ? null : Text(Value(entity, field));

    public static string? Text(JToken token)
    {
        var text = token switch
        {
            JArray { Count: > 0 } many => Text(many[0]),
            JValue { Value: string value } => value,
            JValue { Value: IFormattable value } => value.ToString(null, CultureInfo.InvariantCulture),
            _ => null,
        };
        return string.IsNullOrWhiteSpace(text) ? null : text.Trim();
    }

    /// <summary>All texts of a field that may hold several values.</summary>
    public static IEnumerable<string> Texts(JToken token) => token switch
    {
        JArray many => many.SelectMany(Texts),
        JObject cell => cell["value"] is { } value ? Texts(value) : [],
        _ => Text(token) is { } text ? [text] : [],
    };

    public static IReadOnlyList<string> Tags(JObject entity) =>
        entity[EntityFields.Tags] is JArray tags
            ? [.. tags.Select(tag => tag is JObject item ? (string?)item["name"] : Text(tag)).OfType<string>()]
            : [];

    /// <summary>An instant: ISO 8601 (without an offset it is in the zone), or Unix seconds; null when it is none.</summary>
    public static DateTimeOffset? Instant(JToken token, TimeZoneInfo zone)
    {
        switch (token)
        {
            case JValue { Value: DateTimeOffset instant }: return instant;
            case JValue { Value: DateTime { Kind: DateTimeKind.Utc } instant }: return new(instant);
            case JValue { Value: DateTime local }: return Local(local, zone);
            case JValue { Type: JTokenType.Integer } number: return DateTimeOffset.FromUnixTimeSeconds((long)number);
        }
        if (Text(token) is not { } text) return null;
        if (long.TryParse(text, CultureInfo.InvariantCulture, out var seconds)) return DateTimeOffset.FromUnixTimeSeconds(seconds);
        if (!DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var parsed)) return null;
        if (parsed.Kind == DateTimeKind.Unspecified) return Local(parsed, zone);
        return DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
    }

    public static string Iso(DateTimeOffset instant, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(instant, zone).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);

    private static DateTimeOffset Local(DateTime local, TimeZoneInfo zone)
    {
        local = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        // A time inside the gap of spring does not exist: take the one an hour later.
        if (zone.IsInvalidTime(local)) local = local.AddHours(1);
        return new(local, zone.GetUtcOffset(local));
    }
}
