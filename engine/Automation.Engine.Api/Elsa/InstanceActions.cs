using System.Globalization;
using Automation.Engine.Accounts;
using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Json;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Elsa;

/// <summary>What a person does to runs: cancels and deletes them, one or many.</summary>
internal static class InstanceActions
{
    private const int Page = 500;
    private const int MostDeleted = 1_000;

    public static void Map(IEndpointRouteBuilder elsa)
    {
        elsa.MapPost("/cancel/workflow-instances/{id}", CancelAsync).Needs(Permissions.Operate);
        elsa.MapPost("/bulk-actions/cancel/workflow-instances", BulkCancelAsync).Needs(Permissions.Operate);
        elsa.MapPost("/alterations/submit", AlterAsync).Needs(Permissions.Operate);
        elsa.MapDelete("/workflow-instances/{id}", DeleteAsync).Needs(Permissions.Operate);
        elsa.MapPost("/bulk-actions/delete/workflow-instances/by-id", BulkDeleteAsync).Needs(Permissions.Operate);
    }

    private static async Task<IResult> CancelAsync(HttpContext context, string id, IDbContextFactory<AutomationDbContext> contexts, MailboxRouter router)
    {
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var row = await InstanceEndpoints.FindAsync(db, context, id);
        if ((RunStatus)row.Status is RunStatus.Running or RunStatus.Suspended) await router.CancelRunAsync(MailboxRouter.KeyOf(row), row.Id, Reason(context));
        return Results.Ok();
    }

    private static async Task<IResult> BulkCancelAsync(HttpContext context, IDbContextFactory<AutomationDbContext> contexts, MailboxRouter router)
    {
        var body = await ApiJson.ReadAsync<CancelBody>(context.Request, context.RequestAborted);
        var account = context.Account().Value;
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var rows = db.Runs.AsNoTracking().Where(row => row.AccountId == account);
        if (body.Ids is { Count: > 0 })
        {
            var ids = Ids(body.Ids);
            rows = rows.Where(row => ids.Contains(row.Id));
        }
        else if (body.DefinitionVersionId is { Length: > 0 } version) rows = rows.Where(row => row.DefinitionVersionId == version);
        else if (body.DefinitionId is { Length: > 0 } definition) rows = InstanceQuery.OfVersions(rows, db, account, definition, body.VersionOptions);
        else throw ApiProblem.BadRequest("payload_invalid", "Say which runs: ids, definitionVersionId or definitionId.");
        return new JsonAnswer(new JObject { ["cancelled"] = await CancelAllAsync(rows, router, Reason(context), context.RequestAborted) });
    }

    /// <summary>Elsa's way to cancel everything that a filter finds. It is done when this answers; other changes of running workflows are not taken.</summary>
    private static async Task<IResult> AlterAsync(HttpContext context, IDbContextFactory<AutomationDbContext> contexts, MailboxRouter router, IIdSource ids)
    {
        var body = await ApiJson.ReadAsync<AlterationBody>(context.Request, context.RequestAborted);
        if (body.Alterations is not { Count: > 0 } alterations || !alterations.All(one => string.Equals((string?)one["type"], "Cancel", StringComparison.OrdinalIgnoreCase)))
            throw ApiProblem.BadRequest("alteration_unsupported", "Running workflows can be cancelled here, and not changed in any other way: what a run does is told by its journal.");
        var filter = body.Filter ?? new();
        if (filter.ActivityFilters is { Count: > 0 }) throw ApiProblem.BadRequest("alteration_unsupported", "Runs cannot be chosen by their steps here. Choose them by status, workflow, name, correlation id or time.");
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        if (await ChosenAsync(db, context.Account().Value, filter, context.RequestAborted) is { } rows) await CancelAllAsync(rows, router, Reason(context), context.RequestAborted);
        return new JsonAnswer(new JObject { ["planId"] = ids.NewId().ToString("N") });
    }

    private static async Task<IResult> DeleteAsync(HttpContext context, string id, RunRemoval removal) =>
        Guid.TryParse(id, out var run) && await RefusedAsync(() => removal.DeleteAsync(context.Account(), [run], context.Caller().Name, context.RequestAborted)) > 0 ? Results.NoContent() : throw ApiProblem.NotFound("There is no such run.");

    private static async Task<IResult> BulkDeleteAsync(HttpContext context, RunRemoval removal)
    {
        var body = await ApiJson.ReadAsync<DefinitionEndpoints.BulkBody>(context.Request, context.RequestAborted);
        if (body.Ids?.Count > MostDeleted) throw ApiProblem.BadRequest("too_many", $"At most {MostDeleted} runs are deleted at once. Choose fewer.");
        return new JsonAnswer(new JObject { ["deleted"] = await RefusedAsync(() => removal.DeleteAsync(context.Account(), Ids(body.Ids ?? []), context.Caller().Name, context.RequestAborted)) });
    }

