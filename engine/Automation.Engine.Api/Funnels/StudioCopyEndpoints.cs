using Automation.Engine.Api.Elsa;
using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Json;
using Automation.Engine.Hosting.Funnels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Funnels;

/// <summary>A trigger's workflow on its way to Studio and back into the funnel's draft.</summary>
internal static class StudioCopyEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/funnels/{idOrSlug}/triggers/{triggerId}/studio", OpenAsync).Needs(Permissions.Edit).WithSummary("Makes, or finds, the copy of a trigger's workflow that Studio works on; anew drops what was edited and not applied")
            .Accepts<OpenRequest>("application/json").Produces<CopyView>();
        api.MapGet("/studio/copies/{definitionId}", ReadAsync).WithSummary("What a copy belongs to, and whether it is to be applied").Produces<CopyView>();
        api.MapPost("/studio/copies/{definitionId}/apply", ApplyAsync).Needs(Permissions.Edit).WithSummary("Puts a copy into its funnel's draft as one change; anyway also over a draft that has moved on")
            .Accepts<ApplyRequest>("application/json").Produces<AppliedCopy>().ProducesProblem(400);
    }

    private static async Task<IResult> OpenAsync(HttpContext context, string idOrSlug, string triggerId, FunnelReads reads, WorkingCopies copies)
    {
        var body = await ApiJson.ReadAsync<OpenRequest>(context.Request, context.RequestAborted);
        var funnel = await reads.FindAsync(context.Account(), idOrSlug, context.RequestAborted);
        return await FoundAsync(async () => new JsonAnswer(View(await copies.OpenAsync(context.Account(), funnel.Id, triggerId, body.Anew == true, context.RequestAborted))));
    }

    private static async Task<IResult> ReadAsync(HttpContext context, string definitionId, WorkingCopies copies) =>
        new JsonAnswer(View(await copies.FindAsync(context.Account(), definitionId, context.RequestAborted) ?? throw None()));

    private static async Task<IResult> ApplyAsync(HttpContext context, string definitionId, WorkingCopies copies)
    {
        var body = await ApiJson.ReadAsync<ApplyRequest>(context.Request, context.RequestAborted);
        return await DefinitionEndpoints.RefusedAsync<IResult>(async () =>
        {
            var (funnel, before) = await copies.ApplyAsync(context.Account(), definitionId, body.Anyway == true, context.Author(), context.RequestAborted) ?? throw None();
            return new JsonAnswer(new AppliedCopy(funnel.Slug, funnel.DraftRevision, before));
        });
    }

    private static async Task<IResult> FoundAsync(Func<Task<IResult>> work)
    {
        try
        {
            return await work();
        }
        catch (KeyNotFoundException e)
        {
            throw ApiProblem.NotFound(e.Message);
        }
    }

    private static CopyView View(WorkingCopy copy) =>
        new(copy.Row.DefinitionId, $"/studio/workflows/definitions/{Uri.EscapeDataString(copy.Row.DefinitionId)}/edit", copy.Funnel.Slug, copy.Funnel.Name, copy.Trigger.Id, copy.Trigger.Name, copy.HasEdits, copy.MovedOn);

    private static ProblemException None() => ApiProblem.NotFound("There is no such copy, or its trigger is gone from the draft.");

    /// <param name="Anew">Drops what was edited before and not applied. Default false.</param>
    internal sealed record OpenRequest(bool? Anew);

    /// <param name="Anyway">Also over a draft that has moved on. Default false.</param>
    internal sealed record ApplyRequest(bool? Anyway);

    /// <param name="Url">Page that opens it in Studio.</param>
    /// <param name="HasEdits">It differs from what it was made from.</param>
    /// <param name="MovedOn">The draft's own workflow has changed since it was made.</param>
    internal sealed record CopyView(string DefinitionId, string Url, string Funnel, string FunnelName, string Trigger, string TriggerName, bool HasEdits, bool MovedOn);

    /// <param name="Revision">Of the draft with it.</param>
    /// <param name="Before">The workflow that stood there: saving it again is the undo.</param>
    internal sealed record AppliedCopy(string Funnel, long Revision, JObject? Before);
}
