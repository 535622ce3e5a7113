namespace Automation.Server.Tests.Elsa;

/// <summary>Every request that Studio 3.8.2 can make of the server, below <c>/elsa</c>; parts that vary stand in braces.</summary>
internal static class StudioRequests
{
    public static IReadOnlyList<string> All { get; } =
    [
        "GET /api/descriptors/activities",
        "GET /api/descriptors/expression-descriptors",
        "GET /api/descriptors/storage-drivers",
        "GET /api/descriptors/variables",
        "GET /api/descriptors/workflow-activation-strategies",
        "GET /api/descriptors/incident-strategies",
        "GET /api/descriptors/log-persistence-strategies",
        "GET /api/descriptors/commit-strategies/workflows",
        "GET /api/descriptors/commit-strategies/activities",
        "GET /api/descriptors/output-converters",
        "POST /api/descriptors/activities/{type}/options/{input}",
        "GET /api/features/installed",
        "POST /api/scripting/javascript/type-definitions/{definition}",
        "GET /api/resilience/strategies",
        "GET /api/resilience/retries/{execution}",
        "GET /api/workflow-definitions",
        "GET /api/workflow-definitions/by-definition-id/{definition}",
        "GET /api/workflow-definitions/by-id/{version}",
        "GET /api/workflow-definitions/validation/is-name-unique",
        "POST /api/workflow-definitions",
        "POST /api/workflow-definitions/{definition}/publish",
        "POST /api/workflow-definitions/{definition}/retract",
        "DELETE /api/workflow-definitions/{definition}",
        "DELETE /api/workflow-definition-versions/{version}",
        "POST /api/workflow-definitions/{definition}/revert/{number}",
        "POST /api/bulk-actions/delete/workflow-definitions/by-definition-id",
        "POST /api/bulk-actions/delete/workflow-definitions/by-id",
        "POST /api/bulk-actions/publish/workflow-definitions/by-definition-ids",
        "POST /api/bulk-actions/retract/workflow-definitions/by-definition-ids",
        "GET /api/workflow-definitions/{definition}/export",
        "POST /api/bulk-actions/export/workflow-definitions",
        "POST /api/workflow-definitions/import",
        "POST /api/workflow-definitions/{definition}/update-references",
        "GET /api/workflow-definitions/subgraph/{version}",
        "GET /api/workflow-definitions/subgraph/segments/{version}",
        "POST /api/workflow-definitions/{definition}/execute",
        "POST /api/workflow-definitions/{definition}/dispatch",
        "POST /api/tests/activities",
        "POST /api/workflow-instances",
        "GET /api/workflow-instances/{run}",
        "POST /api/workflow-instances/{run}/journal",
        "GET /api/workflow-instances/{run}/execution-state",
        "GET /api/workflow-instances/{run}/variables",
        "POST /api/activity-executions/report",
        "GET /api/activity-executions/list",
        "GET /api/activity-execution-summaries/list",
        "GET /api/activity-executions/by-id",
        "GET /api/activity-executions/{execution}/call-stack",
        "DELETE /api/workflow-instances/{run}",
        "POST /api/bulk-actions/delete/workflow-instances/by-id",
        "POST /api/cancel/workflow-instances/{run}",
        "POST /api/bulk-actions/cancel/workflow-instances",
        "GET /api/workflow-instances/{run}/export",
        "POST /api/bulk-actions/export/workflow-instances",
        "POST /api/bulk-actions/import/workflow-instances",
        "POST /api/alterations/submit",
        "POST /hubs/workflow-instance/negotiate",
        "GET /hubs/workflow-instance",
    ];

    /// <param name="request">Such as <c>GET /api/workflow-instances/0f…</c>.</param>
    public static bool Knows(string request) => All.Any(known => Same(known, request));

    /// <summary>Equal but for what stands in braces on either side.</summary>
    public static bool Same(string one, string other)
    {
        var (left, right) = (one.Split('/', ' '), other.Split('/', ' '));
        return left.Length == right.Length && left.Zip(right).All(pair => pair.First.StartsWith('{') || pair.Second.StartsWith('{') || pair.First.Equals(pair.Second, StringComparison.OrdinalIgnoreCase));
    }
}
