namespace Automation.Activities.Crm.Priority;

/// <summary>The mark of a priority in front of a task's text.</summary>
public static class TaskPrefix
{
    public const string Emoji = "emoji";
    public const string Text = "text";
    public const string None = "none";

    /// <summary>The text with the level's prefix in place of any other level's.</summary>
    public static string Apply(string text, PriorityLevel level, IReadOnlyList<PriorityLevel> levels, string style)
    {
        var bare = Strip(text, levels);
        return style switch
        {
            Emoji => level.Mark is { Length: > 0 } mark ? $"{mark} {bare}" : bare,
            Text => $"[{level.Name}] {bare}",
            _ => bare,
        };
    }

    private static string Strip(string text, IReadOnlyList<PriorityLevel> levels)
    {
        foreach (var level in levels)
        {
            string[] prefixes = [$"{level.Mark} ", $"[{level.Name}] ", $"[{level.NameEn}] "];
            foreach (var prefix in prefixes)
                if (prefix.Trim() is not ("" or "[]") && text.StartsWith(prefix, StringComparison.Ordinal)) return Strip(text[prefix.Length..], levels);
        }
        return text;
    }
}
