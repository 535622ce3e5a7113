using System.Globalization;
using Newtonsoft.Json.Linq;

namespace Automation.Connectors.AmoCrm.Hooks;

/// <summary>A hook's body as a tree of names. A list is a map with numbers for names, so a large index costs nothing.</summary>
internal sealed class HookNode
{
    private Dictionary<string, HookNode>? children;

    public string? Value { get; set; }

    public bool HasChildren => children is { Count: > 0 };

    public IEnumerable<string> Names => children?.Keys ?? Enumerable.Empty<string>();

    public HookNode? this[string name] => children?.GetValueOrDefault(name);

    public string? Text(string name) => this[name]?.Value;

    /// <summary>The first of the names that has a non-empty value.</summary>
    public string? Text(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (Text(name) is { Length: > 0 } text) return text;
        return null;
    }

    public HookNode Child(string name)
    {
        children ??= new(StringComparer.Ordinal);
        if (name.Length == 0) name = NextIndex();
        if (!children.TryGetValue(name, out var child)) children[name] = child = new HookNode();
        return child;
    }

    /// <summary>Entries in order: numbers by size, then names by letter. So the order of the pairs plays no part.</summary>
    public IEnumerable<KeyValuePair<string, HookNode>> Entries() =>
        (children ?? []).OrderBy(entry => Index(entry.Key) ?? long.MaxValue).ThenBy(entry => entry.Key, StringComparer.Ordinal);

    public bool IsList => HasChildren && children!.Keys.All(name => Index(name) is not null);

    /// <summary>All values below with their paths, sorted: what a copy of the item has in common with it.</summary>
    public IEnumerable<string> SortedPairs()
    {
        var pairs = new List<string>();
        Collect("", pairs);
        pairs.Sort(StringComparer.Ordinal);
        return pairs;
    }

    public JToken ToJson()
    {
        if (!HasChildren) return Value;
        if (IsList) return new JArray(Entries().Select(entry => entry.Value.ToJson()));
        return new JObject(Entries().Select(entry => new JProperty(entry.Key, entry.Value.ToJson())));
    }

    public static long? Index(string name) => long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : null;

    private string NextIndex()
    {
        var next = children!.Count;
        while (children.ContainsKey(next.ToString(CultureInfo.InvariantCulture))) next++;
        return next.ToString(CultureInfo.InvariantCulture);
    }

    private void Collect(string path, List<string> pairs)
    {
        if (Value is not null) pairs.Add($"{path}={Value}");
        foreach (var (name, child) in children ?? []) child.Collect($"{path}[{name}]", pairs);
    }
}
