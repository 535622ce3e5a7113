using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Workflows;

/// <summary>
/// One fact of a step for the journal: what happened to which execution. Written straight to text, since a run has many of them. Within a
/// row an execution's node and type stand at its first fact only; <see cref="RunFacts"/> gives them back to the others.
/// </summary>
/// <param name="name">What happened, in Elsa's words where it has one.</param>
/// <param name="execution">Id of the execution; null when the fact is the whole run's.</param>
/// <param name="node">Its node, at its first fact.</param>
/// <param name="type">Its activity's type, at its first fact.</param>
public sealed class RunFact(string name, string? execution = null, string? node = null, string? type = null)
{
    private readonly List<(string Name, JToken? Value)> details = [];

    /// <summary>Adds a detail, after those there are.</summary>
    public JToken? this[string detail]
    {
        set => details.Add((detail, value));
    }

    public void WriteTo(JsonWriter json)
    {
        json.WriteStartObject();
        Member(json, "event", name);
        Member(json, "execution", execution);
        Member(json, "node", node);
        Member(json, "type", type);
        foreach (var (detail, value) in details)
        {
            json.WritePropertyName(detail);
            if (value is null) json.WriteNull();
            else value.WriteTo(json);
        }

        json.WriteEndObject();
    }

    private static void Member(JsonWriter json, string member, string? value)
    {
        if (value is null) return;
        json.WritePropertyName(member);
        json.WriteValue(value);
    }
}

/// <summary>Reads facts back from a journal row.</summary>
public static class RunFacts
{
    /// <param name="row">The row as it is kept.</param>
    /// <returns>Its facts in order, each with the node and type of its execution.</returns>
    public static IEnumerable<JObject> Of(JObject row)
    {
        var told = new Dictionary<string, JObject>(StringComparer.Ordinal);
        foreach (var fact in (row["facts"] as JArray ?? []).OfType<JObject>())
        {
            if ((string?)fact["execution"] is { } execution && !told.TryAdd(execution, fact) && fact["node"] is null)
                (fact["node"], fact["type"]) = (told[execution]["node"], told[execution]["type"]);
            yield return fact;
        }
    }
}
