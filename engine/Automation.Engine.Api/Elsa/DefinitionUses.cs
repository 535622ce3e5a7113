using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Json;
using Automation.Engine.Hosting.Definitions;
using Automation.Engine.Persistence;
using Automation.Engine.Workflows.Interpreter;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Elsa;

/// <summary>How definitions hang together: versions, who uses whom, what lies inside what.</summary>
internal static class DefinitionUses
{
    private const int MostVersions = 200;

    public static void Map(IEndpointRouteBuilder elsa)
    {
        elsa.MapGet("/workflow-definitions/{definitionId}/versions", VersionsAsync);
        elsa.MapGet("/workflow-definitions/{definitionId}/consumers", ConsumersAsync);
        elsa.MapPost("/workflow-definitions/{definitionId}/update-references", UpdateAsync).Needs(Permissions.Edit);
        elsa.MapGet("/workflow-definitions/subgraph/{versionId}", SubgraphAsync);
        elsa.MapGet("/workflow-definitions/subgraph/segments/{versionId}", SegmentsAsync);
    }

    private static async Task<IResult> VersionsAsync(HttpContext context, string definitionId, IDbContextFactory<AutomationDbContext> contexts)
    {
        var account = context.Account().Value;
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var rows = await db.Definitions.AsNoTracking().Where(row => row.AccountId == account && row.DefinitionId == definitionId).OrderByDescending(row => row.Version).Take(MostVersions).ToListAsync(context.RequestAborted);
        if (rows.Count == 0) throw None();
        return new JsonAnswer(new JObject { ["items"] = new JArray(rows.Select(row => DefinitionViews.Summary(row, context.Caller()))), ["count"] = rows.Count });
    }

    private static async Task<IResult> ConsumersAsync(HttpContext context, string definitionId, DefinitionService definitions, DefinitionReferences references)
    {
        if (await definitions.FindAsync(context.Account(), definitionId, null, context.RequestAborted) is null) throw None();
        var consumers = await references.FindConsumersAsync(context.Account(), definitionId, context.RequestAborted);
        return new JsonAnswer(new JObject { ["consumingWorkflowDefinitionIds"] = new JArray(consumers.Select(row => row.DefinitionId)) });
    }

    private static async Task<IResult> UpdateAsync(HttpContext context, string definitionId, DefinitionReferences references)
    {
        var body = context.Request.ContentLength is 0 || !context.Request.HasJsonContentType() ? new(null) : await ApiJson.ReadAsync<UpdateBody>(context.Request, context.RequestAborted);
        return await DefinitionEndpoints.RefusedAsync<IResult>(async () =>
        {
            var drafts = await references.UpdateAsync(context.Account(), definitionId, body.ConsumingWorkflowIds, context.RequestAborted) ?? throw None();
            return new JsonAnswer(new JObject { ["affectedWorkflows"] = new JArray(drafts.Select(row => row.Name ?? row.DefinitionId)) });
        });
    }

    private static async Task<IResult> SubgraphAsync(HttpContext context, string versionId, string? parentNodeId, DefinitionService definitions, AccountActivityCatalog catalog, ShownDefinitions shown)
    {
        var node = await NodeAsync(context, versionId, parentNodeId, definitions, catalog, shown);
        return new JsonAnswer(Whole(node));
    }

    private static async Task<IResult> SegmentsAsync(HttpContext context, string versionId, string? childNodeId, DefinitionService definitions, AccountActivityCatalog catalog, ShownDefinitions shown)
    {
        var child = await NodeAsync(context, versionId, childNodeId, definitions, catalog, shown);
        var (segments, container) = (new JArray(), child.Parent ?? child);
        for (var (below, at) = (child, child.Parent); at is not null; (below, at) = (at, at.Parent))
        {
            // A chart is where its activities lie, not a step on the way to them.
            if ((string?)at.Activity["type"] == "Elsa.Flowchart") continue;
            if (segments.Count == 0) container = at;
            segments.Add(new JObject { ["activityNodeId"] = at.NodeId, ["activityId"] = at.Activity["id"], ["activityType"] = at.Activity["type"], ["portName"] = below.Port, ["activityName"] = at.Activity["name"] ?? at.Activity["type"] });
        }

        return new JsonAnswer(new JObject { ["childNode"] = Whole(child), ["container"] = Whole(container), ["pathSegments"] = segments });
    }

    /// <summary>The node of that id, the root's for none.</summary>
    private static async Task<GraphNode> NodeAsync(HttpContext context, string versionId, string? nodeId, DefinitionService definitions, AccountActivityCatalog catalog, ShownDefinitions shown)
    {
        var row = await definitions.FindVersionAsync(context.Account(), versionId, context.RequestAborted) ?? throw None();
        var activities = await catalog.ReadAsync(context.Account(), context.RequestAborted);
        var document = DefinitionDocument.Given(await shown.DocumentAsync(context, row), activities);
        var node = nodeId is { Length: > 0 } && nodeId != DefinitionDocument.RootNode ? await DefinitionGraph.FindAsync(context.Account(), document, nodeId, definitions, activities, context.RequestAborted) : DefinitionGraph.Of(document);
        return node ?? throw ApiProblem.NotFound("The workflow has no such step.");
    }

    // The activity holds everything inside it; of what lies below only names follow, so that nothing is sent twice.
    private static JObject Whole(GraphNode node) => Node(node, node.Activity);

    private static JObject Node(GraphNode node, JObject activity) => new()
    {
        ["activity"] = activity,
        ["port"] = node.Port,
        ["nodeId"] = node.NodeId,
        ["parents"] = new JArray(),
        ["children"] = new JArray(node.Children.Select(child => Node(child, new() { ["id"] = child.Activity["id"], ["nodeId"] = child.NodeId, ["type"] = child.Activity["type"], ["version"] = child.Activity["version"], ["name"] = child.Activity["name"] ?? "" }))),
    };

    private static ProblemException None() => ApiProblem.NotFound("There is no such workflow.");

    /// <param name="ConsumingWorkflowIds">Those to change; all when absent.</param>
    internal sealed record UpdateBody(IReadOnlyList<string>? ConsumingWorkflowIds);
}
