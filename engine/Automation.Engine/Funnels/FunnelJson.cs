using System.Globalization;
using System.Text.RegularExpressions;
using Newtonsoft.Json;
using Newtonsoft.Json.Converters;
using Newtonsoft.Json.Linq;
using Newtonsoft.Json.Serialization;

namespace Automation.Engine.Funnels;

/// <summary>Reads and writes funnel documents.</summary>
public static class FunnelJson
{
    public static readonly JsonSerializerSettings Settings = new()
    {
        ContractResolver = new DefaultContractResolver { NamingStrategy = new CamelCaseNamingStrategy(false, false) },
        NullValueHandling = NullValueHandling.Ignore,
        DateParseHandling = DateParseHandling.None,
        FloatParseHandling = FloatParseHandling.Decimal,
        MaxDepth = 128,
    };

    public static string Write(FunnelDocument document, bool indented = true) =>
        JsonConvert.SerializeObject(document, indented ? Formatting.Indented : Formatting.None, Settings);

    /// <exception cref="FunnelInvalidException">The text is not a funnel document.</exception>
    public static FunnelDocument Read(string json)
    {
        try
        {
            return JsonConvert.DeserializeObject<FunnelDocument>(json, Settings)
                ?? throw new FunnelInvalidException([new("", "definition_invalid", "The file is empty.")]);
        }
        catch (JsonException e)
        {
            var (line, path) = e switch
            {
                JsonReaderException reader => (reader.LineNumber, reader.Path ?? ""),
                JsonSerializationException serialization => (serialization.LineNumber, serialization.Path ?? ""),
                _ => (0, ""),
            };
            throw new FunnelInvalidException([new(path, "definition_invalid", line > 0 ? $"Line {line}: {e.Message}" : e.Message)]);
        }
        catch (FormatException e)
        {
            throw new FunnelInvalidException([new("", "definition_invalid", e.Message)]);
        }
    }
}

/// <summary>A funnel that cannot be saved or published, with the places.</summary>
public sealed class FunnelInvalidException(IReadOnlyList<FunnelProblem> problems)
    : Exception(string.Join(" ", problems.Select(problem => problem.Path.Length == 0 ? problem.Message : $"{problem.Path}: {problem.Message}")))
{
    public IReadOnlyList<FunnelProblem> Problems { get; } = problems;
}

public sealed record FunnelProblem(string Path, string Code, string Message, int? Line = null, int? Column = null);

internal sealed class StageRefConverter : JsonConverter<StageRef>
{
    public override StageRef ReadJson(JsonReader reader, Type objectType, StageRef existingValue, bool hasExistingValue, JsonSerializer serializer) =>
        StageRef.Parse((string?)reader.Value ?? "");

    public override void WriteJson(JsonWriter writer, StageRef value, JsonSerializer serializer) => writer.WriteValue(value.ToString());
}

internal sealed class SnakeEnumConverter() : StringEnumConverter(new SnakeCaseNamingStrategy(), allowIntegerValues: false);

/// <summary>Durations as people write them: <c>15m</c>, <c>2h</c>, <c>3d</c>, <c>1d12h</c>, <c>-30m</c>; <c>hh:mm:ss</c> is read too.</summary>
public sealed partial class DurationConverter : JsonConverter<TimeSpan?>
{
    public override TimeSpan? ReadJson(JsonReader reader, Type objectType, TimeSpan? existingValue, bool hasExistingValue, JsonSerializer serializer) =>
        reader.Value is string text ? Parse(text) : null;

    public override void WriteJson(JsonWriter writer, TimeSpan? value, JsonSerializer serializer) =>
        writer.WriteValue(value is { } span ? Format(span) : null);

    /// <exception cref="FormatException">The text is no duration.</exception>
    public static TimeSpan Parse(string text)
    {
        var match = Pattern().Match(text);
        if (match.Success && text.Trim() is not ("" or "-"))
        {
            var span = TimeSpan.Zero;
            if (match.Groups["d"].Success) span += TimeSpan.FromDays(Number("d"));
            if (match.Groups["h"].Success) span += TimeSpan.FromHours(Number("h"));
            if (match.Groups["m"].Success) span += TimeSpan.FromMinutes(Number("m"));
            if (match.Groups["s"].Success) span += TimeSpan.FromSeconds(Number("s"));
            return match.Groups["sign"].Value == "-" ? -span : span;
        }

        if (TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var parsed)) return parsed;
        throw new FormatException($"'{text}' is not a duration: write 15m, 2h, 3d or 1d12h.");

        long Number(string group) => long.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);
    }

    public static string Format(TimeSpan span)
    {
        if (span == TimeSpan.Zero) return "0m";
        var size = span.Duration();
        var text = (size.Days > 0 ? $"{size.Days}d" : "") + (size.Hours > 0 ? $"{size.Hours}h" : "")
            + (size.Minutes > 0 ? $"{size.Minutes}m" : "") + (size.Seconds > 0 ? $"{size.Seconds}s" : "");
        return span < TimeSpan.Zero ? "-" + text : text;
    }

    [GeneratedRegex(@"^\s*(?<sign>-?)(?:(?<d>\d{1,5})d)?(?:(?<h>\d{1,6})h)?(?:(?<m>\d{1,7})m)?(?:(?<s>\d{1,8})s)?\s*$")]
    private static partial Regex Pattern();
}
