using System.Text.RegularExpressions;

namespace Automation.Engine.Expressions.Scripts;

/// <summary>Which roots a script may read: those whose name occurs in it, and those behind Elsa's functions.</summary>
internal static partial class ScriptRoots
{
    public static IEnumerable<string> In(string source, IReadOnlyCollection<string> roots)
    {
        var words = Words().Matches(source).Select(m => m.Value).ToHashSet(StringComparer.Ordinal);
        var helpers = words.SelectMany(Behind).ToHashSet(StringComparer.Ordinal);
        // A name with a space or a dot cannot be an identifier; such a root is reached by globalThis['…'].
        return roots.Where(root => words.Contains(root) || helpers.Contains(root) || (!Identifier().IsMatch(root) && source.Contains(root, StringComparison.Ordinal)));
    }

    private static IEnumerable<string> Behind(string word)
    {
        if (word == "getInput") return ["input"];
        if (word == "getLastResult") return ["lastResult"];
        if (word.StartsWith("getWorkflow", StringComparison.Ordinal) || word is "getCorrelationId") return ["workflow", "variables"];
        if (word.StartsWith("get", StringComparison.Ordinal) && word.Contains("From", StringComparison.Ordinal)) return ["outputs", "variables"];
        return word.StartsWith("get", StringComparison.Ordinal) || word.StartsWith("set", StringComparison.Ordinal) ? ["variables"] : [];
    }

    [GeneratedRegex(@"[\p{L}_$][\p{L}\p{Nd}_$]*", RegexOptions.CultureInvariant)]
    private static partial Regex Words();

    [GeneratedRegex(@"^[\p{L}_$][\p{L}\p{Nd}_$]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Identifier();
}
