using Automation.Engine.Api.Connections;
using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Funnels;
using Automation.Engine.Api.Json;
using Automation.Engine.Hosting;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Rows;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;

namespace Automation.Engine.Api.Journal;

internal static class JournalEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/journal", ListAsync).WithSummary("The journal, newest first; a page may hold fewer rows than asked, or none, and still have a next one: how far it was looked through").Produces<PageView<JournalView>>();
        api.MapGet("/journal/live", LiveAsync).WithSummary("Journal rows as they are committed: server-sent events named journal").Produces(200, contentType: "text/event-stream");
        api.MapGet("/why", WhyAsync).WithSummary("Why triggers fired or did not on a deal's last event").Produces<WhyView>();
    }

    private static async Task<IResult> ListAsync(
        HttpContext context, IDbContextFactory<AutomationDbContext> contexts, JournalReads reads, FunnelReads funnels, AccountDirectory accounts, TimeProvider clock, string? deal, string? connection, string? run, string? kind,
        string? funnel, string? trigger, DateTimeOffset? since, DateTimeOffset? until, bool? failed, string? lang, string? cursor, int? limit)
    {
        var (account, before, take) = (context.Account(), Paging.Before(cursor), Paging.Limit(limit));
        var english = await Languages.IsEnglishAsync(context, accounts, lang);
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        RunRow? only = null;
        if (run is not null)
        {
            if (!Guid.TryParse(run, out var id)) throw new ProblemException(Problem.BadQuery("run is the id of a run."));
            only = await db.Runs.AsNoTracking().FirstOrDefaultAsync(row => row.AccountId == account.Value && row.Id == id, context.RequestAborted);
            if (only is null) return new JsonAnswer(new PageView<JournalView>([], null));
        }

        var filter = new JournalFilter(
            deal, connection is null ? null : await ConnectionFinder.FindIdAsync(db, account, connection, context.RequestAborted), only, kind,
            funnel is null ? null : (await funnels.FindAsync(account, funnel, context.RequestAborted)).Id, trigger, since?.ToUniversalTime(), until?.ToUniversalTime(), failed ?? false);
        var (rows, next) = await new JournalSearch(db, account.Value, filter, clock).ReadAsync(before, take, context.RequestAborted);
        return new JsonAnswer(new PageView<JournalView>(await reads.ViewAsync(rows, english, context.RequestAborted), next));
    }

    private static async Task LiveAsync(HttpContext context, JournalFeed feed, JournalReads reads, AccountDirectory accounts, IHostApplicationLifetime life, TimeProvider clock, string? deal, string? lang)
    {
        var english = await Languages.IsEnglishAsync(context, accounts, lang);
        await ServerEvents.SendAsync(context, stop => feed.ReadAsync(context.Account().Value, stop), ": open\nretry: 2000\n\n", async (row, stop) =>
        {
            if (deal is not null && (row.EntityType != EntityTypes.Deal || row.EntityId != deal)) return null;
            var view = (await reads.ViewAsync([row], english, stop))[0];
            return $"id: {view.Id}\nevent: journal\ndata: {ApiJson.Write(view)}\n\n";
        }, clock, life.ApplicationStopping);
    }

    private static async Task<IResult> WhyAsync(HttpContext context, WhyReads why, AccountDirectory accounts, string? deal, string? @event, string? funnel, string? connection, string? lang)
    {
        if (string.IsNullOrWhiteSpace(deal)) throw new ProblemException(Problem.BadQuery("Name the deal: deal=42."));
        Guid? named = @event is null ? null : Guid.TryParse(@event, out var id) ? id : throw new ProblemException(Problem.BadQuery("event is the id of an event."));
        return new JsonAnswer(await why.AskAsync(context.Account(), deal.Trim().TrimStart('#', '№').Trim(), named, funnel, connection, await Languages.IsEnglishAsync(context, accounts, lang), context.RequestAborted));
    }
}
