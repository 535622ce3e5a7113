using Automation.Engine.Api.Json;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Elsa;

/// <summary>Runs in Elsa's form: there they are instances.</summary>
internal static class InstanceViews
{
    /// <summary>Elsa's status and sub-status of ours.</summary>
    public static (string Status, string SubStatus) StatusOf(int status) => (RunStatus)status switch
    {
        RunStatus.Running => ("Running", "Executing"),
        RunStatus.Suspended => ("Running", "Suspended"),
        RunStatus.Finished => ("Finished", "Finished"),
        RunStatus.Cancelled => ("Finished", "Cancelled"),
        _ => ("Finished", "Faulted"),
    };

    /// <summary>Our statuses that Elsa's word means; empty for a word that none fits.</summary>
    public static IReadOnlyList<int> Statuses(string word) => [.. Enum.GetValues<RunStatus>().Select(status => (int)status).Where(status => StatusOf(status) is var pair && (Is(pair.Status, word) || Is(pair.SubStatus, word)))];

    public static JObject Summary(RunRow row, DefinitionRow? definition)
    {
        var (status, subStatus) = StatusOf(row.Status);
        var view = new JObject
        {
            ["id"] = row.Id.ToString(),
            ["definitionId"] = definition?.DefinitionId ?? "",
            ["definitionVersionId"] = row.DefinitionVersionId,
            ["version"] = definition?.Version ?? 0,
            ["status"] = status,
            ["subStatus"] = subStatus,
            ["name"] = row.Name ?? definition?.Name ?? "",
            ["incidentCount"] = row.IncidentCount,
            ["isExecuting"] = row.Status == (int)RunStatus.Running,
            ["isSystem"] = false,
            ["createdAt"] = row.CreatedAt,
            ["updatedAt"] = row.UpdatedAt,
        };
        if (row.CorrelationId is not null) view["correlationId"] = row.CorrelationId;
        if (row.FinishedAt is { } ended) view["finishedAt"] = ended;
        if (RunCallers.ParentOf(row) is { } parent) view["parentWorkflowInstanceId"] = parent.ToString();
        return view;
    }

    public static JObject Whole(RunRow row, DefinitionRow? definition)
    {
        var view = Summary(row, definition);
        var state = StateOf(row);
        view["workflowState"] = new JObject
        {
            ["id"] = row.Id.ToString(),
            ["name"] = view["name"],
            ["definitionId"] = view["definitionId"],
            ["definitionVersionId"] = row.DefinitionVersionId,
            ["definitionVersion"] = view["version"],
            ["parentWorkflowInstanceId"] = view["parentWorkflowInstanceId"],
            ["correlationId"] = row.CorrelationId ?? "",
            ["status"] = view["status"],
            ["subStatus"] = view["subStatus"],
            ["bookmarks"] = new JArray((state?.Bookmarks ?? []).Select(bookmark => new JObject { ["id"] = bookmark.Id, ["name"] = bookmark.Name, ["hash"] = bookmark.Hash, ["activityInstanceId"] = $"{row.Id:N}-{bookmark.ContextId}", ["autoBurn"] = true })),
            ["incidents"] = new JArray((state?.Incidents ?? []).Select(Incident)),
            ["completionCallbacks"] = new JArray(),
            ["activityExecutionContexts"] = new JArray(),
            ["scheduledActivities"] = new JArray(),
            ["input"] = state?.Body["input"]?.DeepClone() ?? new JObject(),
            ["output"] = state?.Body["output"]?.DeepClone() ?? new JObject(),
            ["properties"] = new JObject(),
            ["createdAt"] = row.CreatedAt,
            ["updatedAt"] = row.UpdatedAt,
            ["finishedAt"] = row.FinishedAt,
        };
        return view;
    }

    /// <summary>The values of the workflow's own variables, as they stand.</summary>
    public static JArray Variables(RunRow row, DefinitionRow? definition)
    {
        var values = (StateOf(row)?.Body["tree"] as JArray)?.OfType<JObject>().FirstOrDefault()?["variables"] as JObject ?? [];
        var declared = definition is null ? [] : (ApiJson.Parse(definition.Document)["variables"] as JArray ?? []).OfType<JObject>();
        return new(declared.Select(variable => new JObject { ["id"] = variable["id"] ?? variable["name"], ["name"] = variable["name"], ["value"] = values[(string?)variable["name"] ?? ""]?.DeepClone() ?? variable["value"]?.DeepClone() }));
    }

    /// <summary>The same by their names, as a file keeps them.</summary>
    public static JObject VariablesByName(RunRow row, DefinitionRow? definition) => new(
        Variables(row, definition).Where(variable => (string?)variable["name"] is { Length: > 0 }).DistinctBy(variable => (string?)variable["name"]).Select(variable => new JProperty((string)variable["name"]!, variable["value"])));

