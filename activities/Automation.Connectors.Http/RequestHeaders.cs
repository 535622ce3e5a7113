using System.Buffers;
using System.Collections.Frozen;

namespace Automation.Connectors.Http;

/// <summary>Which headers a caller may set (S5).</summary>
internal static class RequestHeaders
{
    private static readonly FrozenSet<string> Ours = new[]
    {
        "Host", "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authorization", "Upgrade", "TE", "Trailer", "Expect",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>What is forgotten when a redirect leads to another host.</summary>
    public static readonly FrozenSet<string> Secret = new[] { "Authorization", "Cookie" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly SearchValues<char> TokenChars =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly SearchValues<char> ValueChars = SearchValues.Create([.. Enumerable.Range(0x20, 0x5f).Select(c => (char)c), '\t']);

    /// <returns>Why a header is refused; null when all are fine. Never the value: it may be a secret.</returns>
    public static string? Refusal(IReadOnlyDictionary<string, string>? headers, string? contentType)
    {
        if (contentType is not null && contentType.AsSpan().ContainsAnyExcept(ValueChars)) return "The content type holds characters that a header must not hold.";
        foreach (var (name, value) in headers ?? FrozenDictionary<string, string>.Empty)
        {
            if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(TokenChars)) return "A header's name holds characters that a name must not hold.";
            if (Ours.Contains(name)) return $"The header '{name}' is set by the engine alone.";
            if (value is null || value.AsSpan().ContainsAnyExcept(ValueChars)) return $"The value of the header '{name}' holds characters that a header must not hold.";
        }
        return null;
    }
}
