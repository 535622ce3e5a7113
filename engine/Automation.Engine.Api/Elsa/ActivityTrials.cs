using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Json;
using Automation.Engine.Hosting.Definitions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Elsa;

/// <summary>The editor's Test button: one step, in memory, and nothing leaves the machine.</summary>
internal static class ActivityTrials
{
    public static void Map(IEndpointRouteBuilder elsa) => elsa.MapPost("/tests/activities", RunAsync).Needs(Permissions.Edit);

    private static async Task<IResult> RunAsync(HttpContext context, DefinitionService definitions, ShownDefinitions shown, ActivityTrial trial)
    {
        var body = await ApiJson.ReadAsync<TrialBody>(context.Request, context.RequestAborted);
        var (where, what) = (body.WorkflowDefinitionHandle, body.ActivityHandle);
        if ((what?.ActivityNodeId ?? what?.ActivityId) is not { Length: > 0 } activity) throw ApiProblem.BadRequest("payload_invalid", "Say which step: activityHandle with activityId or activityNodeId.");
        var row = where switch
        {
            { DefinitionVersionId: { Length: > 0 } version } => await definitions.FindVersionAsync(context.Account(), version, context.RequestAborted),
            { DefinitionId: { Length: > 0 } definition } => await DefinitionEndpoints.FindAsync(context, definition, where.VersionOptions ?? "Latest", definitions),
            _ => throw ApiProblem.BadRequest("payload_invalid", "Say which workflow: workflowDefinitionHandle with definitionVersionId or definitionId."),
        };
        if (row is null) throw ApiProblem.NotFound("There is no such workflow.");
        if (row.FunnelId is not null) row.Document = (await shown.DocumentAsync(context, row)).ToString(Formatting.None);
        var report = await DefinitionEndpoints.RefusedAsync(() => trial.RunAsync(context.Account(), row, activity, context.RequestAborted)) ?? throw ApiProblem.NotFound("The workflow has no such step. Save it first.");
        return new JsonAnswer(View(report));
    }

    private static JObject View(TrialReport report)
    {
        var payload = new JObject { ["Trial"] = Words(report), ["Outcomes"] = new JArray(report.Outcomes) };
        if (report.Planned.Count > 0) payload["Planned"] = new JArray(report.Planned.Select(effect => new JObject { ["kind"] = effect.Kind, ["summary"] = effect.Summary }));
        if (report.Published.Count > 0) payload["Published"] = new JArray(report.Published.Select(published => new JObject { ["event"] = published.Name, ["correlationId"] = published.CorrelationId ?? "" }));
        if (report.Waits.Count > 0) payload["Waits"] = new JArray(report.Waits.Select(bookmark => bookmark.DueAt is { } due ? new JObject { ["for"] = bookmark.Name, ["until"] = due } : new JObject { ["for"] = bookmark.Name }));
        var view = new JObject { ["activityState"] = report.Inputs, ["payload"] = payload, ["outputs"] = report.Outputs, ["status"] = report.Status };
        if (report.Failure is { } failure) view["exception"] = new JObject { ["type"] = failure.Code, ["message"] = failure.Message, ["stackTrace"] = "" };
        return view;
    }

    private static string Words(TrialReport report) =>
        report.Planned.Count > 0 ? "Nothing was sent. This step would send it now and wait for the answer."
        : report.Waits.Count > 0 ? "Nothing was started. This step would wait now."
        : "Nothing was sent or changed.";

    internal sealed record TrialBody(DefinitionHandle? WorkflowDefinitionHandle, ActivityHandle? ActivityHandle);

    internal sealed record DefinitionHandle(string? DefinitionId, string? VersionOptions, string? DefinitionVersionId);

    internal sealed record ActivityHandle(string? ActivityId, string? ActivityNodeId);
}
