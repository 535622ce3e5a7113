using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Funnels;
using Automation.Engine.Api.Json;
using Automation.Engine.Effects;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Persistence;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Api.Runs;

/// <summary>What waits and what is unsure.</summary>
internal static class WorkEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/timers", TimersAsync).WithSummary("Timers, earliest first").Produces<PageView<TimerView>>();
        api.MapGet("/waiting", WaitingAsync).WithSummary("Runs that wait: for a time, earliest first; with for=event, for an event, newest first").Produces<PageView<WaitingView>>();
        api.MapGet("/effects", EffectsAsync).WithSummary("Effects by state, newest first").Produces<PageView<EffectView>>();
        api.MapPost("/effects/{key}/decide", DecideAsync).Needs(Permissions.Operate).WithSummary("Says what became of an effect whose result nobody knows").Accepts<DecisionRequest>("application/json").Produces<EffectView>(202).ProducesProblem(409);
    }

    private static async Task<IResult> TimersAsync(HttpContext context, IDbContextFactory<AutomationDbContext> contexts, string? deal, string? cursor, int? limit)
    {
        var (account, take, skip) = (context.Account().Value, Paging.Limit(limit), Offset(cursor));
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var timers = db.Timers.AsNoTracking().Where(row => row.AccountId == account);
        if (deal is not null) timers = timers.Where(row => row.EntityType == Mailboxes.EntityTypes.Deal && row.EntityId == deal);
        var rows = await timers.OrderBy(row => row.DueAt).ThenBy(row => row.Id).Skip(skip).Take(take + 1).ToListAsync(context.RequestAborted);
        return new JsonAnswer(new PageView<TimerView>(
            [.. rows.Take(take).Select(row => new TimerView(row.Id, row.Kind, Entities.Deal(row), row.EntityType, row.EntityId, row.RunId, row.TriggerId, row.DueAt, row.DueSource?.Split('/')[0]))], Next(rows.Count, take, skip)));
    }

    private static async Task<IResult> WaitingAsync(
        HttpContext context, IDbContextFactory<AutomationDbContext> contexts, FunnelReads funnels, FunnelCatalog catalog, TimeProvider clock, string? @for, string? deal, string? funnel, string? trigger, string? cursor, int? limit)
    {
        var (account, take) = (context.Account(), Paging.Limit(limit));
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var only = funnel is null ? (Guid?)null : (await funnels.FindAsync(account, funnel, context.RequestAborted)).Id;
        var reads = new WaitingReads(db, catalog, account, clock);
        return new JsonAnswer(@for switch
        {
            null or "time" => await reads.TimedAsync(deal, only, trigger, cursor, take, context.RequestAborted),
            "event" => await reads.ForEventsAsync(deal, only, trigger, cursor, take, context.RequestAborted),
            _ => throw new ProblemException(Problem.BadQuery("for is time or event.")),
        });
    }

    private static async Task<IResult> EffectsAsync(HttpContext context, IDbContextFactory<AutomationDbContext> contexts, string? state, string? deal, string? cursor, int? limit)
    {
        var (account, take, skip) = (context.Account().Value, Paging.Limit(limit), Offset(cursor));
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var effects = db.Effects.AsNoTracking().Where(row => row.AccountId == account);
        if (deal is not null) effects = effects.Where(row => row.EntityType == Mailboxes.EntityTypes.Deal && row.EntityId == deal);
        if (state is not null)
        {
            if (!Enum.TryParse<EffectState>(state, ignoreCase: true, out var wanted) || char.IsDigit(state[0])) throw new ProblemException(Problem.BadQuery("state is planned, sending, done, failed, unknown or cancelled."));
            effects = effects.Where(row => row.State == (int)wanted);
        }

        var rows = await effects.OrderByDescending(row => row.PlannedAt).ThenByDescending(row => row.Position).ThenBy(row => row.Key).Skip(skip).Take(take + 1).ToListAsync(context.RequestAborted);
        return new JsonAnswer(new PageView<EffectView>([.. rows.Take(take).Select(EffectView.Of)], Next(rows.Count, take, skip)));
    }

    private static async Task<IResult> DecideAsync(HttpContext context, string key, IDbContextFactory<AutomationDbContext> contexts, MailboxRouter router)
    {
        var body = await ApiJson.ReadAsync<DecisionRequest>(context.Request, context.RequestAborted);
        if (!Enum.TryParse<EffectDecision>(body.As, ignoreCase: true, out var decision) || char.IsDigit(body.As![0])) throw new ProblemException(Problem.BadQuery("as is done, failed or again."));
        var account = context.Account().Value;
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        // The beginning of a key is enough where it is the only one: lists are read and typed by people.
        var rows = key.Length < 8 ? [] : await db.Effects.AsNoTracking().Where(effect => effect.AccountId == account && effect.Key.StartsWith(key)).Take(2).ToListAsync(context.RequestAborted);
        if (rows.Count != 1) throw ApiProblem.NotFound(rows.Count == 0 ? "There is no such effect." : "More than one effect begins with this key: give more of it.");
        var row = rows[0];
        if (row.State != (int)EffectState.Unknown) throw new ProblemException(new(409, "effect_decided", "Nobody has to decide about this effect: its result is known, or it is still on its way."));
        await router.DecideEffectAsync(MailboxRouter.KeyOf(row), row.Key, decision, context.Caller().Name);
        return new JsonAnswer(EffectView.Of(row), 202);
    }

    private static int Offset(string? cursor)
    {
        if (string.IsNullOrEmpty(cursor)) return 0;
        return int.TryParse(cursor, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var skip) && skip <= 1_000_000
            ? skip
            : throw new ProblemException(Problem.BadQuery("This cursor is not one of ours."));
    }

    private static string? Next(int rows, int take, int skip) => rows > take ? (skip + take).ToString(System.Globalization.CultureInfo.InvariantCulture) : null;
}
