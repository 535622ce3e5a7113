using Newtonsoft.Json.Linq;

namespace Automation.Engine.Expressions.Formulas;

/// <summary>
/// Equality and order. A text that is a whole decimal meets a number as a number (CRM fields arrive as texts); an ISO text meets a
/// date as an instant; two texts are equal when they are exactly the same. Null from a method: the types do not compare.
/// </summary>
internal static class FormulaComparison
{
    public static bool? AreEqual(object? left, object? right, TimeZoneInfo zone) => (left, right) switch
    {
        (null, null) => true,
        (null, _) or (_, null) => false,
        (bool a, bool b) => a == b,
        (string a, string b) => string.Equals(a, b, StringComparison.Ordinal),
        (JToken a, JToken b) => JToken.DeepEquals(a, b),
        _ => Order(left, right, zone) is { } order ? order == 0 : null,
    };

    /// <remarks>Two texts order as numbers when both are numbers, as instants when both are dates, else by character code.</remarks>
    public static int? Order(object left, object right, TimeZoneInfo zone) => (left, right) switch
    {
        (decimal a, decimal b) => a.CompareTo(b),
        (decimal a, string b) => FormulaValue.NumberIn(b) is { } n ? a.CompareTo(n) : null,
        (string a, decimal b) => FormulaValue.NumberIn(a) is { } n ? n.CompareTo(b) : null,
        (DateTimeOffset a, DateTimeOffset b) => a.CompareTo(b),
        (DateTimeOffset a, string b) => IsoDate.Parse(b) is { } d ? a.CompareTo(d.In(zone)) : null,
        (string a, DateTimeOffset b) => IsoDate.Parse(a) is { } d ? d.In(zone).CompareTo(b) : null,
        (string a, string b) => Texts(a, b, zone),
        _ => null,
    };

    private static int Texts(string a, string b, TimeZoneInfo zone)
    {
        if (FormulaValue.NumberIn(a) is { } x && FormulaValue.NumberIn(b) is { } y) return x.CompareTo(y);
        if (IsoDate.Parse(a) is { } from && IsoDate.Parse(b) is { } to) return from.In(zone).CompareTo(to.In(zone));
        return string.CompareOrdinal(a, b);
    }
}
