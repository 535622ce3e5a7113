using System.Text.RegularExpressions;

namespace Automation.Engine.Expressions.Texts;

/// <summary>Every path that a template's tags name, such as <c>deal.price</c> or <c>deal['Сумма руб.']</c>; also those of its loops' own names.</summary>
internal static partial class TemplatePaths
{
    public static IReadOnlyCollection<string> In(string source)
    {
        var paths = new List<string>();
        foreach (Match tag in Tags().Matches(source))
        {
            foreach (Match part in Parts().Matches(tag.Value))
            {
                if (!part.Groups["path"].Success) continue;
                var path = Brackets().Replace(part.Groups["path"].Value, m => "." + m.Groups[1].Value);
                if (!paths.Contains(path, StringComparer.Ordinal)) paths.Add(path);
            }
        }
        return paths;
    }

    [GeneratedRegex(@"\{\{.*?\}\}|\{%.*?%\}", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Tags();

    [GeneratedRegex("""(?<path>[\p{L}_][\p{L}\p{Nd}_-]*(?:\.[\p{L}\p{Nd}_-]+|\['[^']*'\]|\["[^"]*"\])*)|'[^']*'|"[^"]*"|.""", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Parts();

    [GeneratedRegex("""\[["']([^"']*)["']\]""", RegexOptions.CultureInvariant)]
    private static partial Regex Brackets();
}
