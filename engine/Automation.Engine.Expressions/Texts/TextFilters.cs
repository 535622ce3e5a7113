using System.Globalization;
using System.Text;
using Automation.Engine.Expressions.Formulas;
using DotLiquid;

namespace Automation.Engine.Expressions.Texts;

/// <summary>Our filters: plural, money, date, date_ru, phone, required. They see the scope's zone and language only.</summary>
internal static class TextFilters
{
    public const string ScopeKey = "scope";
    private static readonly Dictionary<string, string> Symbols = new(StringComparer.OrdinalIgnoreCase)
    {
        ["RUB"] = "₽",
        ["RUR"] = "₽",
        ["USD"] = "$",
        ["EUR"] = "€",
        ["KZT"] = "₸",
        ["BYN"] = "Br",
        ["UAH"] = "₴",
        ["GBP"] = "£",
        ["CNY"] = "¥",
    };

    public static string Plural(Context context, object? input, string one, string? few = null, string? many = null) =>
        PluralForm(NumberOf(input) ?? 0, [.. new[] { one, few, many }.OfType<string>()], CultureOf(context) == TextCulture.Russian);

    public static object? Money(Context context, object? input, string currency = "RUB")
    {
        if (NumberOf(input) is not { } amount) return input;
        var (culture, symbol) = (CultureOf(context), Symbols.GetValueOrDefault(currency, currency));
        var text = Math.Round(amount, 2, MidpointRounding.AwayFromZero).ToString("#,##0.00", culture);
        if (culture == TextCulture.Russian || symbol is not ("$" or "€" or "£")) return $"{text} {symbol}";
        return text.StartsWith('-') ? $"-{symbol}{text[1..]}" : symbol + text;
    }

    public static object? Date(Context context, object? input, string? format = null) =>
        Date(input, format ?? CultureOf(context).DateTimeFormat.ShortDatePattern, ScopeOf(context), CultureOf(context));

    public static object? DateRu(Context context, object? input, string format = "d MMMM yyyy") => Date(input, format, ScopeOf(context), TextCulture.Russian);

    public static object? Phone(object? input) => input is null ? null : PhoneText(FormulaValue.TextOf(input));

    public static object Required(object? input) => input is null || (input is string text && string.IsNullOrWhiteSpace(text)) ? throw new RequiredValueException() : input;

    /// <summary>The form for a number: one, few, many in Russian (день, дня, дней); one, other in English.</summary>
    public static string PluralForm(decimal number, IReadOnlyList<string> forms, bool russian)
    {
        if (forms.Count == 0) return "";
        var last = forms[^1];
        var whole = Math.Abs(number);
        if (!russian || forms.Count < 3) return whole == 1 ? forms[0] : forms.Count > 1 ? forms[1] : last;
        if (whole != decimal.Truncate(whole)) return forms[1];
        var (tens, ones) = ((int)(whole % 100), (int)(whole % 10));
        if (tens is >= 11 and <= 14) return forms[2];
        return ones switch { 1 => forms[0], >= 2 and <= 4 => forms[1], _ => forms[2] };
    }

    /// <summary>+7 916 000-00-00 for Russian numbers; others keep their digits behind a plus; what is no number stays as it is.</summary>
    public static string PhoneText(string text)
    {
        var digits = new string([.. text.Where(char.IsAsciiDigit)]);
        if (digits.Length == 11 && digits[0] == '8' && !text.TrimStart().StartsWith('+')) digits = "7" + digits[1..];
        if (digits.Length == 10 && digits[0] == '9') digits = "7" + digits;
        if (digits.Length == 11 && digits[0] == '7') return $"+7 {digits[1..4]} {digits[4..7]}-{digits[7..9]}-{digits[9..]}";
        return digits.Length is >= 10 and <= 15 ? "+" + digits : text;
    }

    private static object? Date(object? input, string format, IExpressionScope scope, CultureInfo culture)
    {
        DateTimeOffset? date = input switch
        {
            "now" or "today" => TimeZoneInfo.ConvertTime(scope.Now, scope.TimeZone),
            string text => IsoDate.Parse(text)?.In(scope.TimeZone),
            _ when NumberOf(input) is { } seconds => TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeSeconds((long)Math.Clamp(seconds, -62135596800m, 253402300799m)), scope.TimeZone),
            _ => null,
        };
        if (date is not { } value || format.Length > 200) return input;
        return format.Contains('%', StringComparison.Ordinal) ? Strftime(value, format, culture) : Plain(value, format, culture);
    }

    private static decimal? NumberOf(object? input) => input switch
    {
        string text => FormulaValue.NumberIn(text),
        bool or null => null,
        IFormattable number => decimal.TryParse(number.ToString(null, CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null,
        _ => null,
    };

    private static IExpressionScope ScopeOf(Context context) => (IExpressionScope)context.Registers[ScopeKey];

    private static CultureInfo CultureOf(Context context) => TextCulture.Of(ScopeOf(context).Language);

    // A single letter means that letter, not one of the culture's standard formats.
    private static string Plain(DateTimeOffset value, string format, CultureInfo culture)
    {
        try
        {
            return value.ToString(format.Length == 1 ? "%" + format : format, culture);
        }
        catch (FormatException)
        {
            return format;
        }
    }

    private static string Strftime(DateTimeOffset value, string format, CultureInfo culture)
    {
        var text = new StringBuilder();
        var names = culture.DateTimeFormat;
        var months = format.Contains("%d", StringComparison.Ordinal) || format.Contains("%e", StringComparison.Ordinal) || format.Contains("%-d", StringComparison.Ordinal) ? names.MonthGenitiveNames : names.MonthNames;
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                text.Append(format[i]);
                continue;
            }
            var bare = format[++i] == '-' && i + 1 < format.Length;
            if (bare) i++;
            text.Append(format[i] switch
            {
                'Y' => Number(value, "yyyy"),
                'y' => Number(value, "yy"),
                'm' => Number(value, bare ? "%M" : "MM"),
                'd' => Number(value, bare ? "%d" : "dd"),
                'e' => Number(value, "%d"),
                'H' => Number(value, bare ? "%H" : "HH"),
                'I' => Number(value, bare ? "%h" : "hh"),
                'M' => Number(value, bare ? "%m" : "mm"),
                'S' => Number(value, bare ? "%s" : "ss"),
                'L' => Number(value, "fff"),
                'p' => Number(value, "tt"),
                'j' => value.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
                'u' => (value.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)value.DayOfWeek).ToString(CultureInfo.InvariantCulture),
                's' => value.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
                'z' => Number(value, "zzz").Replace(":", "", StringComparison.Ordinal),
                'B' => months[value.Month - 1],
                'b' or 'h' => names.AbbreviatedMonthGenitiveNames[value.Month - 1],
                'A' => names.DayNames[(int)value.DayOfWeek],
                'a' => names.AbbreviatedDayNames[(int)value.DayOfWeek],
                'F' => Number(value, "yyyy-MM-dd"),
                'T' or 'X' => Number(value, "HH:mm:ss"),
                'R' => Number(value, "HH:mm"),
                'x' or 'D' => value.ToString(names.ShortDatePattern, culture),
                '%' => "%",
                var other => "%" + other,
            });
        }
        return text.ToString();
    }

    private static string Number(DateTimeOffset value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}

/// <summary>The filter <c>required</c> met an empty value.</summary>
internal sealed class RequiredValueException : Exception;
