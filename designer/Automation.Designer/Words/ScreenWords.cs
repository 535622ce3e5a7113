using System.Globalization;

namespace Automation.Designer.Words;

/// <summary>Texts, numbers and times in the language and time zone of who looks at the screen.</summary>
public sealed class ScreenWords
{
    private IReadOnlyDictionary<string, string> book = WordBook.Of("ru");

    /// <summary><c>ru</c> or <c>en</c>.</summary>
    public string Language { get; private set; } = "ru";

    public bool English => Language == "en";

    public CultureInfo Culture { get; private set; } = CultureInfo.GetCultureInfo("ru-RU");

    public TimeZoneInfo Zone { get; private set; } = TimeZoneInfo.Utc;

    /// <param name="zone">Of the account.</param>
    public void Use(string language, TimeZoneInfo zone)
    {
        (Language, Zone) = (language == "en" ? "en" : "ru", zone);
        (book, Culture) = (WordBook.Of(Language), CultureInfo.GetCultureInfo(English ? "en-GB" : "ru-RU"));
    }

    /// <summary>The text of a key; the key itself where there is none, which a test looks for.</summary>
    public string this[string key] => book.TryGetValue(key, out var text) ? text : key;

    /// <summary>The same with <c>{0}</c>, <c>{1}</c> … filled in.</summary>
    public string this[string key, params object?[] values] => string.Format(Culture, this[key], values);

    /// <summary>A number with its noun: the text holds its forms between bars, <c>{0} сделка|{0} сделки|{0} сделок</c>, <c>{0} deal|{0} deals</c>.</summary>
    public string Count(string key, long number)
    {
        var forms = this[key].Split('|');
        return string.Format(Culture, forms[Math.Min(English ? number == 1 ? 0 : 1 : RussianForm(Math.Abs(number)), forms.Length - 1)], number);
    }

    /// <summary>Chooses between two texts that do not stand in the book, such as those of an activity.</summary>
    public string Of(string? russian, string english) => English || russian is null ? english : russian;

    public string Number(decimal number) => number.ToString("#,0.####", Culture);

    public string Number(long number) => number.ToString("N0", Culture);

    /// <summary>A moment, short: the time alone when it is of today.</summary>
    public string Moment(DateTimeOffset moment, DateTimeOffset now)
    {
        var (local, today) = (TimeZoneInfo.ConvertTime(moment, Zone), TimeZoneInfo.ConvertTime(now, Zone));
        if (local.Date == today.Date) return local.ToString("HH:mm", Culture);
        return local.Year == today.Year ? local.ToString("ddd d MMM HH:mm", Culture) : local.ToString("d MMM yyyy HH:mm", Culture);
    }

    /// <summary>A moment, whole.</summary>
    public string FullMoment(DateTimeOffset moment) => TimeZoneInfo.ConvertTime(moment, Zone).ToString("d MMMM yyyy HH:mm:ss", Culture);

    /// <summary>A length of time, rounded to what matters: <c>3 дн.</c>, <c>2 ч 10 мин</c>.</summary>
    public string Length(TimeSpan length)
    {
        if (length.TotalDays >= 2) return this["length.days", Math.Round(length.TotalDays)];
        if (length.TotalHours >= 1) return length.Minutes == 0 ? this["length.hours", (int)length.TotalHours] : this["length.hoursMinutes", (int)length.TotalHours, length.Minutes];
        if (length.TotalMinutes >= 1) return this["length.minutes", (int)length.TotalMinutes];
        return length.TotalSeconds >= 1 ? this["length.seconds", (int)length.TotalSeconds] : this["length.milliseconds", (int)length.TotalMilliseconds];
    }

    private static int RussianForm(long number) => number % 100 is >= 11 and <= 14 ? 2 : (number % 10) switch { 1 => 0, >= 2 and <= 4 => 1, _ => 2 };
}
