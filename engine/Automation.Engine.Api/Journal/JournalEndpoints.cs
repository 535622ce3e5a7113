using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Funnels;
using Automation.Engine.Api.Json;
using Automation.Engine.Hosting;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;

namespace Automation.Engine.Api.Journal;

internal static class JournalEndpoints
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/journal", ListAsync).WithSummary("The journal, newest first").Produces<PageView<JournalView>>();
        api.MapGet("/journal/live", LiveAsync).WithSummary("Journal rows as they are committed: server-sent events named journal").Produces(200, contentType: "text/event-stream");
        api.MapGet("/why", WhyAsync).WithSummary("Why triggers fired or did not on a deal's last event").Produces<WhyView>();
    }

    private static async Task<IResult> ListAsync(
        HttpContext context, IDbContextFactory<AutomationDbContext> contexts, JournalReads reads, AccountDirectory accounts, string? deal, string? run, string? kind, string? lang, string? cursor, int? limit)
    {
        var (account, before, take) = (context.Account().Value, Paging.Before(cursor), Paging.Limit(limit));
        var english = await Languages.IsEnglishAsync(context, accounts, lang);
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var journal = db.Journal.AsNoTracking().Where(row => row.AccountId == account && row.Id < before);
        if (deal is not null) journal = journal.Where(row => row.EntityType == EntityTypes.Deal && row.EntityId == deal);
        if (kind is not null) journal = journal.Where(row => row.Kind == kind);
        if (run is not null)
        {
            if (!Guid.TryParse(run, out var id)) throw new ProblemException(Problem.BadQuery("run is the id of a run."));
            var found = await db.Runs.AsNoTracking().FirstOrDefaultAsync(row => row.AccountId == account && row.Id == id, context.RequestAborted);
            if (found is null) return new JsonAnswer(new PageView<JournalView>([], null));
            journal = JournalReads.OfRun(journal, found);
        }

        var rows = await journal.OrderByDescending(row => row.Id).Take(take + 1).ToListAsync(context.RequestAborted);
        var views = await reads.ViewAsync([.. rows.Take(take)], english, context.RequestAborted);
        return new JsonAnswer(new PageView<JournalView>(views, rows.Count > take ? Paging.Cursor(rows[take - 1].Id) : null));
    }

    private static async Task LiveAsync(HttpContext context, JournalFeed feed, JournalReads reads, AccountDirectory accounts, IHostApplicationLifetime life, TimeProvider clock, string? deal, string? lang)
    {
        var english = await Languages.IsEnglishAsync(context, accounts, lang);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, life.ApplicationStopping);
        var response = context.Response;
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await using var rows = feed.ReadAsync(context.Account().Value, ended.Token).GetAsyncEnumerator(ended.Token);
        var next = rows.MoveNextAsync().AsTask();
        try
        {
            // The reader stands before this is sent: what is committed from now on comes.
            await SendAsync(response, ": open\nretry: 2000\n\n", ended.Token);
            while (true)
            {
                await Task.WhenAny(next, Task.Delay(Heartbeat, clock, ended.Token));
                if (!next.IsCompleted)
                {
                    await SendAsync(response, ": \n\n", ended.Token);
                    continue;
                }

                if (!await next) return;
                var row = rows.Current;
                if (deal is null || (row.EntityType == EntityTypes.Deal && row.EntityId == deal))
                {
                    var view = (await reads.ViewAsync([row], english, ended.Token))[0];
                    await SendAsync(response, $"id: {view.Id}\nevent: journal\ndata: {ApiJson.Write(view)}\n\n", ended.Token);
                }

                next = rows.MoveNextAsync().AsTask();
            }
        }
        catch (OperationCanceledException)
        {
            // The page is closed, or the server stops.
        }
        finally
        {
            // A reader cannot be closed while it is asked for more.
            await ended.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task SendAsync(HttpResponse response, string text, CancellationToken cancellationToken)
    {
        await response.WriteAsync(text, cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
    }

    private static async Task<IResult> WhyAsync(HttpContext context, WhyReads why, AccountDirectory accounts, string? deal, string? @event, string? funnel, string? connection, string? lang)
    {
        if (string.IsNullOrWhiteSpace(deal)) throw new ProblemException(Problem.BadQuery("Name the deal: deal=42."));
        Guid? named = @event is null ? null : Guid.TryParse(@event, out var id) ? id : throw new ProblemException(Problem.BadQuery("event is the id of an event."));
        return new JsonAnswer(await why.AskAsync(context.Account(), deal.Trim().TrimStart('#', '№').Trim(), named, funnel, connection, await Languages.IsEnglishAsync(context, accounts, lang), context.RequestAborted));
    }
}
