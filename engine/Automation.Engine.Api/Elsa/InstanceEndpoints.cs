using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Json;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Elsa;

/// <summary>Runs as Studio's instance list and viewer read them.</summary>
internal static class InstanceEndpoints
{
    private const int MostListed = 200;
    private const int MostCounted = 10_000;
    private const int MostStacked = 100;

    public static void Map(IEndpointRouteBuilder elsa)
    {
        elsa.MapPost("/workflow-instances", ListAsync).Needs(Permissions.Read);
        elsa.MapGet("/workflow-instances/{id}", ReadAsync);
        elsa.MapMethods("/workflow-instances/{id}/journal", [HttpMethods.Get, HttpMethods.Post], JournalAsync).Needs(Permissions.Read);
        elsa.MapGet("/workflow-instances/{id}/execution-state", StateAsync);
        elsa.MapGet("/workflow-instances/{id}/variables", VariablesAsync);
        elsa.MapPost("/activity-executions/report", ReportAsync).Needs(Permissions.Read);
        elsa.MapGet("/activity-executions/list", (HttpContext context, IDbContextFactory<AutomationDbContext> contexts, RunRecordsCache journals, string? workflowInstanceId, string? activityNodeId) => ExecutionsAsync(context, contexts, journals, workflowInstanceId, activityNodeId, InstanceViews.Full));
        elsa.MapGet("/activity-execution-summaries/list", (HttpContext context, IDbContextFactory<AutomationDbContext> contexts, RunRecordsCache journals, string? workflowInstanceId, string? activityNodeId) => ExecutionsAsync(context, contexts, journals, workflowInstanceId, activityNodeId, InstanceViews.Short));
        elsa.MapGet("/activity-executions/by-id", (HttpContext context, IDbContextFactory<AutomationDbContext> contexts, RunRecordsCache journals, string? id) => ExecutionAsync(context, contexts, journals, id));
        elsa.MapGet("/activity-executions/{id}/call-stack", CallStackAsync);
    }

    private static async Task<IResult> ListAsync(HttpContext context, IDbContextFactory<AutomationDbContext> contexts)
    {
        var filter = await ApiJson.ReadAsync<InstanceFilter>(context.Request, context.RequestAborted);
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var account = context.Account().Value;
        var rows = await InstanceQuery.OfAsync(db, account, filter, context.RequestAborted);
        var total = await rows.Take(MostCounted).CountAsync(context.RequestAborted);
        var size = Math.Clamp(filter.PageSize ?? 25, 1, MostListed);
        var page = await InstanceQuery.Ordered(rows, filter).Skip(Math.Max(0, filter.Page ?? 0) * size).Take(size).ToListAsync(context.RequestAborted);
        var versions = page.Select(row => row.DefinitionVersionId).Distinct().ToList();
        var known = await db.Definitions.AsNoTracking().Where(one => one.AccountId == account && versions.Contains(one.VersionId)).ToDictionaryAsync(one => one.VersionId, context.RequestAborted);
        return new JsonAnswer(new JObject { ["items"] = new JArray(page.Select(row => InstanceViews.Summary(row, known.GetValueOrDefault(row.DefinitionVersionId)))), ["totalCount"] = total });
    }

    private static async Task<IResult> ReadAsync(HttpContext context, string id, IDbContextFactory<AutomationDbContext> contexts)
    {
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var row = await FindAsync(db, context, id);
        return new JsonAnswer(InstanceViews.Whole(row, await DefinitionAsync(db, row, context)));
    }

    private static async Task<IResult> StateAsync(HttpContext context, string id, IDbContextFactory<AutomationDbContext> contexts)
    {
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var row = await FindAsync(db, context, id);
        var (status, subStatus) = InstanceViews.StatusOf(row.Status);
        // The client reads one name, the server's source writes the other.
        return new JsonAnswer(new JObject { ["status"] = status, ["subStatus"] = subStatus, ["workflowSubStatus"] = subStatus, ["updatedAt"] = row.UpdatedAt });
    }

    private static async Task<IResult> VariablesAsync(HttpContext context, string id, IDbContextFactory<AutomationDbContext> contexts)
    {
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var row = await FindAsync(db, context, id);
        var items = InstanceViews.Variables(row, await DefinitionAsync(db, row, context));
        return new JsonAnswer(new JObject { ["items"] = items, ["count"] = items.Count });
    }

    private static async Task<IResult> JournalAsync(HttpContext context, string id, int? skip, int? take, IDbContextFactory<AutomationDbContext> contexts, RunRecordsCache journals)
    {
        var filter = HttpMethods.IsPost(context.Request.Method) && context.Request.ContentLength is not 0 ? (await ApiJson.ReadAsync<JournalQuery>(context.Request, context.RequestAborted)).Filter : null;
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var story = await journals.ReadAsync(db, await FindAsync(db, context, id), context.RequestAborted);
        var lines = story.Records.Lines.Where(line =>
            (filter?.ActivityIds is not { Count: > 0 } ids || ids.Contains(line.Execution.ActivityId))
            && (filter?.ActivityNodeIds is not { Count: > 0 } nodes || nodes.Contains(line.Execution.NodeId))
            && (filter?.ExcludedActivityTypes is not { Count: > 0 } types || !types.Contains(line.Execution.Type))
            && (filter?.EventNames is not { Count: > 0 } events || events.Contains(line.Event))).ToList();
        var page = lines.Skip(Math.Max(0, skip ?? 0)).Take(Math.Clamp(take ?? MostListed, 1, 1_000));
        return new JsonAnswer(new JObject { ["items"] = new JArray(page.Select(line => InstanceViews.Line(line, story))), ["totalCount"] = lines.Count });
    }

