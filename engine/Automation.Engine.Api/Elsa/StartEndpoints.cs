using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Json;
using Automation.Engine.Api.Runs;
using Automation.Engine.Hosting.Definitions;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Elsa;

/// <summary>Starts workflows by their name.</summary>
internal static class StartEndpoints
{
    public const string InstanceHeader = "x-elsa-workflow-instance-id";
    private const string CannotStartHeader = "x-elsa-workflow-cannot-start";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static void Map(IEndpointRouteBuilder elsa)
    {
        elsa.MapPost("/workflow-definitions/{definitionId}/execute", ExecuteAsync).Needs(Permissions.Operate);
        elsa.MapPost("/workflow-definitions/{definitionId}/dispatch", DispatchAsync).Needs(Permissions.Operate);
    }

    /// <summary>Answers when the run waits for something or has ended, or after ten seconds with what it is then.</summary>
    private static async Task<IResult> ExecuteAsync(HttpContext context, string definitionId, DefinitionService definitions, WorkflowStarter starter, RunWatch watch)
    {
        var (definition, started) = await StartAsync(context, definitionId, definitions, starter, await BodyAsync(context), known: null);
        if (started is not null)
        {
            var seen = await watch.UntilAsync(context.Account(), started.Run, started.Event, row => row.Status != (int)RunStatus.Running, Patience, context.RequestAborted);
            if (!seen.Refused)
            {
                context.Response.Headers[InstanceHeader] = started.Run.ToString();
                var state = seen.Run is { } row ? InstanceViews.Whole(row, definition)["workflowState"] : new JObject { ["id"] = started.Run.ToString(), ["status"] = "Running", ["subStatus"] = "Pending" };
                return new JsonAnswer(new JObject { ["workflowState"] = state });
            }
        }

        context.Response.Headers[CannotStartHeader] = "true";
        return new JsonAnswer(new JObject());
    }

    private static async Task<IResult> DispatchAsync(HttpContext context, string definitionId, DefinitionService definitions, WorkflowStarter starter, RunWatch watch, IDbContextFactory<AutomationDbContext> contexts, TimeProvider clock)
    {
        var body = await BodyAsync(context);
        var instance = body.InstanceId is { Length: > 0 } id ? await NamedAsync(id, contexts, context.RequestAborted) : (Guid?)null;
        var (definition, started) = await StartAsync(context, definitionId, definitions, starter, body, instance is { } run ? (run, run.ToString("N"), clock.GetUtcNow()) : null);
        // Only a strategy can refuse, and what it says is known once the event is done.
        var mayBeRefused = !ActivationStrategy.Of(RunJson.Parse(definition.Document)).IsNone;
        if (started is null || (mayBeRefused && (await watch.UntilAsync(context.Account(), started.Run, started.Event, _ => true, Patience, context.RequestAborted)).Refused))
            throw ApiProblem.BadRequest("cannot_start", "The workflow's activation strategy lets no further run start now.");
        return new JsonAnswer(new JObject { ["workflowInstanceId"] = started.Run.ToString() });
    }

    private static async Task<StartBody> BodyAsync(HttpContext context) =>
        context.Request.ContentLength is 0 or null && !context.Request.HasJsonContentType() ? new(null, null, null, null, null) : await ApiJson.ReadAsync<StartBody>(context.Request, context.RequestAborted);

    /// <summary>The run's id as the caller gives it: sent twice before the run is there, it is one run.</summary>
    private static async Task<Guid> NamedAsync(string instance, IDbContextFactory<AutomationDbContext> contexts, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(instance, out var run)) throw ApiProblem.BadRequest("payload_invalid", "The id of a run is a UUID here: send one as instanceId, or none.");
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Runs.AnyAsync(row => row.Id == run, cancellationToken) ? throw ApiProblem.BadRequest("instance_exists", $"There is a run {run} already.") : run;
    }

    private static async Task<(DefinitionRow Definition, WorkflowStarted? Started)> StartAsync(
        HttpContext context, string definitionId, DefinitionService definitions, WorkflowStarter starter, StartBody body, (Guid Run, string Key, DateTimeOffset Since)? known)
    {
        DefinitionRow? row;
        try
        {
            row = await definitions.FindAsync(context.Account(), definitionId, body.VersionOptions ?? "Published", context.RequestAborted);
        }
        catch (FormatException e)
        {
            throw new ProblemException(Problem.BadQuery(e.Message));
        }

        if (row is null) throw ApiProblem.NotFound("There is no such workflow, or none of its versions is published.");
        var version = await DefinitionEndpoints.RefusedAsync(() => definitions.FreezeAsync(context.Account(), row, context.RequestAborted));
        return (version, await starter.StartAsync(context.Account(), version, new(body.Input ?? [], body.CorrelationId, body.TriggerActivityId) { Known = known }, context.RequestAborted));
    }

    /// <param name="VersionOptions">Published when absent.</param>
    /// <param name="InstanceId">Of a dispatch: the id that the run gets.</param>
    internal sealed record StartBody(string? CorrelationId, string? TriggerActivityId, string? VersionOptions, JObject? Input, string? InstanceId);
}
