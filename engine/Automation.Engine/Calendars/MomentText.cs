namespace Automation.Engine.Calendars;

/// <summary>A length with its direction, as people write it: <c>after 3wh</c>, <c>before 2wd</c>, <c>3wh</c>; in Russian <c>через</c> and <c>за</c>.</summary>
public static class MomentText
{
    private static readonly string[] After = ["after ", "in ", "через "];
    private static readonly string[] Before = ["before ", "за "];

    /// <returns>Negative for "before".</returns>
    /// <exception cref="FormatException">The text is none of these.</exception>
    public static TimeLength Parse(string text)
    {
        var words = text.Trim();
        if (Begins(After) is { } after) return Size(after);
        return Begins(Before) is { } before ? Size(before).Negate() : TimeLength.Parse(words);

        string? Begins(string[] beginnings) => beginnings.Where(one => words.StartsWith(one, StringComparison.OrdinalIgnoreCase)).Select(one => words[one.Length..]).FirstOrDefault();
        TimeLength Size(string size) => TimeLength.Parse(size) is { IsNegative: false } length ? length : throw new FormatException($"'{text}' says the direction twice: write after 3wh, or before 3wh.");
    }
}