    private static async Task<IResult> ReportAsync(HttpContext context, IDbContextFactory<AutomationDbContext> contexts, RunRecordsCache journals)
    {
        var body = await ApiJson.ReadAsync<ReportBody>(context.Request, context.RequestAborted);
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var run = await FindAsync(db, context, body.WorkflowInstanceId ?? "");
        var story = await journals.ReadAsync(db, run, context.RequestAborted);
        return new JsonAnswer(new StatsView(NodeStats.Of(story.Records, await ResilienceEndpoints.RetriedAsync(db, run, context.RequestAborted), body.ActivityNodeIds)));
    }

    private static async Task<IResult> ExecutionsAsync(HttpContext context, IDbContextFactory<AutomationDbContext> contexts, RunRecordsCache journals, string? instance, string? node, Func<PlacedExecution, JObject> view)
    {
        var items = new JArray((await PlacedAsync(context, contexts, journals, instance ?? "")).Where(one => string.IsNullOrEmpty(node) || one.Execution.NodeId == node).Select(view));
        return new JsonAnswer(new JObject { ["items"] = items, ["count"] = items.Count });
    }

    private static async Task<IResult> ExecutionAsync(HttpContext context, IDbContextFactory<AutomationDbContext> contexts, RunRecordsCache journals, string? id) =>
        new JsonAnswer(InstanceViews.Full(await ExecutionOfAsync(context, contexts, journals, id)));

    private static async Task<IResult> CallStackAsync(HttpContext context, string id, bool? includeCrossWorkflowChain, int? skip, int? take, IDbContextFactory<AutomationDbContext> contexts, RunRecordsCache journals)
    {
        var stack = (await ExecutionOfAsync(context, contexts, journals, id)).Stack(includeCrossWorkflowChain ?? true);
        var page = stack.Skip(Math.Max(0, skip ?? 0)).Take(take is > 0 and var most ? Math.Min(most, 1_000) : MostStacked);
        return new JsonAnswer(new JObject { ["activityExecutionId"] = id, ["items"] = new JArray(page.Select(InstanceViews.Full)), ["totalCount"] = stack.Count });
    }

    private static async Task<PlacedExecution> ExecutionOfAsync(HttpContext context, IDbContextFactory<AutomationDbContext> contexts, RunRecordsCache journals, string? id) =>
        (await PlacedAsync(context, contexts, journals, ExecutionId(id).Run)).FirstOrDefault(one => one.Execution.Id == id) ?? throw None();

    private static async Task<IEnumerable<PlacedExecution>> PlacedAsync(HttpContext context, IDbContextFactory<AutomationDbContext> contexts, RunRecordsCache journals, string run)
    {
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        return await PlacedAsync(db, await FindAsync(db, context, run), journals, context.RequestAborted);
    }

    internal static async Task<IEnumerable<PlacedExecution>> PlacedAsync(AutomationDbContext db, RunRow run, RunRecordsCache journals, CancellationToken cancellationToken)
    {
        var story = await journals.ReadAsync(db, run, cancellationToken);
        var before = await RunCallers.ReadAsync(db, run, journals, cancellationToken);
        var retried = await ResilienceEndpoints.RetriedAsync(db, run, cancellationToken);
        return story.Records.Executions.Select(execution => new PlacedExecution(run, story, execution, before, retried));
    }

    /// <summary>Run and number of an execution's id: ours begin with their run's.</summary>
    /// <exception cref="ProblemException">404: it is no such id.</exception>
    internal static (string Run, string Number) ExecutionId(string? id) => id?.LastIndexOf('-') is > 0 and var dash ? (id[..dash], id[(dash + 1)..]) : throw None();

    private static async Task<DefinitionRow?> DefinitionAsync(AutomationDbContext db, RunRow row, HttpContext context) =>
        await db.Definitions.AsNoTracking().FirstOrDefaultAsync(one => one.AccountId == row.AccountId && one.VersionId == row.DefinitionVersionId, context.RequestAborted);

    internal static async Task<RunRow> FindAsync(AutomationDbContext db, HttpContext context, string id)
    {
        var (account, run) = (context.Account().Value, Guid.TryParse(id, out var parsed) ? parsed : throw None());
        return await db.Runs.AsNoTracking().FirstOrDefaultAsync(row => row.AccountId == account && row.Id == run, context.RequestAborted) ?? throw None();
    }

    private static ProblemException None() => ApiProblem.NotFound("There is no such run.");

    internal sealed record JournalQuery(JournalFilter? Filter);

    internal sealed record JournalFilter(IReadOnlyList<string>? ActivityIds, IReadOnlyList<string>? ActivityNodeIds, IReadOnlyList<string>? ExcludedActivityTypes, IReadOnlyList<string>? EventNames);

    internal sealed record ReportBody(string? WorkflowInstanceId, IReadOnlyList<string>? ActivityNodeIds);
}
