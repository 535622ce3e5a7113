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

    public IReadOnlyList<RunFact> Facts => _facts;

    public RunFact Add(Execution execution, string name)
    {
        var fact = execution.IsTold ? new RunFact(name, execution.Id) : new RunFact(name, execution.Id, execution.NodeId, execution.Activity.Type);
        execution.IsTold = true;
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
            if (execution.Tokens[i] is { } value && execution.Node.Inputs[i].IsOpen) (inputs ??= [])[execution.Node.Inputs[i].Descriptor.JsonName] = Cut(value);
        }
        if (inputs is not null) fact["inputs"] = inputs;
        TakeSeen(execution, fact);
    }

    public void Ended(Execution execution, string name, IReadOnlyList<string> outcomes)
    {
        var fact = Add(execution, name);
        if (outcomes.Count > 0) fact["outcomes"] = new JArray(outcomes);
        if (!execution.Node.IsQuiet && execution.Journal is { Count: > 0 } journal) fact["data"] = journal;
        TakeSeen(execution, fact);
    }

    public void Faulted(Execution execution, string code, string message)
    {
        var fact = Add(execution, "Faulted");
        fact["code"] = code;
        fact["message"] = message;
        if (!execution.Node.IsQuiet && execution.Journal is { Count: > 0 } journal) fact["data"] = journal;
        TakeSeen(execution, fact);
    }

    public void Saw(Execution execution, IReadOnlyList<SeenValue> values)
    {
        if (!_seen.TryGetValue(execution, out var list)) _seen[execution] = list = [];
        foreach (var value in values) list.Add(new JObject { ["path"] = value.Path, ["value"] = Cut(value.Value) });
    }

    private void TakeSeen(Execution execution, RunFact fact)
    {
        if (_seen.Remove(execution, out var list)) fact["seen"] = list;
    }

    private static JToken Cut(JToken value)
    {
        if (value is JValue { Value: not string }) return value;
        var text = value is JValue { Value: string plain } ? plain : value.ToString(Formatting.None);
        if (text.Length <= LongestText) return value;
        var end = char.IsHighSurrogate(text[LongestText - 1]) ? LongestText - 1 : LongestText;
        return text[..end] + "…";
    }
}
