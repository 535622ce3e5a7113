using System.Globalization;
using System.Net;

namespace Automation.Simulators;

/// <summary>An ordered form body with PHP-style nested keys.</summary>
public sealed class FormPairs
{
    private readonly List<KeyValuePair<string, string>> pairs = [];

    public IReadOnlyList<KeyValuePair<string, string>> Pairs => pairs;

    public FormPairs Add(string key, string? value)
    {
        pairs.Add(new(key, value ?? ""));
        return this;
    }

    public FormPairs Add(string key, long value) => Add(key, value.ToString(CultureInfo.InvariantCulture));

    /// <returns>The body as it goes over the wire: percent-encoded, blanks as plus.</returns>
    public string Encode() =>
        string.Join('&', pairs.Select(pair => $"{WebUtility.UrlEncode(pair.Key)}={WebUtility.UrlEncode(pair.Value)}"));

    /// <summary>One <c>key=value</c> a line, for people.</summary>
    public static string Decode(string body) =>
        string.Join('\n', body.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(WebUtility.UrlDecode));
}
