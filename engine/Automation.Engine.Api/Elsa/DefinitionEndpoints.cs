using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Funnels;
using Automation.Engine.Api.Json;
using Automation.Engine.Hosting.Definitions;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Automation.Engine.Workflows.Interpreter;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Elsa;

/// <summary>Workflow definitions as Studio's list and editor read and write them.</summary>
internal static class DefinitionEndpoints
{
    private const int LongestPage = 200;

    // Without a page: Studio's picker of workflows shows what it is given, and asks for nothing more.
    private const int MostListed = 5_000;

    public static void Map(IEndpointRouteBuilder elsa)
    {
        elsa.MapGet("/workflow-definitions", ListAsync);
        elsa.MapGet("/workflow-definitions/query/count", CountAsync);
        elsa.MapGet("/workflow-definitions/many-by-id", ManyAsync);
        elsa.MapGet("/workflow-definitions/by-definition-id/{definitionId}", ReadAsync);
        elsa.MapGet("/workflow-definitions/by-id/{id}", ReadVersionAsync);
        elsa.MapGet("/workflow-definitions/validation/is-name-unique", IsNameUniqueAsync);
        elsa.MapPost("/workflow-definitions", SaveAsync).Needs(Permissions.Edit);
        elsa.MapPost("/workflow-definitions/{definitionId}/publish", PublishAsync).Needs(Permissions.Publish);
        elsa.MapPost("/workflow-definitions/{definitionId}/retract", RetractAsync).Needs(Permissions.Publish);
        elsa.MapPost("/workflow-definitions/{definitionId}/revert/{version:int}", RevertAsync).Needs(Permissions.Edit);
        elsa.MapDelete("/workflow-definitions/{definitionId}", (HttpContext context, string definitionId, DefinitionService definitions) => DeleteAsync(context, token => definitions.DeleteAsync(context.Account(), [definitionId], token))).Needs(Permissions.Publish);
        elsa.MapDelete("/workflow-definition-versions/{id}", (HttpContext context, string id, DefinitionService definitions) => DeleteAsync(context, token => definitions.DeleteVersionsAsync(context.Account(), [id], token))).Needs(Permissions.Publish);
        elsa.MapPost("/bulk-actions/delete/workflow-definitions/by-definition-id", (HttpContext context, DefinitionService definitions) => BulkDeleteAsync(context, body => definitions.DeleteAsync(context.Account(), body.DefinitionIds ?? [], context.RequestAborted))).Needs(Permissions.Publish);
        elsa.MapPost("/bulk-actions/delete/workflow-definitions/by-id", (HttpContext context, DefinitionService definitions) => BulkDeleteAsync(context, body => definitions.DeleteVersionsAsync(context.Account(), body.Ids ?? [], context.RequestAborted))).Needs(Permissions.Publish);
        elsa.MapPost("/bulk-actions/publish/workflow-definitions/by-definition-ids", BulkPublishAsync).Needs(Permissions.Publish);
        elsa.MapPost("/bulk-actions/retract/workflow-definitions/by-definition-ids", BulkRetractAsync).Needs(Permissions.Publish);
    }

    private static async Task<IResult> ListAsync(HttpContext context, IDbContextFactory<AutomationDbContext> contexts)
    {
        var query = context.Request.Query;
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var rows = await ChosenAsync(db, context);
        var total = await rows.CountAsync(context.RequestAborted);
        var descending = string.Equals(query["OrderDirection"], "Descending", StringComparison.OrdinalIgnoreCase);
        var ordered = ((string?)query["OrderBy"])?.ToUpperInvariant() switch
        {
            "NAME" => descending ? rows.OrderByDescending(row => row.Name) : rows.OrderBy(row => row.Name),
            "VERSION" => descending ? rows.OrderByDescending(row => row.Version) : rows.OrderBy(row => row.Version),
            _ => descending ? rows.OrderByDescending(row => row.CreatedAt) : rows.OrderBy(row => row.CreatedAt),
        };
        var size = Number(query, "PageSize") is { } asked ? Math.Clamp(asked, 1, LongestPage) : (int?)null;
        var page = ordered.ThenBy(row => row.VersionId).Skip((Number(query, "Page") ?? 0) * (size ?? 0)).Take(size ?? MostListed);
        // One document at a time: of each only a few words are told.
        var items = new JArray();
        await foreach (var row in page.AsAsyncEnumerable().WithCancellation(context.RequestAborted)) items.Add(DefinitionViews.Summary(row, context.Caller()));
        var answer = new JObject { ["items"] = items, ["totalCount"] = total, ["links"] = DefinitionViews.ListLinks(context.Caller()) };
        if (size is null && total > items.Count) answer["message"] = $"These are the first {items.Count} of {total}. Ask for the rest by Page and PageSize.";
        return new JsonAnswer(answer);
    }

    private static async Task<IResult> CountAsync(HttpContext context, IDbContextFactory<AutomationDbContext> contexts)
    {
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        return new JsonAnswer(new JObject { ["count"] = await Of(db, context).Select(row => row.DefinitionId).Distinct().CountAsync(context.RequestAborted) });
    }

