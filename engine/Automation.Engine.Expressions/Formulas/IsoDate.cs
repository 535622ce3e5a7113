using System.Globalization;

namespace Automation.Engine.Expressions.Formulas;

/// <summary>ISO 8601 dates, strictly: no culture takes part and nothing is guessed.</summary>
internal static class IsoDate
{
    private static readonly string[] Plain = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF"];
    private static readonly string[] Zoned = ["yyyy-MM-dd'T'HH:mmzzz", "yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz"];

    public static DateLiteral? Parse(string text)
    {
        if (text.Length is < 10 or > 40 || text[4] != '-') return null;
        if (DateTime.TryParseExact(text, Plain, CultureInfo.InvariantCulture, DateTimeStyles.None, out var plain)) return new DateLiteral(plain, null);
        var zoned = text[^1] == 'Z' ? text[..^1] + "+00:00" : text;
        return DateTimeOffset.TryParseExact(zoned, Zoned, CultureInfo.InvariantCulture, DateTimeStyles.None, out var instant)
            ? new DateLiteral(instant.DateTime, instant.Offset)
            : null;
    }

    /// <summary>The instant; a local time skipped by a clock change moves forward by the length of the gap.</summary>
    public static DateTimeOffset In(this DateLiteral date, TimeZoneInfo zone)
    {
        if (date.Offset is { } offset) return TimeZoneInfo.ConvertTime(new DateTimeOffset(date.Local, offset), zone);
        var local = DateTime.SpecifyKind(date.Local, DateTimeKind.Unspecified);
        if (zone.IsInvalidTime(local)) return TimeZoneInfo.ConvertTime(new DateTimeOffset(local, zone.GetUtcOffset(local.AddDays(-1))), zone);
        return new DateTimeOffset(local, zone.GetUtcOffset(local));
    }

    public static string Format(DateTimeOffset value) => value.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture);
}
