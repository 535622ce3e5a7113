using System.Globalization;
using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Json;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Persistence.Rows;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Automation.Engine.Api.Funnels;

/// <summary>Versions of a funnel side by side, and a funnel in words.</summary>
internal static class VersionEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/funnels/{idOrSlug}/diff", DifferenceAsync).WithSummary("What differs between two versions, in sentences: from=3&to=draft; by default from the published version to the draft").Produces<PageView<DifferenceLine>>();
        api.MapGet("/funnels/{idOrSlug}/explain", ExplainAsync).WithSummary("The funnel in words, as Markdown: version=draft (the default), published or a number").Produces<string>(200, "text/markdown");
    }

    private static async Task<IResult> DifferenceAsync(HttpContext context, string idOrSlug, FunnelReads reads, FunnelService funnels, CrmDirectoryCache directories, DifferenceWords words, AccountDirectory accounts, string? from, string? to, string? lang)
    {
        var english = await Languages.IsEnglishAsync(context, accounts, lang);
        var funnel = await reads.FindAsync(context.Account(), idOrSlug, context.RequestAborted);
        var after = await VersionAsync(context, reads, funnels, funnel, to ?? "draft");
        // What was never published is compared with nothing.
        var before = from is null && funnel.PublishedVersion is null ? after with { Triggers = [] } : await VersionAsync(context, reads, funnels, funnel, from ?? "published");
        return new JsonAnswer(new PageView<DifferenceLine>(words.Between(before, after, await directories.GetAsync(new(funnel.ConnectionId), context.RequestAborted), english), null));
    }

    private static async Task<IResult> ExplainAsync(HttpContext context, string idOrSlug, FunnelReads reads, FunnelService funnels, CrmDirectoryCache directories, FunnelExplanation explanation, AccountDirectory accounts, string? version, string? lang)
    {
        var english = await Languages.IsEnglishAsync(context, accounts, lang);
        var funnel = await reads.FindAsync(context.Account(), idOrSlug, context.RequestAborted);
        var document = await VersionAsync(context, reads, funnels, funnel, version ?? "draft");
        return Results.Text(explanation.Of(document, await directories.GetAsync(new(funnel.ConnectionId), context.RequestAborted), english), "text/markdown", System.Text.Encoding.UTF8);
    }

    private static async Task<FunnelDocument> VersionAsync(HttpContext context, FunnelReads reads, FunnelService funnels, FunnelRow funnel, string asked)
    {
        int? version = asked switch
        {
            "draft" => null,
            "published" => funnel.PublishedVersion ?? throw ApiProblem.NotFound("Nothing of this funnel is published yet."),
            _ => int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new ProblemException(Problem.BadQuery("A version is a number, draft or published.")),
        };
        if (version is { } wanted && (await reads.VersionsAsync(funnel, context.RequestAborted)).All(one => one.Version != wanted)) throw ApiProblem.NotFound($"The funnel has no version {wanted}.");
        return await funnels.ExportAsync(context.Account(), funnel.Id, version, context.RequestAborted);
    }
}
