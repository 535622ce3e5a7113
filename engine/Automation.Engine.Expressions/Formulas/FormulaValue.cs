using System.Globalization;
using System.Numerics;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Expressions.Formulas;

/// <summary>
/// A value inside a formula is null, bool, decimal, string, DateTimeOffset, or a JSON array or object.
/// </summary>
internal static class FormulaValue
{
    /// <exception cref="OverflowException">The number does not fit a decimal.</exception>
    public static object? FromToken(JToken? token, TimeZoneInfo zone) => token switch
    {
        null => null,
        JValue value => FromClr(value.Value, zone),
        _ => token,
    };

    public static JToken ToToken(object? value) => value switch
    {
        null => JValue.CreateNull(),
        bool b => new JValue(b),
        decimal d => Number(d),
        string s => new JValue(s),
        DateTimeOffset t => new JValue(IsoDate.Format(t)),
        JToken token => token.DeepClone(),
        _ => throw new InvalidOperationException($"A formula holds no {value.GetType().Name}."),
    };

    /// <summary>The whole text as a decimal number in invariant form; null when it is anything else.</summary>
    public static decimal? NumberIn(string text) =>
        text.Length is > 0 and <= 40 && decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    public static string TextOf(object? value) => value switch
    {
        null => "",
        bool b => b ? "true" : "false",
        decimal d => Trimmed(d).ToString(CultureInfo.InvariantCulture),
        string s => s,
        DateTimeOffset t => IsoDate.Format(t),
        JToken token => token.ToString(Newtonsoft.Json.Formatting.None),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    public static string KindOf(object? value) => value switch
    {
        null => "an empty value",
        bool => "yes/no",
        decimal => "a number",
        string => "a text",
        DateTimeOffset => "a date",
        JArray => "a list",
        _ => "an object",
    };

    public static string KindOfRu(object? value) => value switch
    {
        null => "пустое значение",
        bool => "ответ «да» или «нет»",
        decimal => "число",
        string => "текст",
        DateTimeOffset => "дата",
        JArray => "список",
        _ => "набор полей",
    };

    private static object? FromClr(object? value, TimeZoneInfo zone) => value switch
    {
        null or string or bool or decimal => value,
        long l => (decimal)l,
        int i => (decimal)i,
        double d => decimal.Parse(d.ToString("R", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture),
        float f => decimal.Parse(f.ToString("R", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture),
        ulong u => (decimal)u,
        BigInteger big => (decimal)big,
        DateTimeOffset t => TimeZoneInfo.ConvertTime(t, zone),
        DateTime { Kind: DateTimeKind.Unspecified } t => new DateLiteral(t, null).In(zone),
        DateTime t => TimeZoneInfo.ConvertTime(new DateTimeOffset(t), zone),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    private static JValue Number(decimal value) =>
        value == decimal.Truncate(value) && value is >= long.MinValue and <= long.MaxValue ? new JValue((long)value) : new JValue(Trimmed(value));

    // 2.50 and 2.5 are one number: dividing by one with the largest scale drops trailing zeros.
    private static decimal Trimmed(decimal value) => value / 1.000000000000000000000000000000m;
}
