using System.Globalization;

namespace Automation.Engine.Expressions.Texts;

/// <summary>Russian and English as this product writes them, the same on every machine and without the system's language data.</summary>
internal static class TextCulture
{
    public static readonly CultureInfo Russian = MakeRussian();
    public static readonly CultureInfo English = MakeEnglish();

    public static CultureInfo Of(string language) => IsRussian(language) ? Russian : English;

    public static bool IsRussian(string language) => language.StartsWith("ru", StringComparison.OrdinalIgnoreCase);

    private static CultureInfo MakeRussian()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        var dates = culture.DateTimeFormat;
        dates.MonthNames = ["январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь", ""];
        dates.MonthGenitiveNames = ["января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря", ""];
        dates.AbbreviatedMonthNames = ["янв.", "февр.", "март", "апр.", "май", "июнь", "июль", "авг.", "сент.", "окт.", "нояб.", "дек.", ""];
        dates.AbbreviatedMonthGenitiveNames = ["янв.", "февр.", "мар.", "апр.", "мая", "июн.", "июл.", "авг.", "сент.", "окт.", "нояб.", "дек.", ""];
        dates.DayNames = ["воскресенье", "понедельник", "вторник", "среда", "четверг", "пятница", "суббота"];
        dates.AbbreviatedDayNames = ["вс", "пн", "вт", "ср", "чт", "пт", "сб"];
        dates.FirstDayOfWeek = DayOfWeek.Monday;
        dates.ShortDatePattern = "dd.MM.yyyy";
        dates.ShortTimePattern = "HH:mm";
        dates.LongDatePattern = "d MMMM yyyy";
        culture.NumberFormat.NumberDecimalSeparator = ",";
        culture.NumberFormat.NumberGroupSeparator = " ";
        return CultureInfo.ReadOnly(culture);
    }

    private static CultureInfo MakeEnglish()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.DateTimeFormat.ShortDatePattern = "yyyy-MM-dd";
        culture.DateTimeFormat.ShortTimePattern = "HH:mm";
        culture.DateTimeFormat.LongDatePattern = "MMMM d, yyyy";
        return CultureInfo.ReadOnly(culture);
    }
}
