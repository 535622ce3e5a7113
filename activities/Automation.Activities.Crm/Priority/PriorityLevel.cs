using System.Globalization;

namespace Automation.Activities.Crm.Priority;

/// <summary>One row of the list of priorities.</summary>
/// <param name="Rank">The higher, the more urgent.</param>
/// <param name="Color">Six hexadecimal digits.</param>
/// <param name="Mark">Emoji in front of a task's text; null for none.</param>
public sealed record PriorityLevel(string Name, string? NameEn, int Rank, string Color, string? Mark)
{
    /// <summary>Colours of the CRM's tag palette, so that tag and task look alike.</summary>
    public static IReadOnlyList<PriorityLevel> Defaults { get; } =
    [
        new("Низкий", "Low", 1, "DDEBB5", "⚪"),
        new("Обычный", "Normal", 2, "EBEBEB", null),
        new("Высокий", "High", 3, "FF8F92", "🔴"),
        new("Срочный", "Urgent", 4, "9D2B32", "🚨"),
    ];

    /// <summary>Contrast of the better of black and white text on the colour, 1 to 21 (WCAG 2.1).</summary>
    public double Contrast()
    {
        var light = Luminance();
        return Math.Max((light + 0.05) / 0.05, 1.05 / (light + 0.05));
    }

    /// <summary>Codes of what is wrong with a list; empty when it is well. Checked when a workflow is saved and before it is used.</summary>
    public static IEnumerable<string> Problems(IReadOnlyList<PriorityLevel> levels)
    {
        if (levels.Count == 0) yield return "priorities_empty";
        if (levels.Select(level => level.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count() != levels.Count) yield return "priority_name_repeated";
        if (levels.Select(level => level.Rank).Distinct().Count() != levels.Count) yield return "priority_rank_repeated";
        foreach (var level in levels)
        {
            if (level.Color is not { Length: 6 } color || !color.All(char.IsAsciiHexDigit)) yield return $"priority_color_invalid: {level.Name}";
            else if (level.Contrast() < 4.5) yield return $"priority_contrast_low: {level.Name}";
        }
    }

    private double Luminance() => (0.2126 * Channel(0)) + (0.7152 * Channel(2)) + (0.0722 * Channel(4));

    private double Channel(int at)
    {
        var value = int.Parse(Color.AsSpan(at, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0;
        return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
    }
}
