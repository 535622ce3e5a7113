using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Automation.Engine.Api.Hooks;

/// <summary>Headers or query as a source reads them: a view, nothing is copied.</summary>
internal sealed class TextView(Func<string, StringValues> find, Func<IEnumerable<KeyValuePair<string, StringValues>>> all) : IReadOnlyDictionary<string, string>
{
    public static TextView Of(IHeaderDictionary headers) => new(name => headers[name], () => headers);

    public static TextView Of(IQueryCollection query) => new(name => query[name], () => query);

    public string this[string key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException(key);

    public IEnumerable<string> Keys => all().Select(pair => pair.Key);

    public IEnumerable<string> Values => all().Select(pair => pair.Value.ToString());

    public int Count => all().Count();

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value)
    {
        var found = find(key);
        value = found.Count == 0 ? null : found.ToString();
        return value is not null;
    }

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() =>
        all().Select(pair => KeyValuePair.Create(pair.Key, pair.Value.ToString())).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
