using System.Text;
using Automation.Engine.Api.Access;
using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Json;
using Automation.Engine.Funnels;
using Automation.Engine.Funnels.Editing;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Persistence;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Api.Funnels;

/// <summary>A new funnel.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Connection">Name of the CRM connection; absent for the account's only one.</param>
/// <param name="Pipeline">Id of the pipeline whose stages it begins with; absent for the main one.</param>
/// <param name="Slug">The name in addresses and commands; absent: made from the name.</param>
public sealed record NewFunnel(string? Name, string? Connection, string? Pipeline, string? Slug);

/// <summary>How funnels come, stop and go.</summary>
internal static class FunnelLifeEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/funnels", MakeAsync).Needs(Permissions.Edit).WithSummary("Makes an empty funnel with the stages of a pipeline").Accepts<NewFunnel>("application/json").Produces<SavedFunnel>(201).ProducesProblem(400);
        api.MapPost("/funnels/{idOrSlug}/unpublish", StopAsync).Needs(Permissions.Publish).WithSummary("Stops a funnel: none of its triggers fires any more; what runs is finished").Produces<SavedFunnel>();
        api.MapDelete("/funnels/{idOrSlug}", RemoveAsync).Needs(Permissions.Publish).WithSummary("Removes a stopped funnel with its draft and versions; its journal stays").Produces(204).ProducesProblem(409);
    }

    private static async Task<IResult> MakeAsync(HttpContext context, FunnelService funnels, CrmDirectoryCache directories, IDbContextFactory<AutomationDbContext> contexts)
    {
        var body = await ApiJson.ReadAsync<NewFunnel>(context.Request, context.RequestAborted);
        var (account, stop) = (context.Account(), context.RequestAborted);
        if (string.IsNullOrWhiteSpace(body.Name) || body.Name.Length > 200) throw ApiProblem.BadRequest("payload_invalid", "Name the funnel: 1 to 200 characters.");
        await using var db = await contexts.CreateDbContextAsync(stop);
        var crm = await FunnelService.FindConnectionAsync(db, account, new() { Slug = "", Name = "", Connection = body.Connection }, stop);
        var pipelines = (await directories.GetAsync(new(crm.Id), stop))?.Pipelines ?? [];
        var pipeline = body.Pipeline is null ? pipelines.FirstOrDefault(one => one.IsMain) ?? (pipelines.Count > 0 ? pipelines[0] : null) : pipelines.FirstOrDefault(one => one.Id == body.Pipeline);
        if (pipeline is null) throw ApiProblem.BadRequest("pipeline_unknown", $"The CRM has no pipeline '{body.Pipeline}'.");
        var taken = (await db.Funnels.Where(row => row.AccountId == account.Value).Select(row => row.Slug).ToListAsync(stop)).ToHashSet(StringComparer.Ordinal);
        if (body.Slug is { } asked && taken.Contains(asked)) throw ApiProblem.Conflict("slug_taken", $"There is a funnel '{asked}' already.");
        var document = new FunnelDocument
        {
            Slug = body.Slug ?? Slugs.Of(body.Name, taken),
            Name = body.Name.Trim(),
            Connection = crm.Name,
            Stages = [.. pipeline.Stages.OrderBy(stage => stage.Sort).Select(stage => new Stage(new(pipeline.Id, stage.Id), stage.Name, stage.Color, stage.Kind))],
        };
        var problems = (await funnels.CheckAsync(account, document, new(crm.Id), stop)).Where(problem => problem.Path is "slug" or "name").ToList();
        if (problems.Count > 0) throw new FunnelInvalidException(problems);
        var row = await funnels.SaveDraftAsync(account, document, null, context.Author(), new(ChangeNames.Made, [document.Name]), stop);
        return new JsonAnswer(new SavedFunnel(row.Id, row.Slug, row.Name, row.DraftRevision, null, []), 201);
    }

    private static async Task<IResult> StopAsync(HttpContext context, string idOrSlug, FunnelReads reads, FunnelService funnels)
    {
        var funnel = await reads.FindAsync(context.Account(), idOrSlug, context.RequestAborted);
        var row = await funnels.UnpublishAsync(context.Account(), funnel.Id, context.RequestAborted);
        return new JsonAnswer(new SavedFunnel(row.Id, row.Slug, row.Name, row.DraftRevision, null, []));
    }

    private static async Task<IResult> RemoveAsync(HttpContext context, string idOrSlug, FunnelReads reads, FunnelService funnels)
    {
        var funnel = await reads.FindAsync(context.Account(), idOrSlug, context.RequestAborted);
        if (!await funnels.RemoveAsync(context.Account(), funnel.Id, context.RequestAborted))
            throw ApiProblem.Conflict("funnel_runs", funnel.PublishedVersion is null ? "Something of this funnel still waits or runs: cancel it, or wait for its end." : "This funnel is published. Stop it first.");
        return Results.NoContent();
    }
}

/// <summary>Short names out of names that people give: Latin letters, digits and hyphens.</summary>
internal static class Slugs
{
    private const int Most = 48;

    private static readonly Dictionary<char, string> Latin = "а=a б=b в=v г=g д=d е=e ё=e ж=zh з=z и=i й=y к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=h ц=c ч=ch ш=sh щ=sch ъ= ы=y ь= э=e ю=yu я=ya"
        .Split(' ').ToDictionary(pair => pair[0], pair => pair[2..]);

    /// <param name="taken">Names that are in use: a number is put behind one of them.</param>
    public static string Of(string name, IReadOnlySet<string> taken)
    {
        var text = new StringBuilder();
        foreach (var letter in name.ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(letter)) text.Append(letter);
            else if (Latin.TryGetValue(letter, out var latin)) text.Append(latin);
            else if (text.Length > 0 && text[^1] != '-') text.Append('-');
        }

        var slug = text.ToString().Trim('-');
        if (slug.Length > Most) slug = slug[..Most].TrimEnd('-');
        if (slug.Length == 0) slug = "funnel";
        var free = slug;
        for (var number = 2; taken.Contains(free); number++) free = $"{slug}-{number}";
        return free;
    }
}
