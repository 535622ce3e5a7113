using Newtonsoft.Json;
using Newtonsoft.Json.Serialization;

namespace Automation.Engine.Calendars;

/// <summary>Reads and writes calendar files. An unknown name in a file is an error: a misspelt one would be lost silently.</summary>
public static class CalendarJson
{
    private static readonly JsonSerializerSettings Settings = new()
    {
        ContractResolver = new DefaultContractResolver { NamingStrategy = new CamelCaseNamingStrategy(false, false) },
        NullValueHandling = NullValueHandling.Ignore,
        MissingMemberHandling = MissingMemberHandling.Error,
        DateParseHandling = DateParseHandling.None,
        MaxDepth = 16,
    };

    public static string Write(CalendarDocument document, bool indented = true) =>
        JsonConvert.SerializeObject(document, indented ? Formatting.Indented : Formatting.None, Settings);

    /// <exception cref="CalendarInvalidException">The text is no calendar file.</exception>
    public static CalendarDocument Read(string json)
    {
        try
        {
            var document = JsonConvert.DeserializeObject<CalendarDocument>(json, Settings) ?? throw new CalendarInvalidException(new CalendarProblem("", "The file is empty."));
            // null in a list's place reads as null, whatever the type says.
            return document with { Years = [.. (document.Years ?? []).Select(year => year with { Off = year.Off ?? [], Working = year.Working ?? [], Short = year.Short ?? [] })] };
        }
        catch (JsonException e)
        {
            var (line, path) = e switch
            {
                JsonReaderException reader => (reader.LineNumber, reader.Path ?? ""),
                JsonSerializationException serialization => (serialization.LineNumber, serialization.Path ?? ""),
                _ => (0, ""),
            };
            throw new CalendarInvalidException(new CalendarProblem(path, line > 0 ? $"Line {line} cannot be read: it is no valid JSON or holds a name that a calendar does not have. Known names: format, title, extends, timeZone, week, daysOffHours, shortBy, law, years (year, off, working, short, source)." : "The file is no valid JSON."));
        }
    }
}
