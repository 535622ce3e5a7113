using System.Globalization;
using System.Text;
using Automation.Engine.Expressions.Formulas;
using Fluid;
using Fluid.Values;

namespace Automation.Engine.Expressions.Texts;

/// <summary>Our filters: plural, money, date, date_ru, phone, required. They depend on the context's culture and zone only.</summary>
internal static class TextFilters
{
    private static readonly Dictionary<string, string> Symbols = new(StringComparer.OrdinalIgnoreCase)
    {
        ["RUB"] = "₽", ["RUR"] = "₽", ["USD"] = "$", ["EUR"] = "€", ["KZT"] = "₸", ["BYN"] = "Br", ["UAH"] = "₴", ["GBP"] = "£", ["CNY"] = "¥",
    };

    public static void AddTo(FilterCollection filters)
    {
        Add(filters, "plural", Plural);
        Add(filters, "money", Money);
        Add(filters, "date", (input, a, context) => Date(input, a.Count > 0 ? a.At(0).ToStringValue() : context.CultureInfo.DateTimeFormat.ShortDatePattern, context, context.CultureInfo));
        Add(filters, "date_ru", (input, a, context) => Date(input, a.Count > 0 ? a.At(0).ToStringValue() : "d MMMM yyyy", context, TextCulture.Russian));
        Add(filters, "phone", (input, _, _) => StringValue.Create(Phone(input.ToStringValue())));
        Add(filters, "required", (input, _, _) => input.IsNil() || (input is StringValue && string.IsNullOrWhiteSpace(input.ToStringValue())) ? throw new RequiredValueException() : input);
    }

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
    public static string Phone(string text)
    {
        var digits = new string([.. text.Where(char.IsAsciiDigit)]);
        if (digits.Length == 11 && digits[0] == '8' && !text.TrimStart().StartsWith('+')) digits = "7" + digits[1..];
        if (digits.Length == 10 && digits[0] == '9') digits = "7" + digits;
        if (digits.Length == 11 && digits[0] == '7') return $"+7 {digits[1..4]} {digits[4..7]}-{digits[7..9]}-{digits[9..]}";
        return digits.Length is >= 10 and <= 15 ? "+" + digits : text;
    }

    private static void Add(FilterCollection filters, string name, Func<FluidValue, FilterArguments, TemplateContext, FluidValue> filter) =>
        filters.AddFilter(name, (input, arguments, context) => new ValueTask<FluidValue>(filter(input, arguments, context)));

    private static StringValue Plural(FluidValue input, FilterArguments a, TemplateContext context) =>
        StringValue.Create(PluralForm(input.ToNumberValue(), [.. a.Values.Select(v => v.ToStringValue())], context.CultureInfo == TextCulture.Russian));

    private static FluidValue Money(FluidValue input, FilterArguments a, TemplateContext context)
    {
        if (input.IsNil() || (input is StringValue && FormulaValue.NumberIn(input.ToStringValue()) is null)) return input;
        var currency = a.Count > 0 && a.At(0).ToStringValue() is { Length: > 0 } given ? given : "RUB";
        var symbol = Symbols.GetValueOrDefault(currency, currency);
        var amount = input is StringValue ? FormulaValue.NumberIn(input.ToStringValue())!.Value : input.ToNumberValue();
        amount = Math.Round(amount, 2, MidpointRounding.AwayFromZero);
        var text = amount.ToString("#,##0.00", context.CultureInfo);
        return StringValue.Create(context.CultureInfo == TextCulture.Russian || symbol is not ("$" or "€" or "£") ? $"{text} {symbol}" : text.StartsWith('-') ? $"-{symbol}{text[1..]}" : symbol + text);
    }

    private static FluidValue Date(FluidValue input, string format, TemplateContext context, CultureInfo culture)
    {
        var date = input switch
        {
            DateTimeValue => (DateTimeOffset?)TimeZoneInfo.ConvertTime((DateTimeOffset)input.ToObjectValue(), context.TimeZone),
            StringValue when input.ToStringValue() is "now" or "today" => TimeZoneInfo.ConvertTime(context.Now(), context.TimeZone),
            StringValue => IsoDate.Parse(input.ToStringValue())?.In(context.TimeZone),
            NumberValue => TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeSeconds((long)Math.Clamp(input.ToNumberValue(), -62135596800m, 253402300799m)), context.TimeZone),
            _ => null,
        };
        if (date is not { } value || format.Length > 200) return input;
        return StringValue.Create(format.Contains('%', StringComparison.Ordinal) ? Strftime(value, format, culture) : Plain(value, format, culture));
    }

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
