using System.Globalization;
using Automation.Engine.Accounts;
using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Hooks;
using Automation.Engine.Api.Json;
using Automation.Engine.Events;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Hosting.Funnels.Checks;
using Automation.Engine.Hosting.Inbox;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Funnels;

internal static class FunnelEndpoints
{
    private const int MaxImport = 10 * 1024 * 1024;

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/funnels", ListAsync).WithSummary("Funnels of the account").Produces<PageView<FunnelView>>();
        api.MapPost("/funnels/import", ImportAsync).Needs(Permissions.Edit).WithSummary("Saves a funnel document as a draft, and publishes it with publish=true; nothing is saved when it has problems")
            .Accepts<object>("application/json").Produces<SavedFunnel>().ProducesProblem(400);
        api.MapGet("/funnels/{idOrSlug}", ReadAsync).WithSummary("Draft, published version and triggers in words").Produces<FunnelDetail>();
        api.MapGet("/funnels/{idOrSlug}/numbers", NumbersAsync).WithSummary("What goes on under the board: deals, stays and failures by stage; passed, fired, skipped, failed, waiting by trigger").Produces<BoardNumbers>();
        api.MapPut("/funnels/{idOrSlug}/draft", SaveAsync).Needs(Permissions.Edit).WithSummary("Saves the draft; If-Match names the revision it was made from").Accepts<object>("application/json").Produces<SavedFunnel>().ProducesProblem(412);
        api.MapPost("/funnels/{idOrSlug}/publish", PublishAsync).Needs(Permissions.Publish).WithSummary("Makes the draft the published version; inside says what becomes of deals that wait inside changed triggers: finish (on the old version, the default), migrate or cancel; revision names the draft that was looked at").ProducesProblem(412).Produces<SavedFunnel>().ProducesProblem(400);
        api.MapGet("/funnels/{idOrSlug}/versions", VersionsAsync).WithSummary("Published versions, newest first").Produces<PageView<VersionView>>();
        api.MapPost("/funnels/{idOrSlug}/restore/{version:int}", RestoreAsync).Needs(Permissions.Edit).WithSummary("Puts an old version into the draft").Produces<SavedFunnel>();
        api.MapGet("/funnels/{idOrSlug}/export", ExportAsync).WithSummary("A version as one document with its workflows: the published one, version=2, or version=draft").Produces<object>();
        api.MapPost("/funnels/{idOrSlug}/triggers/{triggerId}/start", StartAsync).Needs(Permissions.Operate).WithSummary("Starts a manual trigger; an Idempotency-Key makes the call repeatable")
            .Accepts<StartRequest>("application/json").Produces<StartAnswer>(202).Produces<StartAnswer>();
        api.MapGet("/triggers", TriggersAsync).WithSummary("Published triggers in words").Produces<PageView<TriggerView>>();
    }

    private static async Task<IResult> ListAsync(HttpContext context, FunnelReads reads) =>
        new JsonAnswer(new PageView<FunnelView>(await reads.ListAsync(context.Account(), context.RequestAborted), null));

    private static async Task<IResult> TriggersAsync(HttpContext context, FunnelReads reads, AccountDirectory accounts, string? lang) =>
        new JsonAnswer(new PageView<TriggerView>(await reads.PublishedTriggersAsync(context.Account(), await Languages.IsEnglishAsync(context, accounts, lang), context.RequestAborted), null));

    private static async Task<IResult> ReadAsync(HttpContext context, string idOrSlug, FunnelReads reads, AccountDirectory accounts, string? lang) =>
        new JsonAnswer(await reads.ReadAsync(context.Account(), idOrSlug, await Languages.IsEnglishAsync(context, accounts, lang), context.RequestAborted));

    private static async Task<IResult> NumbersAsync(HttpContext context, string idOrSlug, FunnelReads reads, NumbersReads numbers, int? days)
    {
        if (days is < 1 or > 90) throw new ProblemException(Problem.BadQuery("days goes from 1 to 90."));
        return new JsonAnswer(await numbers.ReadAsync(context.Account(), await reads.FindAsync(context.Account(), idOrSlug, context.RequestAborted), days ?? 7, context.RequestAborted));
    }

    private static async Task<IResult> ImportAsync(HttpContext context, FunnelService funnels, DraftChecks checks, IDbContextFactory<AutomationDbContext> contexts, bool? publish)
    {
        if (publish == true) context.Demand(Permissions.Publish);
        var account = context.Account();
        var document = FunnelJson.Read(await ApiJson.ReadTextAsync(context.Request, MaxImport, context.RequestAborted));
        if (await FindConnectionAsync(contexts, account, document, context.RequestAborted) is { } connection)
        {
            var problems = await funnels.CheckAsync(account, document, connection, context.RequestAborted);
            if (problems.Count > 0) throw new FunnelInvalidException(problems);
            if (publish == true) await checks.RefuseAsync(account, await FunnelIdAsync(contexts, account, document, context.RequestAborted), connection, document, context.RequestAborted);
        }

        var row = await funnels.SaveDraftAsync(account, document, null, context.Author(), null, context.RequestAborted);
        var version = publish == true ? (await funnels.PublishAsync(account, row.Id, context.Caller().Name, null, context.RequestAborted)).Version : row.PublishedVersion;
        return new JsonAnswer(new SavedFunnel(row.Id, row.Slug, row.Name, row.DraftRevision, version, []));
    }

    private static async Task<IResult> SaveAsync(HttpContext context, string idOrSlug, FunnelReads reads, FunnelService funnels)
    {
        var account = context.Account();
        var funnel = await reads.FindAsync(account, idOrSlug, context.RequestAborted);
        var document = FunnelJson.Read(await ApiJson.ReadTextAsync(context.Request, MaxImport, context.RequestAborted));
        if (document.Slug != funnel.Slug) throw new FunnelInvalidException([new("slug", "definition_invalid", $"The short name of this funnel is '{funnel.Slug}' and does not change.")]);
        var row = await funnels.SaveDraftAsync(account, document, RevisionOf(context.Request), context.Author(), null, context.RequestAborted);
        var problems = await funnels.CheckAsync(account, document, new(row.ConnectionId), context.RequestAborted);
        context.Response.Headers.ETag = $"\"{row.DraftRevision}\"";
        return new JsonAnswer(new SavedFunnel(row.Id, row.Slug, row.Name, row.DraftRevision, row.PublishedVersion, [.. problems.Select(problem => new ProblemPlace(problem.Path, problem.Code, problem.Message, problem.Line, problem.Column))]));
    }

    private static async Task<IResult> PublishAsync(HttpContext context, string idOrSlug, FunnelReads reads, FunnelService funnels, DraftChecks checks, string? note, string? inside, long? revision)
    {
        if (inside is not null && !InsideChoice.All.Contains(inside)) throw new ProblemException(Problem.BadQuery($"inside is {string.Join(", ", InsideChoice.All)}."));
        var account = context.Account();
        var funnel = await reads.FindAsync(account, idOrSlug, context.RequestAborted);
        await checks.RefuseAsync(account, funnel.Id, new(funnel.ConnectionId), FunnelJson.Read(funnel.Draft), context.RequestAborted);
        var row = await funnels.PublishAsync(account, funnel.Id, context.Caller().Name, note, inside, revision, context.RequestAborted);
        return new JsonAnswer(new SavedFunnel(funnel.Id, funnel.Slug, funnel.Name, funnel.DraftRevision, row.Version, []));
    }

    private static async Task<IResult> VersionsAsync(HttpContext context, string idOrSlug, FunnelReads reads)
    {
        var funnel = await reads.FindAsync(context.Account(), idOrSlug, context.RequestAborted);
        return new JsonAnswer(new PageView<VersionView>(await reads.VersionsAsync(funnel, context.RequestAborted), null));
    }

    private static async Task<IResult> RestoreAsync(HttpContext context, string idOrSlug, int version, FunnelReads reads, FunnelService funnels)
    {
        var account = context.Account();
        var funnel = await reads.FindAsync(account, idOrSlug, context.RequestAborted);
        await EnsureVersionAsync(reads, funnel, version, context.RequestAborted);
        var row = await funnels.RestoreAsync(account, funnel.Id, version, context.Author(), context.RequestAborted);
        return new JsonAnswer(new SavedFunnel(row.Id, row.Slug, row.Name, row.DraftRevision, row.PublishedVersion, []));
    }

    private static async Task<IResult> ExportAsync(HttpContext context, string idOrSlug, FunnelReads reads, FunnelService funnels, string? version)
    {
        var account = context.Account();
        var funnel = await reads.FindAsync(account, idOrSlug, context.RequestAborted);
        int? wanted = version switch
        {
            null => funnel.PublishedVersion,
            "draft" => null,
            _ => int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new ProblemException(Problem.BadQuery("version is a number, or draft.")),
        };
        if (wanted is { } asked) await EnsureVersionAsync(reads, funnel, asked, context.RequestAborted);
        var document = await funnels.ExportAsync(account, funnel.Id, wanted, context.RequestAborted);
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"{funnel.Slug}.json\"";
        return Results.Text(FunnelJson.Write(document), "application/json");
    }

    private static async Task<IResult> StartAsync(HttpContext context, string idOrSlug, string triggerId, FunnelReads reads, FunnelCatalog catalog, InboxService inbox, IIdSource ids)
    {
        var account = context.Account();
        var funnel = await reads.FindAsync(account, idOrSlug, context.RequestAborted);
        var published = (await catalog.PublishedAsync(account)).FirstOrDefault(one => one.Id == funnel.Id);
        var trigger = published?.Triggers.FirstOrDefault(one => one.Definition.Id == triggerId)?.Definition ?? throw ApiProblem.NotFound("The published funnel has no such trigger.");
        if (trigger.When.Event != TriggerEvents.Manual) throw ApiProblem.BadRequest("trigger_not_manual", "This trigger waits for an event of its own and is not started by hand.");
        if (!trigger.Enabled) throw ApiProblem.BadRequest("trigger_disabled", "This trigger is switched off.");
        var body = await ApiJson.ReadAsync<StartRequest>(context.Request, context.RequestAborted);
        if (string.IsNullOrEmpty(body.EntityId) || body.EntityId.Length > 200) throw ApiProblem.BadRequest("payload_invalid", "Name the deal: entityId.");
        var type = body.EntityType ?? EntityTypes.Deal;
        if (type is not (EntityTypes.Deal or EntityTypes.Contact or EntityTypes.Company or EntityTypes.Task or EntityTypes.Booking or EntityTypes.Customer)) throw ApiProblem.BadRequest("payload_invalid", $"'{type}' is not a kind of entity.");
        var key = RequestKey.Of(context.Request) ?? ids.NewId().ToString("N");
        var told = new CrmEvent
        {
            Kind = EventKinds.Manual,
            EntityType = type,
            EntityId = body.EntityId,
            TriggerId = triggerId,
            DedupKey = $"manual|{funnel.Id:N}|{triggerId}|{type}|{body.EntityId}|{key}",
            Data = new JObject { ["input"] = body.Input ?? [] },
        };
        var accepted = (await inbox.AcceptAsync(account, new(funnel.ConnectionId), null, [told], context.RequestAborted)).Events[0];
        return new JsonAnswer(new StartAnswer(accepted.Id, accepted.Duplicate), accepted.Duplicate ? 200 : 202);
    }

    /// <summary>The connection the document would stand on; null leaves the refusal to the save.</summary>
    private static async Task<ConnectionId?> FindConnectionAsync(IDbContextFactory<AutomationDbContext> contexts, AccountId account, FunnelDocument document, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var found = await db.Connections.Where(row => row.AccountId == account.Value && (row.Name == document.Connection || (document.Connection == null && row.Directory != null))).OrderBy(row => row.Name).Select(row => row.Id).Take(2).ToListAsync(cancellationToken);
        return found is [var only] ? new ConnectionId(only) : null;
    }

    private static async Task<Guid> FunnelIdAsync(IDbContextFactory<AutomationDbContext> contexts, AccountId account, FunnelDocument document, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Funnels.Where(row => row.AccountId == account.Value && row.Slug == document.Slug).Select(row => row.Id).FirstOrDefaultAsync(cancellationToken);
    }

    private static async Task EnsureVersionAsync(FunnelReads reads, Persistence.Rows.FunnelRow funnel, int version, CancellationToken cancellationToken)
    {
        if ((await reads.VersionsAsync(funnel, cancellationToken)).All(one => one.Version != version)) throw ApiProblem.NotFound($"The funnel has no version {version}.");
    }

    private static long? RevisionOf(HttpRequest request)
    {
        if (request.Headers.IfMatch is not [{ } text] || text == "*") return null;
        return long.TryParse(text.Trim().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var revision)
            ? revision
            : throw ApiProblem.BadRequest("header_invalid", "If-Match takes the revision of the draft.");
    }
}

/// <summary>The language of words in an answer.</summary>
internal static class Languages
{
    /// <param name="asked"><c>ru</c> or <c>en</c>; null for the caller's own, else the account's.</param>
    public static async ValueTask<bool> IsEnglishAsync(HttpContext context, AccountDirectory accounts, string? asked) => asked switch
    {
        "en" => true,
        "ru" => false,
        null => (context.Caller().Language ?? (await accounts.GetAsync(context.Account(), context.RequestAborted)).Language) == "en",
        _ => throw new ProblemException(Problem.BadQuery("lang is ru or en.")),
    };
}
