using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Funnels;
using Automation.Engine.Api.Json;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Trials;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Workflows.Interpreter;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Automation.Engine.Api.Trials;

/// <summary>A draft tried before it is published: on one deal, and on past events.</summary>
internal static class TrialEndpoints
{
    private const int MostCome = 50;
    private static readonly string[] Types = [EntityTypes.Deal, EntityTypes.Contact, EntityTypes.Company, EntityTypes.Customer, EntityTypes.Task, EntityTypes.Booking];

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/funnels/{idOrSlug}/try", TryAsync).Needs(Permissions.Edit).WithSummary("Tries the draft on a deal: which triggers fire, what their steps would do; nothing is sent and nothing is written")
            .Accepts<TryRequest>("application/json").Produces<TryView>().ProducesProblem(404);
        api.MapGet("/funnels/{idOrSlug}/back-tests", ListAsync).WithSummary("Back-tests of the funnel, newest first").Produces<PageView<BackTestView>>();
        api.MapPost("/funnels/{idOrSlug}/back-tests", StartAsync).Needs(Permissions.Edit).WithSummary("Plays the events of the last days through the draft and through what is published, in the background")
            .Accepts<BackTestRequest>("application/json").Produces<BackTestView>(202).ProducesProblem(409);
        api.MapGet("/funnels/{idOrSlug}/back-tests/{id}", ReadAsync).WithSummary("How far a back-test is, and what it showed").Produces<BackTestView>().ProducesProblem(404);
        api.MapDelete("/funnels/{idOrSlug}/back-tests/{id}", CancelAsync).Needs(Permissions.Edit).WithSummary("Cancels a back-test that is running").Produces<BackTestView>().ProducesProblem(404);
    }

    private static async Task<IResult> TryAsync(HttpContext context, string idOrSlug, FunnelReads reads, DryRunService trials, AccountDirectory accounts, CrmDirectoryCache directories, ActivityRegistry activities, string? lang)
    {
        var funnel = await reads.FindAsync(context.Account(), idOrSlug, context.RequestAborted);
        var body = await ApiJson.ReadAsync<TryRequest>(context.Request, context.RequestAborted);
        if (body.Entity is not { Length: > 0 and <= 200 }) throw ApiProblem.BadRequest("payload_invalid", "Name the deal: entity.");
        var type = body.EntityType ?? EntityTypes.Deal;
        if (!Types.Contains(type)) throw ApiProblem.BadRequest("payload_invalid", $"'{type}' is not a kind of entity.");
        if (body.Come is { Count: > MostCome }) throw ApiProblem.BadRequest("payload_invalid", $"come holds at most {MostCome} steps.");
        var words = await WordsAsync(context, funnel, accounts, directories, activities, lang);
        return await RefusedAsync(async () => new JsonAnswer(words.Of(
            await trials.RunAsync(context.Account(), funnel, new(body.Trigger, type, body.Entity, body.Event, body.Come ?? []), context.RequestAborted), body.Entity, body.Event is null)));
    }

    private static async Task<IResult> ListAsync(HttpContext context, string idOrSlug, FunnelReads reads, BackTestService tests, AccountDirectory accounts, CrmDirectoryCache directories, ActivityRegistry activities, string? lang)
    {
        var funnel = await reads.FindAsync(context.Account(), idOrSlug, context.RequestAborted);
        var words = await WordsAsync(context, funnel, accounts, directories, activities, lang);
        return new JsonAnswer(new PageView<BackTestView>([.. (await tests.ListAsync(context.Account(), funnel.Id, context.RequestAborted)).Select(words.Of)], null));
    }

    private static async Task<IResult> StartAsync(HttpContext context, string idOrSlug, FunnelReads reads, BackTestService tests, AccountDirectory accounts, CrmDirectoryCache directories, ActivityRegistry activities, string? lang)
    {
        var funnel = await reads.FindAsync(context.Account(), idOrSlug, context.RequestAborted);
        var body = await ApiJson.ReadAsync<BackTestRequest>(context.Request, context.RequestAborted);
        var words = await WordsAsync(context, funnel, accounts, directories, activities, lang);
        return await RefusedAsync(async () => new JsonAnswer(words.Of(await tests.StartAsync(context.Account(), funnel, body.Days ?? 7, body.Trigger, context.Caller().Name, context.RequestAborted)), 202));
    }

    private static async Task<IResult> ReadAsync(HttpContext context, string idOrSlug, string id, FunnelReads reads, BackTestService tests, AccountDirectory accounts, CrmDirectoryCache directories, ActivityRegistry activities, string? lang)
    {
        var funnel = await reads.FindAsync(context.Account(), idOrSlug, context.RequestAborted);
        var row = await tests.FindAsync(context.Account(), funnel.Id, Paging.Id(id), context.RequestAborted) ?? throw ApiProblem.NotFound("There is no such back-test.");
        return new JsonAnswer((await WordsAsync(context, funnel, accounts, directories, activities, lang)).Of(row));
    }

    private static async Task<IResult> CancelAsync(HttpContext context, string idOrSlug, string id, FunnelReads reads, BackTestService tests, AccountDirectory accounts, CrmDirectoryCache directories, ActivityRegistry activities, string? lang)
    {
        var funnel = await reads.FindAsync(context.Account(), idOrSlug, context.RequestAborted);
        await tests.CancelAsync(context.Account(), funnel.Id, Paging.Id(id), context.RequestAborted);
        return await ReadAsync(context, idOrSlug, id, reads, tests, accounts, directories, activities, lang);
    }

    private static async Task<TrialWords> WordsAsync(HttpContext context, FunnelRow funnel, AccountDirectory accounts, CrmDirectoryCache directories, ActivityRegistry activities, string? lang)
    {
        var english = await Languages.IsEnglishAsync(context, accounts, lang);
        var account = await accounts.GetAsync(context.Account(), context.RequestAborted);
        return new(activities, FunnelJson.Read(funnel.Draft), await directories.GetAsync(new(funnel.ConnectionId), context.RequestAborted), account.TimeZone, english);
    }

    private static async Task<IResult> RefusedAsync(Func<Task<JsonAnswer>> work)
    {
        try
        {
            return await work();
        }
        catch (TrialRefusedException e)
        {
            throw new ProblemException(new(e.Code switch { "not_found" => 404, "query_invalid" => 400, _ => 409 }, e.Code, e.Message));
        }
    }
}
