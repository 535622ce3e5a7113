using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Expressions.Scripts;

/// <summary>Plain paths that a script names, such as <c>deal.price</c>: what can be shown for <em>why?</em> without running it again.</summary>
internal static partial class ScriptPaths
{
    public static IEnumerable<string> In(string source, JObject globals) =>
        source.Length > ScriptWorkerPool.MaxSourceBytes ? [] : Paths().Matches(source).Select(m => m.Value)
            .Where(path => globals[path[..path.IndexOf('.', StringComparison.Ordinal)]] is JObject && ValuePath.Read(globals, path) is null or JValue)
            .Distinct(StringComparer.Ordinal).Take(SeenValues.MaxEntries);

    [GeneratedRegex(@"(?<![\p{L}\p{Nd}_$.])[\p{L}_$][\p{L}\p{Nd}_$]*(?:\.[\p{L}_$][\p{L}\p{Nd}_$]*)+(?!\s*\()", RegexOptions.CultureInvariant)]
    private static partial Regex Paths();
}
