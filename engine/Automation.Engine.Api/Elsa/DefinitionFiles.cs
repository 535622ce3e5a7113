using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Json;
using Automation.Engine.Hosting.Definitions;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows.Interpreter;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Elsa;

/// <summary>Definitions as files, out and in.</summary>
internal static class DefinitionFiles
{
    private const int MostExported = 500;

    public static void Map(IEndpointRouteBuilder elsa)
    {
        elsa.MapGet("/workflow-definitions/{definitionId}/export", ExportAsync);
        elsa.MapPost("/bulk-actions/export/workflow-definitions", BulkExportAsync).Needs(Permissions.Read);
        elsa.MapPost("/workflow-definitions/import", ImportAsync).Needs(Permissions.Edit);
        elsa.MapPost("/workflow-definitions/import-files", ImportFilesAsync).Needs(Permissions.Edit);
    }

    private static async Task<IResult> ExportAsync(HttpContext context, string definitionId, string? versionOptions, bool? includeConsumingWorkflows, DefinitionService definitions, DefinitionReferences references)
    {
        var row = await DefinitionEndpoints.FindAsync(context, definitionId, versionOptions ?? "Latest", definitions);
        return await AnswerAsync(context, [row], includeConsumingWorkflows == true, definitions, references);
    }

    private static async Task<IResult> BulkExportAsync(HttpContext context, DefinitionService definitions, DefinitionReferences references, IDbContextFactory<AutomationDbContext> contexts)
    {
        var body = await ApiJson.ReadAsync<ExportBody>(context.Request, context.RequestAborted);
        if (body.Ids is not { Count: > 0 } ids) throw ApiProblem.BadRequest("payload_invalid", "Say which workflows: ids.");
        if (ids.Count > MostExported) throw TooMany();
        var account = context.Account().Value;
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        // Without their documents: those are read one by one as they are written.
        var rows = await db.Definitions.AsNoTracking().Where(row => row.AccountId == account && ids.Contains(row.VersionId)).OrderBy(row => row.Name).ThenBy(row => row.VersionId)
            .Select(row => new DefinitionRow { AccountId = row.AccountId, VersionId = row.VersionId, DefinitionId = row.DefinitionId, Name = row.Name, Document = "", CreatedAt = row.CreatedAt }).ToListAsync(context.RequestAborted);
        return rows.Count > 0 ? await AnswerAsync(context, rows, body.IncludeConsumingWorkflows == true, definitions, references) : throw ApiProblem.NotFound("There are no such workflows.");
    }

    private static async Task<IResult> AnswerAsync(HttpContext context, List<DefinitionRow> rows, bool consumers, DefinitionService definitions, DefinitionReferences references)
    {
        var account = context.Account();
        if (consumers) rows = [.. rows, .. await references.FindAllConsumersAsync(account, [.. rows.Select(row => row.DefinitionId).Distinct()], MostExported, context.RequestAborted)];
        if (rows.Count > MostExported) throw TooMany();
        if (rows is [var one] && await ReadAsync(one.VersionId, context.RequestAborted) is { } file) return new FileAnswer($"{NameOf(one)}.json", file);
        return new ZipAnswer("workflow-definitions.zip", rows.Select(row => new ZippedFile($"{NameOf(row)}-{FileNames.Safe(row.VersionId)}.json", row.CreatedAt, token => ReadAsync(row.VersionId, token))));

        async Task<JObject?> ReadAsync(string version, CancellationToken cancellationToken) =>
            await definitions.FindVersionAsync(account, version, cancellationToken) is { } row ? DefinitionViews.Exported(row) : null;
    }

    private static async Task<IResult> ImportAsync(HttpContext context, DefinitionService definitions, ShownDefinitions shown) => await DefinitionEndpoints.RefusedAsync<IResult>(async () =>
    {
        var document = await DefinitionBody.ReadAsync(context.Request, 0, context.RequestAborted);
        if (document["root"] is not JObject) throw NoDefinition(null);
        var saved = await definitions.SaveAsync(context.Account(), IdOf(document), document, publish: false, context.RequestAborted);
        return new JsonAnswer(await shown.WholeAsync(context, saved.Row));
    });

    /// <summary>All of them as drafts, or none. Of several versions of a workflow the last one counts.</summary>
    private static async Task<IResult> ImportFilesAsync(HttpContext context, DefinitionService definitions) => await DefinitionEndpoints.RefusedAsync<IResult>(async () =>
    {
        var files = await Uploads.ReadAsync(context.Request, context.RequestAborted);
        if (files.Count == 0) throw ApiProblem.BadRequest("payload_invalid", "No file was sent, or there is no JSON file in the zip.");
        var documents = files.Select(file => DefinitionBody.Read(file.Text, 0) is var document && document["root"] is JObject ? document : throw NoDefinition(file.Name)).ToList();
        var latest = documents.Select((document, place) => (Id: IdOf(document), Document: document, Place: place))
            .GroupBy(one => one.Id ?? one.Place.ToString(System.Globalization.CultureInfo.InvariantCulture) + "/new", StringComparer.Ordinal)
            .Select(versions => versions.MaxBy(one => (one.Document["version"] as JValue)?.Value is long version ? version : 0)).Select(one => (one.Id, one.Document)).ToList();
        await definitions.ImportAsync(context.Account(), latest, context.RequestAborted);
        return new JsonAnswer(new JObject { ["count"] = latest.Count });
    });

    private static string NameOf(DefinitionRow row) => "workflow-definition-" + (FileNames.Safe(row.Name ?? "") is { Length: > 0 } name ? name : FileNames.Safe(row.DefinitionId));

    private static string? IdOf(JObject document) => document["definitionId"] is JValue { Value: string { Length: > 0 } id } ? id : null;

    private static ProblemException NoDefinition(string? file) =>
        ApiProblem.BadRequest("payload_invalid", $"{(file is { Length: > 0 } ? $"{file} is" : "This is")} no workflow definition: it has no root activity. Nothing was saved.");

    private static ProblemException TooMany() => ApiProblem.BadRequest("too_many", $"At most {MostExported} workflows go into one file. Choose fewer.");

    /// <param name="Ids">Ids of versions.</param>
    internal sealed record ExportBody(IReadOnlyList<string>? Ids, bool? IncludeConsumingWorkflows);
}
