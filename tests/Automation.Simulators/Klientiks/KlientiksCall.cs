using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Automation.Simulators.Klientiks;

/// <summary>A call, taken apart: arguments may stand as path pairs, in the query or in the form.</summary>
internal sealed class KlientiksCall
{
    private readonly Dictionary<string, List<string>> values = new(StringComparer.OrdinalIgnoreCase);

    private KlientiksCall()
    {
    }

    public required string Action { get; init; }
    public required string Account { get; init; }
    public required string User { get; init; }
    public required string Token { get; init; }
    public required bool IsPost { get; init; }

    public string Model { get; private set; } = "";

    public string? this[string name] => values.TryGetValue(name, out var found) ? found[0] : null;

    public static async Task<KlientiksCall> ReadAsync(HttpContext context)
    {
        string Part(string name) => (string?)context.GetRouteValue(name) ?? "";
        var call = new KlientiksCall
        {
            Action = Part("action"),
            Account = Part("a"),
            User = Part("u"),
            Token = Part("t"),
            IsPost = context.Request.Method == "POST",
        };
        var parts = Part("rest").Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < parts.Length; i += 2)
            call.Put(parts[i], i + 1 < parts.Length ? parts[i + 1] : "");
        call.Model = call["m"] ?? "";
        foreach (var pair in context.Request.Query)
            foreach (var value in pair.Value)
                call.Put(pair.Key, value ?? "");
        if (context.Request.HasFormContentType)
            foreach (var pair in await context.Request.ReadFormAsync(context.RequestAborted))
                foreach (var value in pair.Value)
                    call.Put(pair.Key, value ?? "");
        return call;
    }

    /// <summary>Whether a path pair names this submethod: <c>/s/apiAdd/</c>.</summary>
    public bool Has(string submethod) => string.Equals(this["s"], submethod, StringComparison.OrdinalIgnoreCase);

    public long? Number(string name) => long.TryParse(this[name], CultureInfo.InvariantCulture, out var value) ? value : null;

    /// <summary>A list: repeated keys, <c>22,23</c> or <c>[22,23]</c>.</summary>
    public IReadOnlyList<long> Numbers(string name) => values.TryGetValue(name, out var found)
        ? [.. found.SelectMany(text => text.Trim('[', ']').Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .Select(text => long.Parse(text, CultureInfo.InvariantCulture))]
        : [];

    public DateTime? Time(string name) =>
        DateTime.TryParse(this[name], CultureInfo.InvariantCulture, DateTimeStyles.None, out var value) ? value : null;

    public void Default(string name, string value) => values.TryAdd(name, [value]);

    private void Put(string key, string value)
    {
        key = key.EndsWith("[]", StringComparison.Ordinal) ? key[..^2] : key;
        if (!values.TryGetValue(key, out var list))
            values[key] = list = [];
        list.Add(value);
    }
}
