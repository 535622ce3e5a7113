using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Automation.Connectors.AmoCrm.Api;

/// <summary>A tag as funnels write it: <c>name</c> or <c>name#FF8F92</c>.</summary>
internal static partial class TagColor
{
    // The palette of the vendor's own client (TagColorsEnum); other colours are refused by the CRM.
    private static readonly FrozenSet<string> Palette = new[]
    {
        "EBEBEB", "D0D0D0", "F2DDF7", "D1A4DC", "FF8F92", "FFC8C8", "C7DB8C", "DDEBB5", "8699DA", "AABDFF", "FFCE5A", "FFE193", "90CDB0", "C6F4DE", "A9A5D7", "D8D5FF",
        "86C0FC", "832161", "6A0F49", "0C7C59", "10599D", "9D2B32", "247BA0",
    }.ToFrozenSet(StringComparer.Ordinal);

    [GeneratedRegex("^(.+)#([0-9A-Fa-f]{6})$")]
    private static partial Regex Colored();

    /// <returns>The name, and the colour when it is one of the palette.</returns>
    public static (string Name, string? Color) Split(string tag)
    {
        var match = Colored().Match(tag);
        if (!match.Success) return (tag, null);
        var color = match.Groups[2].Value.ToUpperInvariant();
        return (match.Groups[1].Value.TrimEnd(), Palette.Contains(color) ? color : null);
    }
}
