using Newtonsoft.Json.Linq;

namespace Automation.Engine.Workflows.Interpreter;

/// <summary>A burst to and from the JSON that is stored between steps. Live executions only: what has ended stands in the journal.</summary>
internal static class StateFormat
{
    public static JObject Write(Burst burst)
    {
        var body = new JObject { ["n"] = burst.Numbers, ["executions"] = burst.Executions };
        if (burst.Scripts > 0) body["scripts"] = burst.Scripts;
        if (burst.Run.TriggerId is { } trigger) body["trigger"] = trigger;
        if (burst.Run.TriggerActivityId is { } activity) body["triggerActivity"] = activity;
        if (burst.IsTriggerTaken) body["triggerTaken"] = true;
        if (burst.Input.Count > 0) body["input"] = burst.Input;
        if (burst.Outputs.Count > 0) body["output"] = burst.Outputs;
        if (burst.Results.Write() is { } results) body["results"] = results;
        if (burst.Edits is { Count: > 0 } edits) body[RunEdits.Member] = edits.DeepClone();
        var tree = new JArray();
        Write(burst.Root, tree);
        body["tree"] = tree;
        return body;
    }

    public static void Read(JObject body, Burst burst)
    {
        burst.Numbers = (int)body["n"]!;
        burst.Executions = (int)body["executions"]!;
        burst.Scripts = (int?)body["scripts"] ?? 0;
        burst.IsTriggerTaken = (bool?)body["triggerTaken"] ?? false;
        burst.Input = body["input"] as JObject ?? [];
        burst.Outputs = (JObject?)body["output"]?.DeepClone() ?? [];
        burst.Results.Read(body["results"] as JObject);
        burst.Edits = body[RunEdits.Member] as JObject;
        var known = new Dictionary<int, Execution>();
        foreach (var json in (JArray)body["tree"]!) Read((JObject)json, burst, known);
        foreach (var bookmark in burst.Waits.Bookmarks) known[Number(bookmark.ContextId)].Waits++;
        foreach (var effect in burst.Waits.Effects) known[Number(effect.ContextId)].Waits++;
    }

    public static int Number(string contextId) => int.Parse(contextId, System.Globalization.CultureInfo.InvariantCulture);

    private static void Write(Execution execution, JArray tree)
    {
        var json = new JObject { ["i"] = execution.Number, ["node"] = execution.NodeId };
        if (execution.Parent is not null) json["parent"] = execution.Parent.Number;
        if (execution.CompletionCallback is not null) json["callback"] = execution.CompletionCallback;
        if (execution.Status == ExecutionStatus.Faulted) json["faulted"] = true;
        if (execution.Calls > 0) json["calls"] = execution.Calls;
        if (execution.State is { Count: > 0 }) json["state"] = JsonText.Normalize(execution.State);
        if (execution.Journal is { Count: > 0 }) json["data"] = JsonText.Normalize(execution.Journal);
        if (execution.OwnVariables is { Count: > 0 }) json["variables"] = execution.OwnVariables;
        if (Inputs(execution) is { } inputs) json["inputs"] = inputs;
        tree.Add(json);
        foreach (var child in execution.LiveChildren) Write(child, tree);
    }

    // Literals are in the definition, secrets are evaluated again: neither is kept.
    private static JObject? Inputs(Execution execution)
    {
        JObject? inputs = null;
        for (var i = 0; i < execution.Tokens.Length; i++)
        {
            var input = execution.Node.Inputs[i];
            if (execution.Tokens[i] is { } value && input.Constant is null && !input.Descriptor.Attribute.CanContainSecrets) (inputs ??= [])[input.Descriptor.JsonName] = value;
        }
        return inputs;
    }

    private static void Read(JObject json, Burst burst, Dictionary<int, Execution> known)
    {
        var nodeId = (string)json["node"]!;
        var node = burst.Plan.Find(nodeId) ?? throw new StateUnreadableException($"Run {burst.Run.Id}: definition version {burst.Plan.Definition.VersionId} has no activity {nodeId}.");
        var parent = (int?)json["parent"] is { } number ? known[number] : null;
        var execution = new Execution(burst, node, (int)json["i"]!, parent)
        {
            Status = (bool?)json["faulted"] == true ? ExecutionStatus.Faulted : ExecutionStatus.Running,
            CompletionCallback = (string?)json["callback"],
            Calls = (int?)json["calls"] ?? 0,
            State = (JObject?)json["state"]?.DeepClone(),
            Journal = (JObject?)json["data"]?.DeepClone(),
            OwnVariables = (JObject?)json["variables"]?.DeepClone(),
        };
        for (var i = 0; i < execution.Tokens.Length; i++)
            if (json["inputs"]?[node.Inputs[i].Descriptor.JsonName] is { } value) execution.Tokens[i] = value;
        known.Add(execution.Number, execution);
        if (parent is null) burst.Root = execution;
        else parent.LiveChildren.Add(execution);
    }
}

/// <summary>A stored state that this definition version cannot take up (R11: the run is quarantined).</summary>
public sealed class StateUnreadableException(string message) : Exception(message);
