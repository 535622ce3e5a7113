using System.Text.RegularExpressions;

namespace Automation.Designer.Flow;

/// <summary>Hours of a week that are the same on every chosen day; what is more than that is edited as a text.</summary>
/// <param name="Days">Seven, Monday first.</param>
/// <param name="From"><c>HH:mm</c>.</param>
public sealed partial record WeekHours(IReadOnlyList<bool> Days, string From, string To)
{
    public static readonly IReadOnlyList<string> Names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    /// <summary>The <c>HH:mm</c> of a field for times: browsers' scripts send seconds behind it.</summary>
    public static string? Minutes(object? value) => value is string { Length: > 5 } text ? text[..5] : value as string;

    public WeekHours Toggle(int day) => this with { Days = [.. Days.Select((chosen, at) => at == day ? !chosen : chosen)] };

    /// <returns>Null when the text says more than days and one pair of hours.</returns>
    public static WeekHours? Read(string? text)
    {
        if (text is null) return null;
        var days = new bool[7];
        (string From, string To)? hours = null;
        foreach (var part in text.Split(','))
        {
            if (Part().Match(part.Trim()) is not { Success: true } match || (hours is { } known && known != (match.Groups["a"].Value, match.Groups["b"].Value))) return null;
            hours = (match.Groups["a"].Value, match.Groups["b"].Value);
            var (first, last) = (Names.ToList().IndexOf(match.Groups["first"].Value), match.Groups["last"].Success ? Names.ToList().IndexOf(match.Groups["last"].Value) : -1);
            if (last < 0) last = first;
            if (first < 0 || last < first) return null;
            for (var day = first; day <= last; day++) days[day] = true;
        }

        return hours is { } found ? new(days, found.From, found.To) : null;
    }

    /// <summary>The text of it: days that follow one another as a span.</summary>
    public override string ToString()
    {
        var parts = new List<string>();
        for (var day = 0; day < 7; day++)
        {
            if (!Days[day]) continue;
            var first = day;
            while (day < 6 && Days[day + 1]) day++;
            parts.Add($"{(first == day ? Names[first] : $"{Names[first]}-{Names[day]}")} {From}-{To}");
        }

        return string.Join(", ", parts);
    }

    [GeneratedRegex(@"^(?<first>[a-z]{3})(-(?<last>[a-z]{3}))? (?<a>\d\d:\d\d)-(?<b>\d\d:\d\d)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Part();
}
