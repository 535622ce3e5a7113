using System.Collections;
using System.Globalization;
using System.Text.RegularExpressions;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Workflows.Interpreter;

/// <summary>
/// The one converter from JSON values to .NET types. Takes texts for everything ("True", "5", "[\"a\"]"), as Elsa Studio writes them.
/// </summary>
public static partial class ValueConverter
{
    private static readonly CultureInfo Russian = CultureInfo.GetCultureInfo("ru-RU");

    /// <param name="zone">A date without offset is wall time there.</param>
    /// <exception cref="FormatException">The value is no such thing.</exception>
    public static object? Convert(JToken? token, Type type, TimeZoneInfo zone)
    {
        var target = Nullable.GetUnderlyingType(type) ?? type;
        if (token is null || token.Type is JTokenType.Null or JTokenType.Undefined) return Default(type);
        if (target == typeof(string)) return Text(token);
        if (target == typeof(object)) return Plain(token);
        if (typeof(JToken).IsAssignableFrom(target)) return Json(token, target);
        if (target == typeof(bool) && token.Type == JTokenType.Boolean) return (bool)token;
        if (token is JValue { Value: string text } && text.Length == 0) return Default(type);
        try
        {
            return Scalar(token, target, zone) ?? Composite(token, target, zone);
        }
        catch (Exception cause) when (cause is OverflowException or InvalidCastException or JsonException or ArgumentException)
        {
            throw new FormatException(Complaint(token, target), cause);
        }
    }

    /// <summary>True when a converted value cannot be changed, so runs may share it.</summary>
    public static bool IsImmutable(object? value) =>
        value is null or string or ValueType or Uri;

    public static string? Text(JToken token) => token switch
    {
        JValue { Value: null } => null,
        JValue { Value: string text } => text,
        JValue { Value: DateTime date } => date.ToString("O", CultureInfo.InvariantCulture),
        JValue { Value: DateTimeOffset date } => date.ToString("O", CultureInfo.InvariantCulture),
        JValue value => System.Convert.ToString(value.Value, CultureInfo.InvariantCulture),
        _ => token.ToString(Formatting.None),
    };

    private static object? Default(Type type) => type.IsValueType && Nullable.GetUnderlyingType(type) is null ? Activator.CreateInstance(type) : null;

    private static object? Plain(JToken token) => token is JValue value ? value.Value : token.DeepClone();

    private static JToken Json(JToken token, Type target)
    {
        var json = token is JValue { Value: string text } && target != typeof(JToken) && target != typeof(JValue) ? JsonText.Parse(text) : token;
        if (target == typeof(JArray) && json is not JArray) json = new JArray(json);
        return target.IsInstanceOfType(json) ? json.DeepClone() : throw new FormatException(Complaint(token, target));
    }

    private static object? Scalar(JToken token, Type target, TimeZoneInfo zone)
    {
        if (token is not JValue { Value: { } raw }) return null;
        var text = raw as string;
        if (target.IsEnum) return text is null ? Enum.ToObject(target, raw) : Enum.Parse(target, text, ignoreCase: true);
        if (target == typeof(bool)) return text is null ? System.Convert.ToBoolean(raw, CultureInfo.InvariantCulture) : Flag(text);
        if (target == typeof(TimeSpan)) return text is null ? throw new FormatException(Complaint(token, target)) : Span(text);
        if (target == typeof(DateTimeOffset)) return Instant(raw, zone);
        if (target == typeof(DateTime)) return Instant(raw, zone).UtcDateTime;
        if (target == typeof(Guid)) return Guid.Parse(text ?? "");
        if (target == typeof(Uri)) return new Uri(text ?? "", UriKind.RelativeOrAbsolute);
        if (Type.GetTypeCode(target) is < TypeCode.SByte or > TypeCode.Decimal) return null;
        var number = text is null ? raw : decimal.Parse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture);
        var whole = target != typeof(decimal) && target != typeof(double) && target != typeof(float);
        if (whole && number is decimal or double && decimal.Truncate(System.Convert.ToDecimal(number, CultureInfo.InvariantCulture)) != System.Convert.ToDecimal(number, CultureInfo.InvariantCulture))
            throw new FormatException(Complaint(token, target));
        return System.Convert.ChangeType(number, target, CultureInfo.InvariantCulture);
    }

    private static object? Composite(JToken token, Type target, TimeZoneInfo zone)
    {
        var json = token is JValue { Value: string text } ? Structure(text) : token;
        if (Element(target) is not { } element) return json.ToObject(target);
        var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(element))!;
        foreach (var item in json as JArray ?? [json]) list.Add(Convert(item, element, zone));
        if (target.IsInstanceOfType(list)) return list;
        if (target.IsArray)
        {
            var array = Array.CreateInstance(element, list.Count);
            list.CopyTo(array, 0);
            return array;
        }
        return JArray.FromObject(list).ToObject(target);
    }

    private static JToken Structure(string text) =>
        text.TrimStart() is ['[' or '{', ..] ? JsonText.Parse(text) : new JValue(text);

    private static Type? Element(Type target)
    {
        if (target.IsArray) return target.GetElementType();
        if (target == typeof(IEnumerable) || target == typeof(ICollection) || target == typeof(IList)) return typeof(object);
        var sequences = target.GetInterfaces().Append(target).Where(i => i.IsGenericType);
        if (sequences.Any(i => i.GetGenericTypeDefinition() is var open && (open == typeof(IDictionary<,>) || open == typeof(IReadOnlyDictionary<,>)))) return null;
        return sequences.FirstOrDefault(i => i.GetGenericTypeDefinition() == typeof(IEnumerable<>))?.GetGenericArguments()[0];
    }

    private static bool Flag(string text) => text.Trim() switch
    {
        "1" => true,
        "0" => false,
        var word => bool.Parse(word),
    };

    private static TimeSpan Span(string text) =>
        TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) ? span : System.Xml.XmlConvert.ToTimeSpan(text.Trim());

    private static DateTimeOffset Instant(object raw, TimeZoneInfo zone)
    {
        if (raw is DateTimeOffset instant) return instant;
        if (raw is DateTime date) return date.Kind == DateTimeKind.Unspecified ? At(date, zone) : new DateTimeOffset(date);
        var text = System.Convert.ToString(raw, CultureInfo.InvariantCulture)!.Trim();
        if (Offset().IsMatch(text)) return DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        var culture = DottedDate().IsMatch(text) ? Russian : CultureInfo.InvariantCulture;
        return At(DateTime.Parse(text, culture, DateTimeStyles.None), zone);
    }

    private static DateTimeOffset At(DateTime wall, TimeZoneInfo zone) => new(wall, zone.GetUtcOffset(wall));

    private static string Complaint(JToken token, Type target)
    {
        var text = token.ToString(Formatting.None);
        return $"{(text.Length > 60 ? text[..60] + "…" : text)} is no {target.Name}.";
    }

    [GeneratedRegex(@"[T:].*(Z|[+-]\d\d:?\d\d)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Offset();

    [GeneratedRegex(@"^\d{1,2}\.\d{1,2}\.\d{4}", RegexOptions.CultureInvariant)]
    private static partial Regex DottedDate();
}
