using System.Collections;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Expressions;

/// <summary>Collects what an evaluation looked at: at most 50 entries, texts cut at 200 characters, each path once.</summary>
/// <remarks>Most conditions are asked far more often than they are explained: the entries are made when they are read.</remarks>
internal sealed class SeenValues : IReadOnlyList<SeenValue>
{
    public const int MaxEntries = 50;
    public const int MaxText = 200;
    private const int MaxKept = 4 * MaxEntries;
    private static readonly object True = true;
    private static readonly object False = false;
    private (string Path, object? Value)[] seen = new (string, object?)[12];
    private int count;
    private SeenValue[]? made;

    public int Count => Made().Length;

    public SeenValue this[int index] => Made()[index];

    public void Add(string path, JToken? value) => Put(path, Cut(value));

    public void Add(string path, bool value) => Put(path, value ? True : False);

    public IEnumerator<SeenValue> GetEnumerator() => ((IEnumerable<SeenValue>)Made()).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void Put(string path, object? value)
    {
        if (count == MaxKept) return;
        if (count == seen.Length) Array.Resize(ref seen, count * 2);
        seen[count++] = (path, value);
        made = null;
    }

    private SeenValue[] Made() => made ??= [.. seen.Take(count).DistinctBy(entry => entry.Path, StringComparer.Ordinal).Take(MaxEntries).Select(entry => new SeenValue(entry.Path, entry.Value switch
    {
        null => JValue.CreateNull(),
        bool answer => new JValue(answer),
        var token => (JToken)token,
    }))];

    // What may still change is copied at once.
    private static JToken? Cut(JToken? value) => value switch
    {
        JValue { Value: string s } when s.Length > MaxText => new JValue(s[..(MaxText - 1)] + "…"),
        JContainer c when c.ToString(Newtonsoft.Json.Formatting.None) is { Length: > MaxText } s => new JValue(s[..(MaxText - 1)] + "…"),
        JContainer c => c.DeepClone(),
        _ => value,
    };
}
