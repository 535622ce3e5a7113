using Automation.Engine.Calendars;
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

    /// <summary>A trigger, or another part of a document, as it stands in a file.</summary>
    public static JObject ToJson(object part) => JObject.FromObject(part, JsonSerializer.Create(Settings));

    /// <summary>Everything of a document but its triggers.</summary>
    public static JObject HeadOf(FunnelDocument document)
    {
        var head = ToJson(document with { Triggers = [] });
        head.Remove("triggers");
        return head;
    }

    /// <summary>A document without triggers, out of what <see cref="HeadOf"/> made.</summary>
    /// <exception cref="FunnelInvalidException">It is no such thing.</exception>
    public static FunnelDocument ReadHead(JObject head) => Read<FunnelDocument>(head.ToString(Formatting.None));

    /// <exception cref="FunnelInvalidException">It is not a trigger.</exception>
    public static FunnelTrigger ReadTrigger(JObject part) => Read<FunnelTrigger>(part.ToString(Formatting.None));

    /// <exception cref="FunnelInvalidException">The text is not a funnel document.</exception>
    public static FunnelDocument Read(string json) => Read<FunnelDocument>(json);

    private static T Read<T>(string json) where T : class
    {
        try
        {
            return JsonConvert.DeserializeObject<T>(json, Settings)
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

/// <param name="Ru">The message for admins who read Russian; null: there is only <paramref name="Message"/>.</param>
public sealed record FunnelProblem(string Path, string Code, string Message, int? Line = null, int? Column = null, string? Ru = null)
{
    /// <summary>The path in a condition whose root does not exist; null for every other problem.</summary>
    public string? UnknownPath { get; init; }

    public Wording Words => new(Ru ?? Message, Message);
}

internal sealed class StageRefConverter : JsonConverter<StageRef>
{
    public override StageRef ReadJson(JsonReader reader, Type objectType, StageRef existingValue, bool hasExistingValue, JsonSerializer serializer) =>
        StageRef.Parse((string?)reader.Value ?? "");

    public override void WriteJson(JsonWriter writer, StageRef value, JsonSerializer serializer) => writer.WriteValue(value.ToString());
}

internal sealed class SnakeEnumConverter() : StringEnumConverter(new SnakeCaseNamingStrategy(), allowIntegerValues: false);

/// <summary>Lengths of time as people write them: <c>15m</c>, <c>1d12h</c>, <c>3wh</c>, <c>-2wd</c>; <c>hh:mm:ss</c> is read too.</summary>
internal sealed class TimeLengthConverter : JsonConverter<TimeLength?>
{
    public override TimeLength? ReadJson(JsonReader reader, Type objectType, TimeLength? existingValue, bool hasExistingValue, JsonSerializer serializer) =>
        reader.Value is string text ? TimeLength.Parse(text) : null;

    public override void WriteJson(JsonWriter writer, TimeLength? value, JsonSerializer serializer) => writer.WriteValue(value?.ToString());
}

/// <summary>Lengths of ordinary time only, of 24 hours a day: <c>30s</c>, <c>15m</c>, <c>2d</c>.</summary>
internal sealed class DurationConverter : JsonConverter<TimeSpan?>
{
    public override TimeSpan? ReadJson(JsonReader reader, Type objectType, TimeSpan? existingValue, bool hasExistingValue, JsonSerializer serializer)
    {
        if (reader.Value is not string text) return null;
        var length = TimeLength.Parse(text);
        return length.Working ? throw new FormatException($"'{text}' is working time: write 30s, 15m, 2h or 3d here.") : length.Time + TimeSpan.FromDays(length.Days);
    }

    public override void WriteJson(JsonWriter writer, TimeSpan? value, JsonSerializer serializer) => writer.WriteValue(value is { } span ? Format(span) : null);

    public static string Format(TimeSpan span) => new TimeLength(false, span.Days, span - TimeSpan.FromDays(span.Days)).ToString();
}
