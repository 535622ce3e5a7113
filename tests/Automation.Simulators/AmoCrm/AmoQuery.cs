using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Automation.Simulators.AmoCrm;

/// <summary>A query string with PHP-style nested keys.</summary>
internal sealed partial class AmoQuery(IQueryCollection query)
{
    public string? Text(string key) => query.TryGetValue(key, out var value) ? value.ToString() : null;

    public int? Int(string key) => int.TryParse(Text(key), CultureInfo.InvariantCulture, out var value) ? value : null;

    public bool With(string part) => (Text("with") ?? "").Split(',').Contains(part);

    /// <summary><c>key</c>, <c>key[]</c>, <c>key[0]</c> and lists with commas; null when the filter was not given.</summary>
    public HashSet<string>? Values(string key)
    {
        var values = query
            .Where(pair => pair.Key == key || (pair.Key.StartsWith(key + "[", StringComparison.Ordinal)
                && Index().IsMatch(pair.Key[key.Length..])))
            .SelectMany(pair => pair.Value)
            .SelectMany(value => (value ?? "").Split(','))
            .ToHashSet();
        return values.Count == 0 ? null : values;
    }

    public bool Allows(string key, long value) => Values(key)?.Contains(value.ToString(CultureInfo.InvariantCulture)) ?? true;

    public bool Allows(string key, string value) => Values(key)?.Contains(value) ?? true;

    /// <summary><c>key[from]</c> and <c>key[to]</c>, both inclusive; a plain <c>key</c> means "from".</summary>
    public bool AllowsRange(string key, long? value)
    {
        var from = Number($"{key}[from]") ?? Number(key);
        var to = Number($"{key}[to]");
        return (from is null || value >= from) && (to is null || value <= to);
    }

    /// <summary><c>filter[statuses][0][pipeline_id]</c> with <c>[status_id]</c>.</summary>
    public bool AllowsStage(long pipelineId, long statusId)
    {
        var places = query.Keys.Select(key => Stage().Match(key)).Where(match => match.Success).Select(match => match.Groups[1].Value).Distinct().ToList();
        return places.Count == 0 || places.Exists(place =>
            (Number($"filter[statuses][{place}][pipeline_id]") ?? pipelineId) == pipelineId
            && (Number($"filter[statuses][{place}][status_id]") ?? statusId) == statusId);
    }

    public bool AllowsFields(Func<long, IReadOnlyList<AmoValue>> valuesOf)
    {
        var ids = query.Keys.Select(key => Field().Match(key)).Where(match => match.Success)
            .Select(match => long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).Distinct();
        return ids.All(id =>
        {
            var key = $"filter[custom_fields_values][{id}]";
            var values = valuesOf(id);
            if (Values(key) is { } wanted)
                return values.Any(value => wanted.Contains(value.Value.ToString())
                    || (value.EnumId is { } choice && wanted.Contains(choice.ToString(CultureInfo.InvariantCulture))));
            return values.Any(value => decimal.TryParse(value.Value.ToString(), CultureInfo.InvariantCulture, out var number)
                && AllowsRange(key, (long)number));
        });
    }

    /// <returns>The key and whether it goes downwards; null for the natural order.</returns>
    public (string Key, bool Descending)? Order()
    {
        foreach (var key in query.Keys)
            if (Sorting().Match(key) is { Success: true } match)
                return (match.Groups[1].Value, query[key] == "desc");
        return null;
    }

    private long? Number(string key) => long.TryParse(Text(key), CultureInfo.InvariantCulture, out var value) ? value : null;

    [GeneratedRegex(@"^\[\d*\]$")]
    private static partial Regex Index();

    [GeneratedRegex(@"^filter\[statuses\]\[(\d+)\]\[")]
    private static partial Regex Stage();

    [GeneratedRegex(@"^filter\[custom_fields_values\]\[(\d+)\]")]
    private static partial Regex Field();

    [GeneratedRegex(@"^order\[(\w+)\]$")]
    private static partial Regex Sorting();
}
