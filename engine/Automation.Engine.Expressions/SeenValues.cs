using Newtonsoft.Json.Linq;

namespace Automation.Engine.Expressions;

/// <summary>Collects what an evaluation looked at: at most 50 entries, texts cut at 200 characters, each path once.</summary>
internal sealed class SeenValues
{
    public const int MaxEntries = 50;
    public const int MaxText = 200;
    private readonly List<SeenValue> _values = [];

    public IReadOnlyList<SeenValue> Values => _values;

    public void Add(string path, JToken? value)
    {
        if (_values.Count >= MaxEntries) return;
        foreach (var seen in _values)
            if (string.Equals(seen.Path, path, StringComparison.Ordinal)) return;
        _values.Add(new SeenValue(path, Cut(value)));
    }

    private static JToken Cut(JToken? value) => value switch
    {
        null => JValue.CreateNull(),
        JValue { Value: string s } when s.Length > MaxText => new JValue(s[..(MaxText - 1)] + "…"),
        JContainer c when c.ToString(Newtonsoft.Json.Formatting.None) is { Length: > MaxText } s => new JValue(s[..(MaxText - 1)] + "…"),
        JContainer c => c.DeepClone(),
        _ => value,
    };
}
