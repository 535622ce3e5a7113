using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Json;
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

/// <summary>Runs as Studio's instance list and viewer read them.</summary>
internal static class InstanceEndpoints
{
    private const int MostListed = 200;
    private const int MostRows = 10_000;

    public static void Map(IEndpointRouteBuilder elsa)
    {
        elsa.MapPost("/workflow-instances", ListAsync);
        elsa.MapGet("/workflow-instances/{id}", ReadAsync);
        elsa.MapMethods("/workflow-instances/{id}/journal", [HttpMethods.Get, HttpMethods.Post], JournalAsync);
        elsa.MapGet("/workflow-instances/{id}/execution-state", StateAsync);
        elsa.MapGet("/workflow-instances/{id}/variables", VariablesAsync);
        elsa.MapPost("/activity-executions/report", ReportAsync);
        elsa.MapGet("/activity-executions/list", (HttpContext context, IDbContextFactory<AutomationDbContext> contexts, string? workflowInstanceId, string? activityNodeId) => ExecutionsAsync(context, contexts, workflowInstanceId, activityNodeId, InstanceViews.Full));
        elsa.MapGet("/activity-execution-summaries/list", (HttpContext context, IDbContextFactory<AutomationDbContext> contexts, string? workflowInstanceId, string? activityNodeId) => ExecutionsAsync(context, contexts, workflowInstanceId, activityNodeId, InstanceViews.Short));
        elsa.MapGet("/activity-executions/by-id", (HttpContext context, IDbContextFactory<AutomationDbContext> contexts, string? id) => ExecutionAsync(context, contexts, id));
        elsa.MapGet("/activity-executions/{id}/call-stack", CallStackAsync);
        elsa.MapPost("/cancel/workflow-instances/{id}", CancelAsync);
        elsa.MapPost("/bulk-actions/cancel/workflow-instances", BulkCancelAsync);
    }

