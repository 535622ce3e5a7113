using Automation.Engine.Effects;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Workflows.Interpreter;

/// <summary>An activity that does its own I/O, as one effect: what is asked of the invoker, and how its answer changes the run.</summary>
internal static class ActivityCall
{
    public const string Kind = "activity";

    /// <summary>Stands where a method name stands for other effects.</summary>
    public const string Callback = "$activity";

    /// <param name="method">Null for its <c>ExecuteAsync</c>; otherwise the method that takes over after a bookmark or a child.</param>
    public static void Plan(Execution execution, string? method, JToken? payload, Execution? child)
    {
        var run = execution.Run;
        var request = new JObject
        {
            ["definitionVersionId"] = run.DefinitionVersionId,
            ["node"] = execution.NodeId,
            ["execution"] = execution.Id,
            ["call"] = execution.Calls + 1,
            ["now"] = JsonText.From(execution.Now),
            ["zone"] = execution.TimeZone.Id,
            ["language"] = execution.Burst.Environment.Language,
            ["run"] = new JObject { ["id"] = run.Id.ToString(), ["trigger"] = run.TriggerId, ["triggerActivity"] = run.TriggerActivityId, ["name"] = run.Name, ["correlationId"] = run.CorrelationId },
            ["isTrigger"] = execution.IsTrigger,
            ["inputs"] = Inputs(execution),
            ["variables"] = RunScope.Variables(execution),
            ["input"] = execution.Given,
        };
        if (method is not null) request["method"] = method;
        if (payload is not null) request["payload"] = payload;
        if (execution.State is { Count: > 0 }) request["properties"] = JsonText.Normalize(execution.State);
        if (child is not null) request["child"] = new JObject { ["node"] = child.NodeId, ["execution"] = child.Id, ["outcomes"] = new JArray(child.Exits) };
        var policy = execution.Node.Descriptor.IsIdempotent ? EffectPolicy.Retry : EffectPolicy.Hold;
        execution.Burst.Waits.Plan(execution, new EffectRequest(Kind, null, request, policy, $"{execution.Activity.Type} {execution.Activity.Id}"), Callback);
    }

    /// <exception cref="ActivityFaultException">The answer is a fault.</exception>
    public static void Apply(Execution execution, JObject answer)
    {
        foreach (var entry in Items(answer, "log")) execution.AddExecutionLogEntry((string)entry["event"]!, (string?)entry["message"], entry["payload"]);
        if (answer["properties"] is JObject properties) execution.State = (JObject)properties.DeepClone();
        foreach (var (name, value) in Members(answer, "journal")) execution.JournalData[name] = value!;
        foreach (var (name, value) in Members(answer, "ownVariables")) execution.SetOwnVariable(name, value!.DeepClone());
        foreach (var (name, value) in Members(answer, "variables")) execution.SetVariable(name, value!.DeepClone());
        foreach (var (name, value) in Members(answer, "workflowOutputs")) execution.SetWorkflowOutput(name, value!.DeepClone());
        foreach (var (name, value) in Members(answer, "outputs")) execution.SetOutput(name, value!.DeepClone());
        foreach (var published in Items(answer, "published")) execution.PublishEvent((string)published["name"]!, (string?)published["correlationId"], published["payload"]!, (bool?)published["local"] ?? false);
        if (answer["run"] is JObject run) (execution.Run.Name, execution.Run.CorrelationId) = ((string?)run["name"], (string?)run["correlationId"]);
        if (answer["fault"] is JObject fault) throw new ActivityFaultException((string)fault["code"]!, (string)fault["message"]!);
        if ((bool?)answer["clearBookmarks"] == true) execution.ClearBookmarks();
        foreach (var bookmark in Items(answer, "bookmarks")) execution.Burst.Waits.Add(execution, Read(bookmark, execution.Id));
        foreach (var child in Items(answer, "scheduled")) Schedule(execution, child);
        if ((bool?)answer["cancelled"] == true) execution.Burst.Cancel(execution, tellParent: true);
        else if (answer["outcomes"] is JArray outcomes) execution.Burst.Complete(execution, [.. outcomes.Select(outcome => (string)outcome!)]);
        else if ((bool?)answer["scheduledNothing"] == true) execution.ScheduledNothing = true;
    }

    public static JObject Write(Bookmark bookmark) => (JObject)JsonText.From(bookmark);

    private static Bookmark Read(JObject json, string contextId) => new(
        (string)json["id"]!, (string)json["name"]!, (string)json["hash"]!, json["payload"]!.DeepClone(), contextId, (string?)json["callback"], (bool)json["autoBurn"]!,
        json["dueAt"] is { Type: JTokenType.String } due ? DateTimeOffset.Parse((string)due!, System.Globalization.CultureInfo.InvariantCulture) : null,
        json["dueBy"] is JObject by ? new((string)by["source"]!, (long)by["stamp"]!, (string)by["rule"]!) : null, (bool?)json["waitsForRun"] ?? false);

    private static void Schedule(Execution execution, JObject json)
    {
        var node = execution.Burst.Plan.Find((string)json["node"]!) ?? throw new InvalidOperationException($"The definition has no activity {json["node"]}.");
        var child = execution.Burst.Schedule(node, execution, null);
        child.CompletionCallback = (string?)json["callback"];
        foreach (var (name, value) in json["variables"] as JObject ?? []) child.SetOwnVariable(name, value!);
    }

    private static JObject Inputs(Execution execution)
    {
        var inputs = new JObject();
        for (var i = 0; i < execution.Tokens.Length; i++)
            if (execution.Tokens[i] is { } value && execution.Node.Inputs[i].Constant is null) inputs[execution.Node.Inputs[i].Descriptor.JsonName] = value;
        return inputs;
    }

    private static IEnumerable<JObject> Items(JObject json, string name) => (json[name] as JArray)?.Cast<JObject>() ?? [];

    private static JObject Members(JObject json, string name) => json[name] as JObject ?? [];
}
