using Newtonsoft.Json.Linq;

namespace Automation.Engine.Workflows;

/// <summary>Paths of HTTP endpoints: words between slashes, or parameters such as <c>{id}</c>, each a whole word.</summary>
public static class HttpPath
{
    // Twice as many shapes for every word: a longer path is taken literally only.
    private const int MaxWords = 8;
    private const string Any = "{}";

    /// <returns>Parameters without their names: the same for endpoints that take the same paths, and for paths that differ in outer slashes or case only.</returns>
    public static string Shape(string path) => string.Join('/', Words(path).Select(word => IsParameter(word) ? Any : word.ToLowerInvariant()));

    /// <returns>The shapes of all endpoints that take this path, those with the most words of their own first.</returns>
    public static IEnumerable<string> ShapesOf(string path)
    {
        var words = Shape(path).Split('/');
        var open = words.Length > MaxWords || words.Contains("") ? 1 : 1 << words.Length;
        return Enumerable.Range(0, open).OrderBy(int.PopCount).Select(mask => string.Join('/', words.Select((word, place) => (mask >> place & 1) == 1 ? Any : word)));
    }

    /// <returns>What stands in a path at the place of each parameter; empty when the path is another one.</returns>
    public static JObject Values(string template, string path)
    {
        var (asked, given) = (Words(template), Words(path));
        var values = new JObject();
        if (asked.Length != given.Length) return values;
        for (var i = 0; i < asked.Length; i++)
            if (IsParameter(asked[i])) values[asked[i][1..^1]] = given[i];
        return values;
    }

    private static bool IsParameter(string word) => word.Length > 1 && word[0] == '{' && word[^1] == '}';

    private static string[] Words(string path) => path.Trim('/').Split('/');
}