    public static JObject Line(RecordLine line, RunStory story)
    {
        var execution = line.Execution;
        var placed = story.Workflow?.Describe(execution.NodeId);
        var view = new JObject
        {
            ["id"] = line.Id,
            ["activityInstanceId"] = execution.Id,
            ["activityId"] = execution.ActivityId,
            ["activityType"] = execution.Type,
            ["activityTypeVersion"] = placed?.Version ?? 1,
            ["activityName"] = Name(story, execution, placed),
            ["nodeId"] = execution.NodeId,
            ["timestamp"] = line.At,
            ["sequence"] = line.Sequence,
            ["eventName"] = line.Event,
            ["message"] = line.Fact["message"] ?? line.Fact["summary"] ?? "",
            ["source"] = "",
            ["activityState"] = Inputs(execution, placed),
            ["payload"] = Payload(line.Fact),
        };
        if (execution.Parent is not null) view["parentActivityInstanceId"] = execution.Parent;
        return view;
    }

    public static JObject Short(PlacedExecution one)
    {
        var execution = one.Execution;
        var placed = one.Story.Workflow?.Describe(execution.NodeId);
        var view = new JObject
        {
            ["id"] = execution.Id,
            ["workflowInstanceId"] = one.Run.Id.ToString(),
            ["activityId"] = execution.ActivityId,
            ["activityNodeId"] = execution.NodeId,
            ["activityType"] = execution.Type,
            ["activityTypeVersion"] = placed?.Version ?? 1,
            ["activityName"] = Name(one.Story, execution, placed),
            ["startedAt"] = execution.StartedAt,
            ["hasBookmarks"] = execution.Waits,
            // Without it Studio offers no list of retries.
            ["metadata"] = one.IsRetried ? new JObject { [NodeStats.RetriedMark] = true } : new JObject(),
            ["status"] = execution.Status,
        };
        if (execution.EndedAt is { } ended) view["completedAt"] = ended;
        return view;
    }

    public static JObject Full(PlacedExecution one)
    {
        var execution = one.Execution;
        var view = Short(one);
        view["activityState"] = Inputs(execution, one.Story.Workflow?.Describe(execution.NodeId));
        view["payload"] = new JObject((execution.Data ?? []).Properties()) { ["Outcomes"] = execution.Outcomes.DeepClone() };
        view["outputs"] = execution.Outputs.DeepClone();
        view["properties"] = execution.Retries is { } retries ? new JObject { ["ResilienceStrategy"] = new JObject { ["id"] = retries } } : new JObject();
        view["aggregateFaultCount"] = execution.Faults;
        view["callStackDepth"] = one.Depth;
        if (execution.Exception is not null) view["exception"] = execution.Exception.DeepClone();
        if (one.Scheduler is { } scheduler)
        {
            (view["schedulingActivityExecutionId"], view["schedulingActivityId"]) = (scheduler.Execution.Id, scheduler.Execution.ActivityId);
            if (scheduler.Run.Id != one.Run.Id) view["schedulingWorkflowInstanceId"] = scheduler.Run.Id.ToString();
        }

        return view;
    }

    // Studio looks for the descriptor's names.
    private static JToken Inputs(ExecutionRecord execution, PlacedActivity? placed) => placed?.Descriptor.ByName(execution.Inputs) ?? execution.Inputs.DeepClone();

    private static string Name(RunStory story, ExecutionRecord execution, PlacedActivity? placed) =>
        placed?.Name is { Length: > 0 } name ? name : story.Names.GetValueOrDefault(execution.ActivityId, execution.ActivityId);

    private static JObject Incident(Incident incident) => new()
    {
        ["activityId"] = incident.ActivityId,
        ["activityNodeId"] = incident.ActivityNodeId,
        ["activityType"] = incident.ActivityType,
        ["message"] = $"{incident.Message} ({incident.Code})",
        // What the viewer shows in the list of incidents.
        ["exception"] = new JObject { ["type"] = incident.Code, ["message"] = incident.Message, ["stackTrace"] = "" },
        ["timestamp"] = incident.At,
    };

    private static JObject Payload(JObject fact)
    {
        var payload = new JObject();
        foreach (var detail in fact.Properties().Where(detail => detail.Name is not ("event" or "execution" or "node" or "type" or "parent" or "inputs" or "message"))) payload[detail.Name] = detail.Value.DeepClone();
        return payload;
    }

    private static RunState? StateOf(RunRow row)
    {
        try
        {
            return RunJson.ReadState(row.State);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool Is(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}
