using System.Globalization;
using System.Text.RegularExpressions;

namespace Automation.Engine.Calendars;

/// <summary>
/// A length of time as people write it: <c>15m</c>, <c>3h</c>, <c>2d</c>, <c>1d12h</c>; working time <c>30wm</c>, <c>3wh</c>, <c>2wd</c>,
/// <c>1wd4wh</c>. Days keep the time of the clock, hours and minutes are counted as they pass. Ordinary and working time do not mix.
/// </summary>
/// <param name="Working">True: only working time of a calendar counts.</param>
/// <param name="Days">Whole days, working ones when <paramref name="Working"/>. The sign is that of <paramref name="Time"/>.</param>
/// <param name="Time">Hours, minutes and seconds beside the days; negative counts back.</param>
public readonly partial record struct TimeLength(bool Working, int Days, TimeSpan Time)
{
    private const int MostDays = 36_500;
    private const int MostWorkingDays = 10_000;
    private static readonly TimeSpan MostTime = TimeSpan.FromDays(MostDays);
    private static readonly TimeSpan MostWorkingTime = TimeSpan.FromHours(100_000);

    public bool IsZero => Days == 0 && Time == TimeSpan.Zero;

    public bool IsNegative => Days < 0 || Time < TimeSpan.Zero;

    public TimeLength Negate() => this with { Days = -Days, Time = -Time };

    public TimeLength Absolute() => IsNegative ? Negate() : this;

    /// <exception cref="FormatException">The text is no length of time, or it is longer than 100 years (100,000 working hours, 10,000 working days).</exception>
    public static TimeLength Parse(string text)
    {
        var match = Pattern().Match(text);
        var found = match.Success && text.Trim() is not ("" or "-");
        if (!found && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var exact)) return Checked(new(false, 0, exact), text);
        if (!found) throw new FormatException($"'{text}' is not a length of time: write 15m, 2h, 3d, 1d12h, or working time: 30wm, 3wh, 2wd.");

        var working = Has("wd") || Has("wh") || Has("wm");
        if (working && (Has("d") || Has("h") || Has("m") || Has("s"))) throw new FormatException($"'{text}' mixes ordinary and working time: write either 1d12h or 1wd4wh.");
        var days = Number("d") + Number("wd");
        var seconds = (Number("h") + Number("wh")) * 3_600 + (Number("m") + Number("wm")) * 60 + Number("s");
        var length = Checked(new(working, (int)Math.Min(days, int.MaxValue), TimeSpan.FromSeconds(seconds)), text);
        return match.Groups["sign"].Value == "-" ? length.Negate() : length;

        bool Has(string group) => match.Groups[group].Success;
        long Number(string group) => Has(group) ? long.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture) : 0;
    }

    /// <summary>The shortest text that <see cref="Parse"/> reads back as the same length.</summary>
    public override string ToString()
    {
        if (IsZero) return Working ? "0wm" : "0m";
        var (size, mark) = (Absolute(), Working ? "w" : "");
        var hours = (long)size.Time.TotalHours;
        var text = (size.Days > 0 ? $"{size.Days}{mark}d" : "") + (hours > 0 ? $"{hours}{mark}h" : "")
            + (size.Time.Minutes > 0 ? $"{size.Time.Minutes}{mark}m" : "") + (size.Time.Seconds > 0 ? $"{size.Time.Seconds}s" : "");
        if (text.Length == 0 || size.Time.Ticks % TimeSpan.TicksPerSecond != 0) text = size.Time.ToString("c", CultureInfo.InvariantCulture);
        return IsNegative ? "-" + text : text;
    }

    private static TimeLength Checked(TimeLength length, string text) =>
        Math.Abs((long)length.Days) <= (length.Working ? MostWorkingDays : MostDays) && length.Time.Duration() <= (length.Working ? MostWorkingTime : MostTime)
            ? length
            : throw new FormatException($"'{text}' is too long: at most 100 years, 10000wd or 100000wh.");

    [GeneratedRegex(@"^\s*(?<sign>-?)\s*(?:(?<d>\d{1,7})d)?\s*(?:(?<wd>\d{1,7})wd)?\s*(?:(?<h>\d{1,7})h)?\s*(?:(?<wh>\d{1,7})wh)?\s*(?:(?<m>\d{1,9})m)?\s*(?:(?<wm>\d{1,9})wm)?\s*(?:(?<s>\d{1,10})s)?\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
