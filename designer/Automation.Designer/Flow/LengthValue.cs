using System.Globalization;
using Automation.Engine.Calendars;

namespace Automation.Designer.Flow;

/// <summary>A length of time as a form shows it: a number of one unit.</summary>
/// <param name="Unit">m, h, d, and wm, wh, wd for working time.</param>
public sealed record LengthValue(int Number, string Unit)
{
    /// <summary>Units of ordinary time.</summary>
    public static readonly IReadOnlyList<string> Plain = ["m", "h", "d"];

    /// <summary>The same with those of working time.</summary>
    public static readonly IReadOnlyList<string> All = ["m", "h", "d", "wm", "wh", "wd"];

    /// <summary>Null where one unit does not say it: <c>1d12h</c>, <c>before 2wd</c>.</summary>
    public static LengthValue? Of(string text)
    {
        try
        {
            var length = MomentText.Parse(text);
            var (mark, hours, minutes) = (length.Working ? "w" : "", length.Time.TotalHours, length.Time.TotalMinutes);
            if (length.IsNegative || length.IsZero) return null;
            if (length.Days > 0) return length.Time == TimeSpan.Zero ? new(length.Days, mark + "d") : null;
            // An exact time of 24 hours is a day to whoever writes hh:mm:ss.
            if (!length.Working && hours % 24 == 0) return new((int)hours / 24, "d");
            if (hours % 1 == 0) return new((int)hours, mark + "h");
            return minutes % 1 == 0 ? new((int)minutes, mark + "m") : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number}{Unit}");

    /// <summary>As <c>d.hh:mm:ss</c>; of ordinary units only.</summary>
    public string ToTimeSpan() => (Unit switch { "d" => TimeSpan.FromDays(Number), "h" => TimeSpan.FromHours(Number), _ => TimeSpan.FromMinutes(Number) }).ToString("c", CultureInfo.InvariantCulture);
}