    private static async Task<IResult> ManyAsync(HttpContext context, IDbContextFactory<AutomationDbContext> contexts, AccountActivityCatalog catalog, ShownDefinitions shown)
    {
        var ids = context.Request.Query["ids"].OfType<string>().ToList();
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var rows = await Of(db, context).AsNoTracking().Where(row => ids.Contains(row.VersionId)).Take(LongestPage).ToListAsync(context.RequestAborted);
        var (items, activities) = (new JArray(), await catalog.ReadAsync(context.Account(), context.RequestAborted));
        foreach (var row in rows) items.Add(await shown.WholeAsync(context, row, activities));
        return new JsonAnswer(new JObject { ["items"] = items });
    }

    private static async Task<IResult> ReadAsync(HttpContext context, string definitionId, string? versionOptions, DefinitionService definitions, ShownDefinitions shown) =>
        new JsonAnswer(await shown.WholeAsync(context, await FindAsync(context, definitionId, versionOptions ?? "Latest", definitions)));

    private static async Task<IResult> ReadVersionAsync(HttpContext context, string id, DefinitionService definitions, ShownDefinitions shown) =>
        new JsonAnswer(await shown.WholeAsync(context, await definitions.FindVersionAsync(context.Account(), id, context.RequestAborted) ?? throw None()));

    private static async Task<IResult> IsNameUniqueAsync(HttpContext context, string? name, string? definitionId, DefinitionService definitions) =>
        new JsonAnswer(new JObject { ["isUnique"] = await definitions.IsNameFreeAsync(context.Account(), name ?? "", definitionId, context.RequestAborted) });

    private static async Task<IResult> SaveAsync(HttpContext context, DefinitionService definitions, DefinitionReferences references, ShownDefinitions shown, WorkingCopies copies) => await RefusedAsync<IResult>(async () =>
    {
        var body = await DefinitionBody.ReadAsync(context.Request, 1, context.RequestAborted);
        if (body["model"] is not JObject model) throw ApiProblem.BadRequest("payload_invalid", "The body has no model.");
        var (id, publish) = (Text(model, "definitionId"), body["publish"] is JValue { Value: true });
        if (publish) context.Demand(Permissions.Publish);
        var saved = await definitions.SaveAsync(context.Account(), id, model, publish && !WorkingCopies.Is(id), context.RequestAborted);
        // A trigger's workflow is published with its funnel.
        if (publish && WorkingCopies.Is(id)) await copies.PublishAsync(context.Account(), id!, context.Author(), context.RequestAborted);
        return await SavedAsync(context, saved, publish && !WorkingCopies.Is(id) ? await FollowAsync(context, saved, references) : [], shown);
    });

    private static Task<IResult> PublishAsync(HttpContext context, string definitionId, DefinitionService definitions, DefinitionReferences references, ShownDefinitions shown) =>
        RefusedAsync<IResult>(async () =>
        {
            var saved = await definitions.PublishAsync(context.Account(), definitionId, context.RequestAborted) ?? throw None();
            return await SavedAsync(context, saved, await FollowAsync(context, saved, references), shown);
        });

    private static async Task<IReadOnlyList<DefinitionRow>> FollowAsync(HttpContext context, DefinitionSaved saved, DefinitionReferences references) =>
        saved.AlreadyPublished ? [] : await references.FollowAsync(context.Account(), saved.Row, context.RequestAborted);

    private static Task<IResult> RetractAsync(HttpContext context, string definitionId, DefinitionService definitions, ShownDefinitions shown) =>
        RefusedAsync<IResult>(async () => new JsonAnswer(await shown.WholeAsync(context, await definitions.RetractAsync(context.Account(), definitionId, context.RequestAborted) ?? throw None())));

    private static Task<IResult> RevertAsync(HttpContext context, string definitionId, int version, DefinitionService definitions) =>
        RefusedAsync<IResult>(async () => new JsonAnswer(DefinitionViews.Summary(await definitions.RevertAsync(context.Account(), definitionId, version, context.RequestAborted) ?? throw None(), context.Caller())));

    private static Task<IResult> DeleteAsync(HttpContext context, Func<CancellationToken, Task<int>> delete) =>
        RefusedAsync<IResult>(async () => await delete(context.RequestAborted) > 0 ? Results.NoContent() : throw None());

    private static async Task<IResult> BulkDeleteAsync(HttpContext context, Func<BulkBody, Task<int>> delete)
    {
        var body = await ApiJson.ReadAsync<BulkBody>(context.Request, context.RequestAborted);
        return await RefusedAsync<IResult>(async () => new JsonAnswer(new JObject { ["deleted"] = await delete(body) }));
    }