    private static async Task<IResult> ListAsync(HttpContext context, IDbContextFactory<AutomationDbContext> contexts)
    {
        var filter = await ApiJson.ReadAsync<InstanceFilter>(context.Request, context.RequestAborted);
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var account = context.Account().Value;
        var rows = db.Runs.AsNoTracking().Where(row => row.AccountId == account);
        foreach (var words in new[] { Words(filter.Status, filter.Statuses), Words(filter.SubStatus, filter.SubStatuses) })
        {
            if (words.Count == 0) continue;
            var statuses = words.SelectMany(InstanceViews.Statuses).Distinct().ToList();
            rows = rows.Where(row => statuses.Contains(row.Status));
        }

        if (Words(filter.DefinitionId, filter.DefinitionIds) is { Count: > 0 } definitions)
        {
            var version = filter.Version;
            rows = rows.Where(row => db.Definitions.Any(one => one.AccountId == account && one.VersionId == row.DefinitionVersionId && definitions.Contains(one.DefinitionId) && (version == null || one.Version == version)));
        }

        if (filter.CorrelationId is { Length: > 0 } correlation) rows = rows.Where(row => row.CorrelationId == correlation);
        if (filter.HasIncidents is { } has) rows = rows.Where(row => row.IncidentCount > 0 == has);
        if (filter.SearchTerm is { Length: > 0 } search)
        {
            var id = Guid.TryParse(search, out var parsed) ? parsed : Guid.Empty;
            rows = rows.Where(row => row.Id == id || row.Name!.Contains(search) || row.CorrelationId!.Contains(search) || row.EntityId == search);
        }

        foreach (var span in filter.TimestampFilters ?? []) rows = Within(rows, span);
        var total = await rows.CountAsync(context.RequestAborted);
        var size = Math.Clamp(filter.PageSize ?? 25, 1, MostListed);
        var page = await Ordered(rows, filter).Skip(Math.Max(0, filter.Page ?? 0) * size).Take(size).ToListAsync(context.RequestAborted);
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

    private static async Task<IResult> JournalAsync(HttpContext context, string id, int? skip, int? take, IDbContextFactory<AutomationDbContext> contexts)
    {
        var filter = HttpMethods.IsPost(context.Request.Method) && context.Request.ContentLength is not 0 ? (await ApiJson.ReadAsync<JournalQuery>(context.Request, context.RequestAborted)).Filter : null;
        var (run, records, names) = await RecordsAsync(context, contexts, id);
        var lines = records.Lines.Where(line =>
            (filter?.ActivityIds is not { Count: > 0 } ids || ids.Contains(line.Execution.ActivityId))
            && (filter?.ActivityNodeIds is not { Count: > 0 } nodes || nodes.Contains(line.Execution.NodeId))
            && (filter?.ExcludedActivityTypes is not { Count: > 0 } types || !types.Contains(line.Execution.Type))
            && (filter?.EventNames is not { Count: > 0 } events || events.Contains(line.Event))).ToList();
        var page = lines.Skip(Math.Max(0, skip ?? 0)).Take(Math.Clamp(take ?? MostListed, 1, 1_000));
        return new JsonAnswer(new JObject { ["items"] = new JArray(page.Select(line => InstanceViews.Line(line, names))), ["totalCount"] = lines.Count });
    }

    private static async Task<IResult> ReportAsync(HttpContext context, IDbContextFactory<AutomationDbContext> contexts)
    {
        var body = await ApiJson.ReadAsync<ReportBody>(context.Request, context.RequestAborted);
        var (_, records, _) = await RecordsAsync(context, contexts, body.WorkflowInstanceId ?? "");
        var byNode = records.Executions.ToLookup(execution => execution.NodeId, StringComparer.Ordinal);
        var nodes = body.ActivityNodeIds is { Count: > 0 } asked ? asked : [.. byNode.Select(group => group.Key)];
        return new JsonAnswer(new JObject { ["stats"] = new JArray(nodes.Where(node => byNode[node].Any()).Select(node => InstanceViews.Stats(node, [.. byNode[node]]))) });
    }

    private static async Task<IResult> ExecutionsAsync(HttpContext context, IDbContextFactory<AutomationDbContext> contexts, string? instance, string? node, Func<Guid, ExecutionRecord, IReadOnlyDictionary<string, string>, JObject> view)
    {
        var (run, records, names) = await RecordsAsync(context, contexts, instance ?? "");
        var items = new JArray(records.Executions.Where(execution => string.IsNullOrEmpty(node) || execution.NodeId == node).Select(execution => view(run.Id, execution, names)));
        return new JsonAnswer(new JObject { ["items"] = items, ["count"] = items.Count });
    }

    private static async Task<IResult> ExecutionAsync(HttpContext context, IDbContextFactory<AutomationDbContext> contexts, string? id)
    {
        var (run, execution, names, _) = await ExecutionOfAsync(context, contexts, id);
        return new JsonAnswer(InstanceViews.Full(run.Id, execution, names));
    }

    private static async Task<IResult> CallStackAsync(HttpContext context, string id, IDbContextFactory<AutomationDbContext> contexts)
    {
        var (run, execution, names, records) = await ExecutionOfAsync(context, contexts, id);
        var byId = records.Executions.ToDictionary(one => one.Id, StringComparer.Ordinal);
        var stack = new List<ExecutionRecord>();
        for (var one = execution; one is not null; one = one.Parent is { } parent ? byId.GetValueOrDefault(parent) : null) stack.Add(one);
        stack.Reverse();
        return new JsonAnswer(new JObject { ["activityExecutionId"] = id, ["items"] = new JArray(stack.Select(one => InstanceViews.Full(run.Id, one, names))), ["totalCount"] = stack.Count });
    }

    private static async Task<IResult> CancelAsync(HttpContext context, string id, IDbContextFactory<AutomationDbContext> contexts, MailboxRouter router)
    {
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var row = await FindAsync(db, context, id);
        if (Open(row)) await router.CancelRunAsync(MailboxRouter.KeyOf(row), row.Id, $"cancelled by {context.Caller().Name}");
        return Results.Ok();
    }

    private static async Task<IResult> BulkCancelAsync(HttpContext context, IDbContextFactory<AutomationDbContext> contexts, MailboxRouter router)
    {
        var body = await ApiJson.ReadAsync<DefinitionEndpoints.BulkBody>(context.Request, context.RequestAborted);
        var (account, cancelled) = (context.Account().Value, 0);
        var ids = (body.Ids ?? []).Select(id => Guid.TryParse(id, out var parsed) ? parsed : Guid.Empty).ToList();
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        foreach (var row in await db.Runs.AsNoTracking().Where(row => row.AccountId == account && ids.Contains(row.Id)).ToListAsync(context.RequestAborted))
        {
            if (!Open(row)) continue;
            await router.CancelRunAsync(MailboxRouter.KeyOf(row), row.Id, $"cancelled by {context.Caller().Name}");
            cancelled++;
        }

        return new JsonAnswer(new JObject { ["cancelled"] = cancelled });
    }

    private static bool Open(RunRow row) => (RunStatus)row.Status is RunStatus.Running or RunStatus.Suspended;

    private static async Task<(RunRow Run, ExecutionRecord Execution, IReadOnlyDictionary<string, string> Names, RunRecords Records)> ExecutionOfAsync(HttpContext context, IDbContextFactory<AutomationDbContext> contexts, string? id)
    {
        // Ours begin with their run's id.
        var dash = id?.LastIndexOf('-') ?? -1;
        if (dash < 1) throw None();
        var (run, records, names) = await RecordsAsync(context, contexts, id![..dash]);
        return (run, records.Executions.FirstOrDefault(one => one.Id == id) ?? throw None(), names, records);
    }

    private static async Task<(RunRow Run, RunRecords Records, IReadOnlyDictionary<string, string> Names)> RecordsAsync(HttpContext context, IDbContextFactory<AutomationDbContext> contexts, string id)
    {
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var row = await FindAsync(db, context, id);
        var rows = await db.Journal.AsNoTracking().Where(one => one.AccountId == row.AccountId && one.RunId == row.Id).OrderBy(one => one.Sequence).Take(MostRows).ToListAsync(context.RequestAborted);
        var definition = await DefinitionAsync(db, row, context);
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var activity in definition is null ? [] : DefinitionDocument.Activities(ApiJson.Parse(definition.Document)))
            if ((string?)activity["id"] is { } activityId && (string?)activity["name"] is { Length: > 0 } name) names[activityId] = name;
        return (row, new(row.Id, rows), names);
    }

