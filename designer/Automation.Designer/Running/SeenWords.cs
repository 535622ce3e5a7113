using System.Globalization;
using System.Text.RegularExpressions;
using Automation.Designer.Words;

namespace Automation.Designer.Running;

/// <summary>What a condition saw. Parts of it are told as it is written; what stands in it for a field of the deal has a name.</summary>
internal static partial class SeenWords
{
    public static string SeenName(this ScreenWords words, string path) => Path()
        .Replace(path, found => words[$"path.{found.Groups["field"].Value}"] is var name && name.StartsWith("path.", StringComparison.Ordinal) ? found.Value : name)
        .Replace(">=", "≥", StringComparison.Ordinal).Replace("<=", "≤", StringComparison.Ordinal).Replace("!=", "≠", StringComparison.Ordinal).Replace("==", "=", StringComparison.Ordinal);

    /// <summary>A budget in groups of digits; other numbers may be those of something.</summary>
    public static string SeenValue(this ScreenWords words, string path, string value) =>
        path is "deal.price" && decimal.TryParse(value, NumberStyles.Number, CultureInfo.InvariantCulture, out var price) ? words.Number(price) : value;

    [GeneratedRegex(@"\[?\bdeal\.(?<field>[a-z_]+)\b\]?", RegexOptions.CultureInvariant)]
    private static partial Regex Path();
}
