using System.Globalization;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Benchmarks;

/// <summary>What a benchmark found: a table for the eye, a JSON file, and one line for scripts.</summary>
internal sealed class Report(string name)
{
    private readonly List<(string Key, string Value)> line = [];
    private readonly JArray rows = [];

    /// <summary>Where the JSON files and the servers' log go: <c>AUTOMATION_BENCH_OUT</c>, or <c>bench/results</c>.</summary>
    public static string Folder => Directory.CreateDirectory(Environment.GetEnvironmentVariable("AUTOMATION_BENCH_OUT") ?? Path.Combine("bench", "results")).FullName;

    /// <summary>A row of the table.</summary>
    public void Row(string scene, params ReadOnlySpan<(string Key, double Value)> values)
    {
        var row = new JObject { ["scene"] = scene };
        foreach (var (key, value) in values) row[key] = Math.Round(value, 4);
        rows.Add(row);
        Console.WriteLine($"  {scene,-34} {string.Join("  ", values.ToArray().Select(pair => $"{pair.Key} {Short(pair.Value)}"))}");
    }

    /// <summary>A figure of the last line.</summary>
    public void Figure(string key, double value) => line.Add((key, Short(value)));

    public void Note(string key, string value) => line.Add((key, value.Contains(' ', StringComparison.Ordinal) ? $"\"{value}\"" : value));

    public void End()
    {
        var json = new JObject
        {
            ["benchmark"] = name,
            ["at"] = TimeProvider.System.GetUtcNow(),
            ["machine"] = new JObject { ["cores"] = Environment.ProcessorCount, ["runtime"] = Environment.Version.ToString() },
            ["rows"] = rows,
            ["figures"] = new JObject(line.Select(pair => new JProperty(pair.Key, pair.Value))),
        };
        File.WriteAllText(Path.Combine(Folder, $"{name}.json"), json.ToString(Formatting.Indented));
        Console.WriteLine($"{name}: {string.Join(' ', line.Select(pair => $"{pair.Key}={pair.Value}"))}");
    }

    private static string Short(double value) => Math.Abs(value) switch
    {
        >= 1_000 => value.ToString("0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.#", CultureInfo.InvariantCulture),
        _ => value.ToString("0.###", CultureInfo.InvariantCulture),
    };
}

internal static class Percentiles
{
    /// <param name="sorted">Ascending.</param>
    public static double At(this double[] sorted, double share) => sorted.Length == 0 ? double.NaN : sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))];
}
