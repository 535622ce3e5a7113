using System.Globalization;
using Automation.Engine.Expressions;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Workflows.Interpreter;

/// <summary>The facts of one step, in order. Event names are Elsa's: Started, Completed, Suspended, Resumed, Faulted, Canceled.</summary>
internal sealed class FactLog
{
    private const int LongestText = 200;
    private readonly List<RunFact> _facts = [];
    private readonly Dictionary<Execution, JArray> _seen = [];
    private Dictionary<Execution, JObject>? _given;

    public IReadOnlyList<RunFact> Facts => _facts;

    public RunFact Add(Execution execution, string name)
    {
        var fact = execution.LastFact is null ? new RunFact(name, execution.Id, execution.NodeId, execution.Activity.Type) : new RunFact(name, execution.Id);
        execution.LastFact = fact;
        _facts.Add(fact);
        return fact;
    }

    public void Started(Execution execution)
    {
        var fact = Add(execution, "Started");
        if (execution.Parent is not null) fact["parent"] = execution.Parent.Id;
        JObject? inputs = null;
        for (var i = 0; i < execution.Tokens.Length; i++)
        {
            if (execution.Tokens[i] is { } value && execution.Node.Inputs[i] is { IsOpen: true } input && !execution.Hides(input)) (inputs ??= [])[input.Descriptor.JsonName] = Cut(value);
        }
        if (inputs is not null) fact["inputs"] = inputs;
        TakeSeen(execution, fact);
    }

    public void Ended(Execution execution, string name, IReadOnlyList<string> outcomes)
    {
        var fact = Add(execution, name);
        if (outcomes.Count > 0) fact["outcomes"] = new JArray(outcomes);
        TakeValues(execution, fact);
    }

    public void Faulted(Execution execution, string code, string message)
    {
        var fact = Add(execution, "Faulted");
        fact["code"] = code;
        fact["message"] = message;
        TakeValues(execution, fact);
    }

    public void Saw(Execution execution, IReadOnlyList<SeenValue> values)
    {
        if (!_seen.TryGetValue(execution, out var list)) _seen[execution] = list = [];
        foreach (var value in values) list.Add(new JObject { ["path"] = value.Path, ["value"] = Cut(value.Value) });
    }

    /// <summary>An output has a value. It is told with the execution's end, or with what the step told of it last; of one that has ended no more.</summary>
    public void Gave(Execution execution, string output, JToken value)
    {
        if (!execution.IsLive) return;
        var outputs = _given?.GetValueOrDefault(execution);
        if (value.Type == JTokenType.Null && outputs?[output] is null) return;
        if (outputs is null) (_given ??= [])[execution] = outputs = [];
        outputs[output] = Cut(value);
    }

    /// <summary>All facts of the step; the last call.</summary>
    public IReadOnlyList<RunFact> Close()
    {
        if (_given is not null)
            foreach (var (execution, outputs) in _given) (execution.LastFact ?? Add(execution, "OutputSet"))["outputs"] = outputs;
        return _facts;
    }

    private void TakeValues(Execution execution, RunFact fact)
    {
        if (!execution.IsQuiet && execution.Journal is { Count: > 0 } journal) fact["data"] = journal;
        if (_given is not null && _given.Remove(execution, out var outputs)) fact["outputs"] = outputs;
        TakeSeen(execution, fact);
    }

    private void TakeSeen(Execution execution, RunFact fact)
    {
        if (_seen.Remove(execution, out var list)) fact["seen"] = list;
    }

    private static JToken Cut(JToken value)
    {
        if (value is JValue { Value: not string }) return value;
        var text = value is JValue { Value: string plain } ? plain : Beginning(value);
        if (text.Length <= LongestText) return value;
        var end = char.IsHighSurrogate(text[LongestText - 1]) ? LongestText - 1 : LongestText;
        return text[..end] + "…";
    }

    // No more of the text than is needed: the value may have megabytes.
    private static string Beginning(JToken value)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        using var json = new JsonTextWriter(text) { AutoCompleteOnClose = false };
        using var reader = value.CreateReader();
        while (text.GetStringBuilder().Length <= LongestText && reader.Read())
        {
            if (reader is { TokenType: JsonToken.String, Value: string { Length: > LongestText } part }) json.WriteValue(part[..(LongestText + 1)]);
            else json.WriteToken(reader, false);
        }

        return text.ToString();
    }
}
