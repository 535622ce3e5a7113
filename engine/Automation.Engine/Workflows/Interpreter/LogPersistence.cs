using Newtonsoft.Json.Linq;

namespace Automation.Engine.Workflows.Interpreter;

/// <summary>
/// Which inputs of an activity stand in the journal: Elsa's <c>logPersistenceConfig</c>, of the activity first, of what is around it
/// where that inherits. It is how personal data are kept out.
/// </summary>
internal sealed record LogPersistence
{
    private readonly Dictionary<string, bool> inputs = [];

    private LogPersistence(bool shows) => IsQuiet = !shows;

    public static LogPersistence Everything { get; } = new(true);

    /// <summary>Left out as a whole, unless an input is named.</summary>
    public bool IsQuiet { get; private init; }

    public bool Shows(string input) => inputs.TryGetValue(input, out var shows) ? shows : !IsQuiet;

    /// <summary>The same for something inside.</summary>
    /// <param name="customProperties">As the document has them.</param>
    public LogPersistence Under(JToken? customProperties)
    {
        // The older key holds one word for all.
        var config = (customProperties as JObject)?["logPersistenceConfig"] as JObject;
        var shows = Strategy(config?["default"]) ?? Strategy((customProperties as JObject)?["logPersistenceMode"]) ?? !IsQuiet;
        var own = new LogPersistence(shows);
        foreach (var (name, value) in config?["inputs"] as JObject ?? [])
            if (Strategy(value) is { } chosen) own.inputs[ActivityDescriber.CamelCase(name)] = chosen;
        return own;
    }

    // "…Exclude…" and "…Include…" as words: Studio gives back what the list of strategies says, files of Elsa's hold .NET type names.
    private static bool? Strategy(JToken? json)
    {
        var text = json switch
        {
            JValue { Value: string word } => word,
            JObject config => (string?)config["strategyType"] ?? "",
            _ => "",
        };
        return text.Contains("Exclude", StringComparison.OrdinalIgnoreCase) ? false : text.Contains("Include", StringComparison.OrdinalIgnoreCase) ? true : null;
    }
}
