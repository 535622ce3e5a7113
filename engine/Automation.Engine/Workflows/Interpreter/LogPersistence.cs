using Automation.Engine.Expressions;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Workflows.Interpreter;

/// <summary>Elsa's words for what the journal does with a value.</summary>
public enum LogPersistenceMode { Inherit, Include, Exclude }

/// <summary>What the journal keeps of workflows that do not say, and of those that say <c>Configuration</c>.</summary>
public sealed class LogPersistenceOptions
{
    /// <summary>Exclude leaves out inputs, outputs and what activities say of themselves. Default Include.</summary>
    public LogPersistenceMode Mode { get; set; } = LogPersistenceMode.Include;
}

/// <summary>
/// What of an activity stands in the journal: Elsa's <c>logPersistenceConfig</c>, of the activity first, of what is around it where that
/// inherits. It is how personal data are kept out.
/// </summary>
internal sealed class LogPersistence
{
    private readonly Dictionary<string, LogRule> inputs = new(MemberName.Comparer), outputs = new(MemberName.Comparer);
    private readonly LogRule server, all;

    private LogPersistence(LogRule server, LogRule all, LogRule own) => (this.server, this.all, Own) = (server, all, own);

    public static LogPersistence Of(LogPersistenceMode mode)
    {
        var rule = mode == LogPersistenceMode.Exclude ? LogRule.Exclude : LogRule.Include;
        return new(rule, rule, rule);
    }

    /// <summary>What it says by itself: Elsa's internal state.</summary>
    public LogRule Own { get; }

    public LogRule Input(string name) => inputs.GetValueOrDefault(name, all);

    public LogRule Output(string name) => outputs.GetValueOrDefault(name, all);

    /// <summary>The same for something inside.</summary>
    /// <param name="customProperties">As the document has them.</param>
    public LogPersistence Under(JToken? customProperties)
    {
        if (customProperties is not JObject { Count: > 0 } custom || (custom["logPersistenceConfig"] ?? custom["logPersistenceMode"]) is null) return new(server, all, Own);
        // The older key holds one word for all, or an object with the newer one's members.
        var (config, older) = (custom["logPersistenceConfig"] as JObject, custom["logPersistenceMode"]);
        var general = config?["default"] is { Type: not JTokenType.Null } chosen ? chosen : older is JObject ? older["default"] : older;
        var under = new LogPersistence(server, Rule(general, "default", all), Rule(config?["internalState"], "internalState", Rule(general, "default", Own)));
        foreach (var source in new[] { older as JObject, config })
        {
            under.Read(source?["inputs"], "inputs", under.inputs);
            under.Read(source?["outputs"], "outputs", under.outputs);
        }

        return under;
    }

    private void Read(JToken? members, string group, Dictionary<string, LogRule> rules)
    {
        foreach (var (name, value) in members as JObject ?? []) rules[name] = Rule(value, $"{group}.{name}", rules.GetValueOrDefault(name, all));
    }

    private LogRule Rule(JToken? json, string name, LogRule otherwise)
    {
        if (json is JObject config && (string?)config["evaluationMode"] == "Expression")
            return config["expression"] is JObject written && InputReader.From(written) is { } expression ? new LogRule(false, expression, name, otherwise) : otherwise;
        // Studio gives back what the list of strategies says, files of Elsa's hold .NET type names.
        var word = (string?)((json as JObject)?["strategyType"] ?? json as JValue) ?? "";
        return Has("Exclude") ? LogRule.Exclude : Has("Include") ? LogRule.Include : Has("Configuration") ? server : otherwise;

        bool Has(string strategy) => word.Contains(strategy, StringComparison.OrdinalIgnoreCase);
    }

    // Studio writes names in its own camel case: of "Order id" it makes "orderId".
    private sealed class MemberName : IEqualityComparer<string>
    {
        public static MemberName Comparer { get; } = new();

        public bool Equals(string? x, string? y) => string.Equals(Bare(x!), Bare(y!), StringComparison.OrdinalIgnoreCase);

        public int GetHashCode(string name) => Bare(name).GetHashCode(StringComparison.OrdinalIgnoreCase);

        private static string Bare(string name) => string.Concat(name.Where(letter => letter is not (' ' or '_' or '-')));
    }
}
