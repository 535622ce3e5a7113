using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Json;
using Automation.Engine.Hosting.Definitions;
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
    private const string InstanceHeader = "x-elsa-workflow-instance-id";
    private const string CannotStartHeader = "x-elsa-workflow-cannot-start";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public static void Map(IEndpointRouteBuilder elsa)
    {
        elsa.MapPost("/workflow-definitions/{definitionId}/execute", ExecuteAsync);
        elsa.MapPost("/workflow-definitions/{definitionId}/dispatch", DispatchAsync);
    }

    /// <summary>Answers when the run waits for something or has ended, or after ten seconds with what it is then.</summary>
    private static async Task<IResult> ExecuteAsync(HttpContext context, string definitionId, DefinitionService definitions, WorkflowStarter starter, IDbContextFactory<AutomationDbContext> contexts, TimeProvider clock)
    {
        var (definition, run) = await StartAsync(context, definitionId, definitions, starter);
        if (run is not { } id)
        {
            context.Response.Headers[CannotStartHeader] = "true";
            return new JsonAnswer(new JObject());
        }

        context.Response.Headers[InstanceHeader] = id.ToString();
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var began = clock.GetTimestamp();
        while (clock.GetElapsedTime(began) < Patience)
        {
            if (await db.Runs.AsNoTracking().FirstOrDefaultAsync(row => row.AccountId == definition.AccountId && row.Id == id, context.RequestAborted) is { } row && row.Status != (int)RunStatus.Running)
                return new JsonAnswer(new JObject { ["workflowState"] = InstanceViews.Whole(row, definition)["workflowState"] });
            await Task.Delay(Pause, clock, context.RequestAborted);
        }

        return new JsonAnswer(new JObject { ["workflowState"] = new JObject { ["id"] = id.ToString(), ["status"] = "Running", ["subStatus"] = "Pending" } });
    }

    private static async Task<IResult> DispatchAsync(HttpContext context, string definitionId, DefinitionService definitions, WorkflowStarter starter)
    {
        var (_, run) = await StartAsync(context, definitionId, definitions, starter);
        if (run is null) throw ApiProblem.BadRequest("cannot_start", "The workflow's activation strategy lets no further run start now.");
        return new JsonAnswer(new JObject { ["workflowInstanceId"] = run.ToString() });
    }

    private static async Task<(DefinitionRow Definition, Guid? Run)> StartAsync(HttpContext context, string definitionId, DefinitionService definitions, WorkflowStarter starter)
    {
        var body = context.Request.ContentLength is 0 or null && !context.Request.HasJsonContentType() ? new(null, null, null, null) : await ApiJson.ReadAsync<StartBody>(context.Request, context.RequestAborted);
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
        return (version, await starter.StartAsync(context.Account(), version, body.Input ?? [], body.CorrelationId, body.TriggerActivityId, context.RequestAborted));
    }

    /// <param name="VersionOptions">Published when absent.</param>
    internal sealed record StartBody(string? CorrelationId, string? TriggerActivityId, string? VersionOptions, JObject? Input);
}
