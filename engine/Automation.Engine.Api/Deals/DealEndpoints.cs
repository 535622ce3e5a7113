using Automation.Engine.Api.Connections;
using Automation.Engine.Api.Failures;
using Automation.Engine.Api.Json;
using Automation.Engine.Api.Runs;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Api.Deals;

/// <summary>Deals as the engine knows them.</summary>
internal static class DealEndpoints
{
    private const int MostWaiting = 50;

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/deals", ListAsync).WithSummary("Deals by number or name; without search, those that something happened to last").Produces<PageView<DealView>>();
        api.MapGet("/deals/{connection}/{id}", ReadAsync).WithSummary("A deal: where it is, what it stands still for, what of it waits").Produces<DealDetail>();
    }

    private static async Task<IResult> ListAsync(HttpContext context, IDbContextFactory<AutomationDbContext> contexts, CrmDirectoryCache directories, TimeProvider clock, string? search, string? connection, string? cursor, int? limit)
    {
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var reads = new DealReads(db, directories, context.Account(), clock);
        var text = (search ?? "").Trim().TrimStart('#', '№').Trim();
        if (text.Length == 0) return new JsonAnswer(await reads.LastAsync(Paging.Limit(limit), context.RequestAborted));
        var only = connection is null ? (Guid?)null : (await ConnectionFinder.FindAsync(db, context.Account(), connection, context.RequestAborted)).Id;
        return new JsonAnswer(await reads.SearchAsync(text, only, cursor, Paging.Limit(limit), context.RequestAborted));
    }

    private static async Task<IResult> ReadAsync(HttpContext context, string connection, string id, IDbContextFactory<AutomationDbContext> contexts, CrmDirectoryCache directories, FunnelCatalog catalog, TimeProvider clock)
    {
        var account = context.Account();
        var row = await DealMailbox.FindAsync(contexts, account, connection, id, context.RequestAborted);
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var view = (await new DealReads(db, directories, account, clock).ViewAsync([row], context.RequestAborted))[0];
        var state = MailboxState.FromJson(row.State);
        var names = (await catalog.PublishedAsync(account)).SelectMany(funnel => funnel.Triggers).GroupBy(trigger => trigger.Definition.Id, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First().Definition.Name, StringComparer.Ordinal);
        var waiting = await new WaitingReads(db, catalog, account, clock).TimedAsync(id, null, null, null, MostWaiting, context.RequestAborted);
        return new JsonAnswer(new DealDetail(
            view, state.Visit?.Since, [.. state.Blocked.Select(cause => new BlockCause(cause.Kind, cause.Target, cause.Since))],
            [.. state.Fired.Where(one => one.Value.Stopped is not null).Select(one => new StoppedTrigger(one.Key, names.GetValueOrDefault(one.Key, one.Key), one.Value.Stopped!.Value, one.Value.Cycle))],
            [.. waiting.Items.Where(one => one.ConnectionId == row.ConnectionId)]));
    }
}