    private static async Task<IResult> BulkPublishAsync(HttpContext context, DefinitionService definitions, DefinitionReferences references)
    {
        var body = await ApiJson.ReadAsync<BulkBody>(context.Request, context.RequestAborted);
        var (published, already, notFound, failed, warnings) = (new JArray(), new JArray(), new JArray(), new JArray(), new JArray());
        var followed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var id in body.DefinitionIds ?? [])
        {
            try
            {
                var done = await definitions.PublishAsync(context.Account(), id, context.RequestAborted);
                (done is null ? notFound : done.AlreadyPublished ? already : published).Add(id);
                if (done is not null) followed.UnionWith((await FollowAsync(context, done, references)).Select(row => row.DefinitionId));
            }
            catch (Exception e) when (e is DefinitionRefusedException or DefinitionInvalidException)
            {
                failed.Add(id);
                warnings.Add(e.Message);
            }
        }

        return new JsonAnswer(new JObject { ["published"] = published, ["alreadyPublished"] = already, ["notFound"] = notFound, ["skipped"] = new JArray(), ["updatedConsumers"] = new JArray(followed), ["failed"] = failed, ["warnings"] = warnings });
    }

    private static async Task<IResult> BulkRetractAsync(HttpContext context, DefinitionService definitions)
    {
        var body = await ApiJson.ReadAsync<BulkBody>(context.Request, context.RequestAborted);
        var (retracted, already, notFound) = (new JArray(), new JArray(), new JArray());
        foreach (var id in body.DefinitionIds ?? [])
        {
            try
            {
                (await definitions.RetractAsync(context.Account(), id, context.RequestAborted) is null ? notFound : retracted).Add(id);
            }
            catch (DefinitionRefusedException)
            {
                already.Add(id);
            }
        }

        return new JsonAnswer(new JObject { ["retracted"] = retracted, ["alreadyRetracted"] = already, ["notFound"] = notFound });
    }

    private static async Task<JsonAnswer> SavedAsync(HttpContext context, DefinitionSaved saved, IReadOnlyList<DefinitionRow> followed, ShownDefinitions shown) => new(new JObject
    {
        ["workflowDefinition"] = await shown.WholeAsync(context, saved.Row),
        ["alreadyPublished"] = saved.AlreadyPublished,
        // Studio says that so many were updated.
        ["consumingWorkflowCount"] = followed.Count,
        ["updatedConsumers"] = new JArray(followed.Select(row => row.DefinitionId)),
        ["validationErrors"] = new JArray(),
    });

    /// <summary>Says what was refused in the form that Studio shows.</summary>
    internal static async Task<T> RefusedAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (DefinitionRefusedException refused)
        {
            throw ApiProblem.BadRequest(refused.Code, refused.Message);
        }
        catch (DefinitionInvalidException invalid)
        {
            throw new ProblemException(new(400, "definition_invalid", "The workflow has problems; nothing was done.") { Errors = [.. invalid.Problems.Select(problem => new ProblemPlace(problem.Path, problem.Code, problem.Message))] });
        }
    }

    internal static async Task<DefinitionRow> FindAsync(HttpContext context, string definitionId, string versions, DefinitionService definitions)
    {
        try
        {
            return await definitions.FindAsync(context.Account(), definitionId, versions, context.RequestAborted) ?? throw None();
        }
        catch (FormatException e)
        {
            throw new ProblemException(Problem.BadQuery(e.Message));
        }
    }

    private static IQueryable<DefinitionRow> Of(AutomationDbContext db, HttpContext context)
    {
        var account = context.Account().Value;
        return db.Definitions.AsNoTracking().Where(row => row.AccountId == account);
    }

    private static async Task<IQueryable<DefinitionRow>> ChosenAsync(AutomationDbContext db, HttpContext context)
    {
        var query = context.Request.Query;
        var rows = Of(db, context);
        try
        {
            rows = rows.Where(VersionChoice.Parse(query["versionOptions"]));
        }
        catch (FormatException e)
        {
            throw new ProblemException(Problem.BadQuery(e.Message));
        }

        if (query["DefinitionIds"].OfType<string>().Where(id => id.Length > 0).ToList() is { Count: > 0 } definitions) rows = rows.Where(row => definitions.Contains(row.DefinitionId));
        if (query["Ids"].OfType<string>().Where(id => id.Length > 0).ToList() is { Count: > 0 } versions) rows = rows.Where(row => versions.Contains(row.VersionId));
        if (!string.Equals(query["IsSystem"], "True", StringComparison.OrdinalIgnoreCase)) rows = rows.Where(row => !row.DefinitionId.StartsWith(WorkingCopies.Prefix) || row.FunnelId == null);
        if ((string?)query["SearchTerm"] is { Length: > 0 } search)
        {
            var found = await DefinitionSearch.FindAsync(rows, search, context.RequestAborted);
            rows = rows.Where(row => found.Contains(row.VersionId));
        }

        return rows;
    }

    private static int? Number(IQueryCollection query, string name) => int.TryParse(query[name], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string? Text(JObject json, string name) => json[name] is JValue { Value: string { Length: > 0 } text } ? text : null;

    private static ProblemException None() => ApiProblem.NotFound("There is no such workflow.");

    /// <summary>Several at once.</summary>
    internal sealed record BulkBody(IReadOnlyList<string>? Ids, IReadOnlyList<string>? DefinitionIds);
}
