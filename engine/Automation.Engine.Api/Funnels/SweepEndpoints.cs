using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Json;
using Automation.Engine.Hosting.Sweeps;
using Automation.Engine.Persistence.Rows;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Automation.Engine.Api.Funnels;

/// <summary>A trigger on its way over the deals that stand in its stages.</summary>
/// <param name="Status">running, paused, done, cancelled.</param>
public sealed record SweepView(Guid Id, string TriggerId, string Status, int Done, int Total, int PerMinute, string By, DateTimeOffset CreatedAt, DateTimeOffset? FinishedAt)
{
    internal static SweepView Of(SweepRow row) => new(row.Id, row.TriggerId, row.Status, row.Done, row.Total, row.PerMinute, row.By, row.CreatedAt, row.FinishedAt);
}

/// <param name="Deals">That stand in the trigger's stages now, as far as events have told of them.</param>
/// <param name="Sweeps">Newest first.</param>
public sealed record ApplyPreview(int Deals, IReadOnlyList<SweepView> Sweeps);

/// <param name="PerMinute">Most deals a minute. Default 60.</param>
public sealed record ApplyRequest(int? PerMinute);

/// <summary>Applying a trigger to present deals.</summary>
internal static class SweepEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/funnels/{idOrSlug}/triggers/{triggerId}/apply", PreviewAsync).WithSummary("How many deals stand in a published trigger's stages, and its applications so far").Produces<ApplyPreview>().ProducesProblem(409);
        api.MapPost("/funnels/{idOrSlug}/triggers/{triggerId}/apply", StartAsync).Needs(Permissions.Operate).WithSummary("Applies a published trigger to the deals that stand in its stages, so many a minute")
            .Accepts<ApplyRequest>("application/json").Produces<SweepView>(202).ProducesProblem(409);
        api.MapPost("/sweeps/{id}/pause", (HttpContext context, string id, SweepService sweeps) => ChangeAsync(context, id, sweeps, SweepStatus.Paused)).Needs(Permissions.Operate).WithSummary("Pauses an application").Produces<SweepView>();
        api.MapPost("/sweeps/{id}/resume", (HttpContext context, string id, SweepService sweeps) => ChangeAsync(context, id, sweeps, SweepStatus.Running)).Needs(Permissions.Operate).WithSummary("Goes on with an application").Produces<SweepView>();
        api.MapPost("/sweeps/{id}/cancel", (HttpContext context, string id, SweepService sweeps) => ChangeAsync(context, id, sweeps, SweepStatus.Cancelled)).Needs(Permissions.Operate).WithSummary("Ends an application; deals that it has come to stay so").Produces<SweepView>();
    }

    private static async Task<IResult> PreviewAsync(HttpContext context, string idOrSlug, string triggerId, FunnelReads reads, SweepService sweeps)
    {
        var funnel = await reads.FindAsync(context.Account(), idOrSlug, context.RequestAborted);
        return await RefusedAsync(async () => new JsonAnswer(new ApplyPreview(
            await sweeps.CountAsync(context.Account(), funnel.Id, triggerId, context.RequestAborted), [.. (await sweeps.ListAsync(context.Account(), funnel.Id, triggerId, context.RequestAborted)).Select(SweepView.Of)])));
    }

    private static async Task<IResult> StartAsync(HttpContext context, string idOrSlug, string triggerId, FunnelReads reads, SweepService sweeps)
    {
        var body = await ApiJson.ReadAsync<ApplyRequest>(context.Request, context.RequestAborted);
        var funnel = await reads.FindAsync(context.Account(), idOrSlug, context.RequestAborted);
        return await RefusedAsync(async () => new JsonAnswer(SweepView.Of(await sweeps.StartAsync(context.Account(), funnel.Id, triggerId, body.PerMinute ?? 60, context.Caller().Name, context.RequestAborted)), 202));
    }

    private static Task<IResult> ChangeAsync(HttpContext context, string id, SweepService sweeps, string to) => RefusedAsync(async () =>
        await sweeps.ChangeAsync(context.Account(), Paging.Id(id), to, context.RequestAborted) is { } row ? new JsonAnswer(SweepView.Of(row)) : throw ApiProblem.NotFound("There is no such application."));

    private static async Task<IResult> RefusedAsync(Func<Task<JsonAnswer>> work)
    {
        try
        {
            return await work();
        }
        catch (SweepRefusedException e)
        {
            throw new ProblemException(new(e.Code == "query_invalid" ? 400 : 409, e.Code, e.Message));
        }
    }
}
