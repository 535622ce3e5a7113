using Newtonsoft.Json.Linq;

namespace Automation.Engine.Expressions;

/// <summary>Finds a value by a dotted path: by field id (<c>deal.cf.991201</c>) or by its shown name (<c>deal.Город</c>).</summary>
/// <remarks>
/// An object may carry <c>$names</c>: shown name → path inside that object. Order: the property as written, <c>$names</c>,
/// a custom field under <c>cf</c>, then the same ignoring case. A name may itself hold dots: the longest match wins.
/// </remarks>
internal static class ValuePath
{
    public const string NamesKey = "$names";
    private const string CustomFieldsKey = "cf";

    // Splits are kept with what is parsed: a text of nothing but dots must not fill the memory.
    private const int MaxRootParts = 8;
    // No field is called by a longer name (CRMs allow 255 characters).
    private const int MaxName = 512;

    /// <summary>Where a path can be split into a root and the rest, the longest root first. A root has at most <see cref="MaxRootParts"/> parts.</summary>
    public static (string Root, string Tail)[] Splits(string path)
    {
        var splits = new List<(string, string)>();
        for (var end = 0; end < path.Length && splits.Count < MaxRootParts;)
        {
            end = path.IndexOf('.', end + 1) is var dot && dot < 0 ? path.Length : dot;
            splits.Add((path[..end], end == path.Length ? "" : path[(end + 1)..]));
        }

        splits.Reverse();
        return [.. splits];
    }

    /// <summary>The first of a path's splits whose root exists; null when none does.</summary>
    public static (string Root, string Tail)? FindRoot((string Root, string Tail)[] splits, IExpressionScope scope)
    {
        foreach (var (name, tail) in splits)
            if (scope.FindRoot(name) is { } root) return (root, tail);
        return null;
    }

    /// <summary>The same among names without a scope.</summary>
    public static (string Root, string Tail)? FindRoot((string Root, string Tail)[] splits, IReadOnlyCollection<string> roots)
    {
        foreach (var (name, tail) in splits)
            if (IExpressionScope.FindRoot(roots, name) is { } root) return (root, tail);
        return null;
    }

    /// <summary>The value at <paramref name="path"/>; null when anything on the way is missing.</summary>
    public static JToken? Read(JToken? from, string path)
    {
        if (path.Length == 0) return from;
        for (var end = path.Length <= MaxName ? path.Length : path.LastIndexOf('.', MaxName); end > 0; end = path.LastIndexOf('.', end - 1))
        {
            if (Step(from, path[..end]) is not { } next) continue;
            if (end == path.Length) return next;
            if (Read(next, path[(end + 1)..]) is { } found) return found;
        }
        return null;
    }

    /// <summary>The closest of <paramref name="names"/> by edit distance, when it is close enough to be a slip.</summary>
    public static string? Nearest(string name, IEnumerable<string> names)
    {
        var best = names.Select(n => (Name: n, Distance: Distance(name.ToLowerInvariant(), n.ToLowerInvariant())))
            .OrderBy(x => x.Distance).ThenBy(x => x.Name, StringComparer.Ordinal).FirstOrDefault();
        return best.Name is not null && best.Distance <= Math.Max(2, name.Length / 3) ? best.Name : null;
    }

    private static JToken? Step(JToken? from, string name)
    {
        if (from is JArray array)
            return int.TryParse(name, System.Globalization.NumberStyles.None, null, out var i) && i < array.Count ? array[i] : null;
        if (from is not JObject o) return null;
        if (o.TryGetValue(name, StringComparison.Ordinal, out var exact)) return exact;
        if (o[NamesKey] is JObject names && names.TryGetValue(name, StringComparison.OrdinalIgnoreCase, out var alias) && (string?)alias is { Length: > 0 } target)
            return Read(o, target) ?? JValue.CreateNull();
        if (o[CustomFieldsKey] is JObject fields && fields.TryGetValue(name, StringComparison.OrdinalIgnoreCase, out var field)) return field;
        return o.TryGetValue(name, StringComparison.OrdinalIgnoreCase, out var loose) ? loose : null;
    }

    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var corner = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), corner + (a[i - 1] == b[j - 1] ? 0 : 1));
                corner = above;
            }
        }
        return row[b.Length];
    }
}
