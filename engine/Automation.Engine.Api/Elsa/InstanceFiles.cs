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

/// <summary>Runs as files, out and in.</summary>
internal static class InstanceFiles
{
    private const int MostExported = 200;

    public static void Map(IEndpointRouteBuilder elsa)
    {
        elsa.MapGet("/workflow-instances/{id}/export", ExportAsync);
        elsa.MapPost("/bulk-actions/export/workflow-instances", BulkExportAsync).Needs(Permissions.Read);
        elsa.MapPost("/bulk-actions/import/workflow-instances", ImportAsync).Needs(Permissions.Operate);
    }

    private static async Task<IResult> ExportAsync(HttpContext context, string id, IDbContextFactory<AutomationDbContext> contexts, RunRecordsCache journals)
    {
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var row = await InstanceEndpoints.FindAsync(db, context, id);
        return new FileAnswer(NameOf(row.Id), await ViewAsync(db, row, journals, context.RequestAborted));
    }

    private static async Task<IResult> BulkExportAsync(HttpContext context, IDbContextFactory<AutomationDbContext> contexts, RunRecordsCache journals)
    {
        var body = await ApiJson.ReadAsync<DefinitionEndpoints.BulkBody>(context.Request, context.RequestAborted);
        if (body.Ids?.Count > MostExported) throw ApiProblem.BadRequest("too_many", $"At most {MostExported} runs go into one file. Choose fewer.");
        var (account, ids) = (context.Account().Value, (body.Ids ?? []).Select(id => Guid.TryParse(id, out var parsed) ? parsed : Guid.Empty).ToList());
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var found = await db.Runs.Where(row => row.AccountId == account && ids.Contains(row.Id)).OrderBy(row => row.Id).Select(row => new { row.Id, row.CreatedAt }).ToListAsync(context.RequestAborted);
        if (found.Count == 0) throw ApiProblem.NotFound("There are no such runs.");
        if (found is [var only]) return new FileAnswer(NameOf(only.Id), await ReadAsync(only.Id, context.RequestAborted) ?? throw ApiProblem.NotFound("There are no such runs."));
        return new ZipAnswer("workflow-instances.zip", found.Select(one => new ZippedFile(NameOf(one.Id), one.CreatedAt, token => ReadAsync(one.Id, token))));

        async Task<JObject?> ReadAsync(Guid id, CancellationToken cancellationToken)
        {
            await using var own = await contexts.CreateDbContextAsync(cancellationToken);
            return await own.Runs.AsNoTracking().FirstOrDefaultAsync(row => row.AccountId == account && row.Id == id, cancellationToken) is { } row ? await ViewAsync(own, row, journals, cancellationToken) : null;
        }
    }

    private static async Task<IResult> ImportAsync(HttpContext context, InstanceImport import)
    {
        var files = await Uploads.ReadAsync(context.Request, context.RequestAborted);
        if (files.Count == 0) throw ApiProblem.BadRequest("payload_invalid", "No file was sent, or there is no JSON file in the zip.");
        var taken = await import.TakeAsync(context.Account(), files, context.Caller().Name, context.RequestAborted);
        return new JsonAnswer(new JObject { ["imported"] = taken, ["count"] = taken });
    }

    private static async Task<JObject> ViewAsync(AutomationDbContext db, RunRow row, RunRecordsCache journals, CancellationToken cancellationToken)
    {
        var definition = await db.Definitions.AsNoTracking().FirstOrDefaultAsync(one => one.AccountId == row.AccountId && one.VersionId == row.DefinitionVersionId, cancellationToken);
        var story = await journals.ReadAsync(db, row, cancellationToken);
        var view = InstanceViews.Whole(row, definition);
        view["workflowState"]!["properties"] = new JObject { ["Variables"] = InstanceViews.VariablesByName(row, definition) };
        return new()
        {
            ["workflowState"] = view["workflowState"],
            ["bookmarks"] = view["workflowState"]!["bookmarks"]!.DeepClone(),
            ["activityExecutionRecords"] = new JArray((await InstanceEndpoints.PlacedAsync(db, row, journals, cancellationToken)).Select(InstanceViews.Full)),
            ["workflowExecutionLogRecords"] = new JArray(story.Records.Lines.Select(line => InstanceViews.Line(line, story))),
        };
    }

    private static string NameOf(Guid id) => $"workflow-instance-{id:N}.json";
}