    private static async Task<int> RefusedAsync(Func<Task<int>> delete)
    {
        try
        {
            return await delete();
        }
        catch (RunKeptException kept)
        {
            throw ApiProblem.BadRequest(kept.Code, kept.Message);
        }
    }

    /// <summary>Null where nothing is meant: an empty filter, unless it says that it means all.</summary>
    private static async Task<IQueryable<RunRow>?> ChosenAsync(AutomationDbContext db, Guid account, AlterationFilter filter, CancellationToken cancellationToken)
    {
        // None of ours is a system's.
        if (filter.IsSystem == true) return null;
        var some = new IReadOnlyCollection<object>?[] { filter.WorkflowInstanceIds, filter.CorrelationIds, filter.Names, filter.DefinitionIds, filter.DefinitionVersionIds, filter.Statuses, filter.SubStatuses, filter.TimestampFilters }.Any(list => list is { Count: > 0 })
            || filter.SearchTerm is { Length: > 0 } || filter.HasIncidents is not null;
        if (!some && !filter.EmptyFilterSelectsAll) return null;
        var rows = await InstanceQuery.OfAsync(db, account, new(null, null, filter.SearchTerm, null, filter.DefinitionIds, null, null, filter.HasIncidents, null, filter.Statuses, null, filter.SubStatuses, null, null, filter.TimestampFilters), cancellationToken);
        if (filter.WorkflowInstanceIds is { Count: > 0 } instances)
        {
            var ids = Ids(instances);
            rows = rows.Where(row => ids.Contains(row.Id));
        }

        if (filter.CorrelationIds is { Count: > 0 } correlations) rows = rows.Where(row => correlations.Contains(row.CorrelationId!));
        if (filter.Names is { Count: > 0 } names) rows = rows.Where(row => names.Contains(row.Name!));
        if (filter.DefinitionVersionIds is { Count: > 0 } versions) rows = rows.Where(row => versions.Contains(row.DefinitionVersionId));
        return rows;
    }

    /// <summary>Asks the mailboxes of all open ones among them, a page at a time.</summary>
    private static async Task<int> CancelAllAsync(IQueryable<RunRow> rows, MailboxRouter router, string reason, CancellationToken cancellationToken)
    {
        var open = rows.Where(row => row.Status == (int)RunStatus.Running || row.Status == (int)RunStatus.Suspended);
        for (var (cancelled, after) = (0, Guid.Empty); ;)
        {
            var last = after;
            var page = await open.Where(row => row.Id > last).OrderBy(row => row.Id).Take(Page).Select(row => new { row.Id, row.AccountId, row.ConnectionId, row.EntityType, row.EntityId }).ToListAsync(cancellationToken);
            foreach (var run in page) await router.CancelRunAsync(new MailboxKey(new(run.AccountId), new(run.ConnectionId), run.EntityType, run.EntityId), run.Id, reason);
            cancelled += page.Count;
            if (page.Count < Page) return cancelled;
            after = page[^1].Id;
        }
    }

    private static string Reason(HttpContext context) => string.Create(CultureInfo.InvariantCulture, $"cancelled by {context.Caller().Name}");

    private static List<Guid> Ids(IReadOnlyList<string> ids) => [.. ids.Select(id => Guid.TryParse(id, out var parsed) ? parsed : Guid.Empty).Distinct()];

    internal sealed record CancelBody(IReadOnlyList<string>? Ids, string? DefinitionVersionId, string? DefinitionId, string? VersionOptions);

    internal sealed record AlterationBody(IReadOnlyList<JObject>? Alterations, AlterationFilter? Filter);

    internal sealed record AlterationFilter
    {
        public bool EmptyFilterSelectsAll { get; init; }
        public IReadOnlyList<string>? WorkflowInstanceIds { get; init; }
        public IReadOnlyList<string>? CorrelationIds { get; init; }
        public IReadOnlyList<string>? Names { get; init; }
        public string? SearchTerm { get; init; }
        public IReadOnlyList<TimestampFilter>? TimestampFilters { get; init; }
        public IReadOnlyList<string>? DefinitionIds { get; init; }
        public IReadOnlyList<string>? DefinitionVersionIds { get; init; }
        public bool? HasIncidents { get; init; }
        public bool? IsSystem { get; init; }
        public IReadOnlyList<string>? Statuses { get; init; }
        public IReadOnlyList<string>? SubStatuses { get; init; }
        public IReadOnlyList<JObject>? ActivityFilters { get; init; }
    }
}
