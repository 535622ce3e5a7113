using System.Globalization;
using System.Linq.Expressions;
using Automation.Engine.Persistence.Rows;

namespace Automation.Engine.Hosting.Definitions;

/// <summary>Which versions of a definition are meant, in Elsa's words: <c>Latest</c>, <c>Published</c>, a number …; nothing for all.</summary>
public static class VersionChoice
{
    /// <exception cref="FormatException">Not one of the words, and no number.</exception>
    public static Expression<Func<DefinitionRow, bool>> Parse(string? text) => (text ?? "").Trim().ToUpperInvariant() switch
    {
        "" or "ALLVERSIONS" or "ALL" => row => true,
        "DRAFT" => row => row.IsLatest && !row.IsPublished,
        "LATEST" => row => row.IsLatest,
        "PUBLISHED" => row => row.IsPublished,
        "LATESTORPUBLISHED" => row => row.IsLatest || row.IsPublished,
        "LATESTANDPUBLISHED" => row => row.IsLatest && row.IsPublished,
        var number when int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var version) => row => row.Version == version,
        _ => throw new FormatException($"'{text}' names no versions: write AllVersions, Draft, Latest, Published, LatestOrPublished, LatestAndPublished or a number."),
    };
}