    private static async Task<DefinitionRow?> DefinitionAsync(AutomationDbContext db, RunRow row, HttpContext context) =>
        await db.Definitions.AsNoTracking().FirstOrDefaultAsync(one => one.AccountId == row.AccountId && one.VersionId == row.DefinitionVersionId, context.RequestAborted);

    private static async Task<RunRow> FindAsync(AutomationDbContext db, HttpContext context, string id)
    {
        var (account, run) = (context.Account().Value, Guid.TryParse(id, out var parsed) ? parsed : throw None());
        return await db.Runs.AsNoTracking().FirstOrDefaultAsync(row => row.AccountId == account && row.Id == run, context.RequestAborted) ?? throw None();
    }

    private static ProblemException None() => ApiProblem.NotFound("There is no such run.");

    private static IOrderedQueryable<RunRow> Ordered(IQueryable<RunRow> rows, InstanceFilter filter)
    {
        var up = string.Equals(filter.OrderDirection, "Ascending", StringComparison.OrdinalIgnoreCase);
        return (filter.OrderBy ?? "").ToUpperInvariant() switch
        {
            "LASTEXECUTED" or "UPDATEDAT" => up ? rows.OrderBy(row => row.UpdatedAt).ThenBy(row => row.Id) : rows.OrderByDescending(row => row.UpdatedAt).ThenByDescending(row => row.Id),
            "FINISHED" => up ? rows.OrderBy(row => row.FinishedAt).ThenBy(row => row.Id) : rows.OrderByDescending(row => row.FinishedAt).ThenByDescending(row => row.Id),
            "NAME" => up ? rows.OrderBy(row => row.Name).ThenBy(row => row.Id) : rows.OrderByDescending(row => row.Name).ThenByDescending(row => row.Id),
            _ => up ? rows.OrderBy(row => row.Id) : rows.OrderByDescending(row => row.Id),
        };
    }

    private static IQueryable<RunRow> Within(IQueryable<RunRow> rows, TimestampFilter span)
    {
        if (span.Timestamp is not { } at) return rows;
        at = at.ToUniversalTime();
        return ((span.Column ?? "").ToUpperInvariant(), (span.Operator ?? "").ToUpperInvariant()) switch
        {
            ("CREATEDAT", "GREATERTHAN" or "GREATERTHANOREQUAL") => rows.Where(row => row.CreatedAt >= at),
            ("CREATEDAT", "LESSTHAN" or "LESSTHANOREQUAL") => rows.Where(row => row.CreatedAt <= at),
            ("UPDATEDAT", "GREATERTHAN" or "GREATERTHANOREQUAL") => rows.Where(row => row.UpdatedAt >= at),
            ("UPDATEDAT", "LESSTHAN" or "LESSTHANOREQUAL") => rows.Where(row => row.UpdatedAt <= at),
            ("FINISHEDAT", "GREATERTHAN" or "GREATERTHANOREQUAL") => rows.Where(row => row.FinishedAt >= at),
            ("FINISHEDAT", "LESSTHAN" or "LESSTHANOREQUAL") => rows.Where(row => row.FinishedAt <= at),
            _ => throw new ProblemException(Problem.BadQuery("timestampFilters knows CreatedAt, UpdatedAt and FinishedAt, with GreaterThan, GreaterThanOrEqual, LessThan and LessThanOrEqual.")),
        };
    }

    private static List<string> Words(string? one, IReadOnlyList<string>? more) => [.. (more ?? []).Append(one ?? "").Where(word => word.Length > 0)];

    internal sealed record InstanceFilter(
        int? Page, int? PageSize, string? SearchTerm, string? DefinitionId, IReadOnlyList<string>? DefinitionIds, string? CorrelationId, int? Version, bool? HasIncidents,
        string? Status, IReadOnlyList<string>? Statuses, string? SubStatus, IReadOnlyList<string>? SubStatuses, string? OrderBy, string? OrderDirection, IReadOnlyList<TimestampFilter>? TimestampFilters);

    internal sealed record TimestampFilter(string? Column, string? Operator, DateTimeOffset? Timestamp);

    internal sealed record JournalQuery(JournalFilter? Filter);

    internal sealed record JournalFilter(IReadOnlyList<string>? ActivityIds, IReadOnlyList<string>? ActivityNodeIds, IReadOnlyList<string>? ExcludedActivityTypes, IReadOnlyList<string>? EventNames);

    internal sealed record ReportBody(string? WorkflowInstanceId, IReadOnlyList<string>? ActivityNodeIds);
}
