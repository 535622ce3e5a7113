using System.Globalization;
using Automation.Engine.Api.Access;
using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Json;
using Automation.Engine.Funnels.Editing;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Funnels.Drafts;
using Automation.Engine.Persistence.Rows;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Automation.Engine.Api.Funnels;

/// <summary>A draft as several people edit it at once.</summary>
internal static class DraftEndpoints
{
    private const int MaxEdit = 4 * 1024 * 1024;

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/funnels/{idOrSlug}/draft", ReadAsync).WithSummary("The draft with what undo takes back, how it differs from what is published, and what is wrong with it").Produces<DraftView>();
        api.MapGet("/funnels/{idOrSlug}/draft/live", LiveAsync).WithSummary("Server-sent events named draft: the draft was changed, published, or somebody came or left").Produces(200, contentType: "text/event-stream");
        api.MapPost("/funnels/{idOrSlug}/changes", ChangeAsync).Needs(Permissions.Edit).WithSummary("Changes parts of the draft; refused where somebody changed the same meanwhile").Accepts<DraftEdit>("application/json").Produces<DraftChanged>().ProducesProblem(409);
        api.MapGet("/funnels/{idOrSlug}/changes", ListAsync).WithSummary("Changes of the draft, newest first").Produces<PageView<DraftChangeView>>();
        api.MapPost("/funnels/{idOrSlug}/undo", (HttpContext context, string idOrSlug, FunnelReads reads, DraftService drafts, DraftReads views, AccountDirectory accounts, string? lang) => StepAsync(context, idOrSlug, reads, views, accounts, lang, drafts.UndoAsync, undo: true))
            .Needs(Permissions.Edit).WithSummary("Takes back the caller's last change").Produces<DraftChanged>().ProducesProblem(409);
        api.MapPost("/funnels/{idOrSlug}/redo", (HttpContext context, string idOrSlug, FunnelReads reads, DraftService drafts, DraftReads views, AccountDirectory accounts, string? lang) => StepAsync(context, idOrSlug, reads, views, accounts, lang, drafts.RedoAsync, undo: false))
            .Needs(Permissions.Edit).WithSummary("Brings back what the caller took back last").Produces<DraftChanged>().ProducesProblem(409);
    }

    private static async Task<IResult> ReadAsync(HttpContext context, string idOrSlug, FunnelReads reads, DraftService drafts, DraftReads views, AccountDirectory accounts, string? lang)
    {
        var funnel = await reads.FindAsync(context.Account(), idOrSlug, context.RequestAborted);
        var state = await drafts.ReadAsync(context.Account(), funnel.Id, context.Caller().Person, context.RequestAborted);
        context.Response.Headers.ETag = $"\"{state.Funnel.DraftRevision}\"";
        return new JsonAnswer(await views.ViewAsync(state, await Languages.IsEnglishAsync(context, accounts, lang), context.RequestAborted));
    }

    private static async Task<IResult> ChangeAsync(HttpContext context, string idOrSlug, FunnelReads reads, DraftService drafts, DraftReads views, AccountDirectory accounts, string? lang)
    {
        var english = await Languages.IsEnglishAsync(context, accounts, lang);
        var edit = ApiJson.Read<DraftEdit>(await ApiJson.ReadTextAsync(context.Request, MaxEdit, context.RequestAborted));
        if (edit.Name?.Key is not { Length: > 0 and <= 200 } || edit.Name.Values is null || edit.Edits is not { Count: > 0 } || edit.Edits.Any(one => one.Part is null)) throw ApiProblem.BadRequest("payload_invalid", "A change has a name (key, values) and edits (part, before, after).");
        var funnel = await reads.FindAsync(context.Account(), idOrSlug, context.RequestAborted);
        return await RefusedAsync(english, async () => new JsonAnswer(await views.ViewAsync(await drafts.ChangeAsync(context.Account(), funnel.Id, context.Author(), edit, context.RequestAborted), english, context.RequestAborted)));
    }

    private static async Task<IResult> StepAsync(
        HttpContext context, string idOrSlug, FunnelReads reads, DraftReads views, AccountDirectory accounts, string? lang,
        Func<Automation.Engine.Accounts.AccountId, Guid, DraftAuthor, CancellationToken, Task<DraftOutcome?>> step, bool undo)
    {
        var english = await Languages.IsEnglishAsync(context, accounts, lang);
        var funnel = await reads.FindAsync(context.Account(), idOrSlug, context.RequestAborted);
        return await RefusedAsync(english, async () => await step(context.Account(), funnel.Id, context.Author(), context.RequestAborted) is { } outcome
            ? new JsonAnswer(await views.ViewAsync(outcome, english, context.RequestAborted))
            : throw ApiProblem.Conflict("nothing_to_do", (undo, english) switch
            {
                (true, false) => "Отменять нечего: своих изменений у вас здесь нет.",
                (true, true) => "There is nothing of yours to undo.",
                (false, false) => "Возвращать нечего.",
                (false, true) => "There is nothing to redo.",
            }));
    }

    private static async Task<IResult> ListAsync(HttpContext context, string idOrSlug, FunnelReads reads, DraftService drafts, AccountDirectory accounts, string? lang, string? cursor, int? limit)
    {
        var (english, take) = (await Languages.IsEnglishAsync(context, accounts, lang), Paging.Limit(limit));
        int? before = cursor is null ? null : int.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new ProblemException(Problem.BadQuery("This cursor is not one of ours."));
        var funnel = await reads.FindAsync(context.Account(), idOrSlug, context.RequestAborted);
        var rows = await drafts.ListAsync(context.Account(), funnel.Id, before, take + 1, context.RequestAborted);
        var person = context.Caller().Person;
        return new JsonAnswer(new PageView<DraftChangeView>(
            [.. rows.Take(take).Select(one => new DraftChangeView(one.Row.Number, one.Row.At, one.Row.AuthorId, one.Row.Author, ChangeWords.Of(one.Name, english), StateOf(one.Row), one.Row.AuthorId == person))],
            rows.Count > take ? rows[take - 1].Row.Number.ToString(CultureInfo.InvariantCulture) : null));
    }

    private static async Task LiveAsync(HttpContext context, string idOrSlug, FunnelReads reads, DraftFeed feed, IHostApplicationLifetime life, TimeProvider clock)
    {
        var funnel = await reads.FindAsync(context.Account(), idOrSlug, context.RequestAborted);
        await ServerEvents.SendAsync(context, stop => feed.ReadAsync(funnel.AccountId, funnel.Id, context.Caller().Name, stop), "", async (notice, stop) =>
            await reads.TryFindAsync(context.Account(), funnel.Id, stop) is { } now
                ? $"event: draft\ndata: {ApiJson.Write(new DraftSigns(now.DraftRevision, now.PublishedVersion, notice.By, feed.People(funnel.Id)))}\n\n"
                : null, clock, life.ApplicationStopping);
    }

    private static string StateOf(DraftChangeRow row) => row.State switch { DraftChangeState.Done => "done", DraftChangeState.Undone => "undone", _ => "dropped" };

    private static async Task<IResult> RefusedAsync(bool english, Func<Task<JsonAnswer>> work)
    {
        try
        {
            return await work();
        }
        catch (DraftRefusedException e)
        {
            throw ApiProblem.Conflict("draft_conflict", ChangeWords.Of(e, english));
        }
    }
}

internal static class DraftCallers
{
    public static DraftAuthor Author(this HttpContext context) => new(context.Caller().Person, context.Caller().Name);
}
