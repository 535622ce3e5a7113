using Automation.Engine.Accounts;
using Automation.Engine.Api.Connections;
using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Funnels;
using Automation.Engine.Api.Journal;
using Automation.Engine.Api.Json;
using Automation.Engine.Events;
using Automation.Engine.Funnels;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Failures;
using Automation.Engine.Hosting.Funnels;
using Automation.Engine.Hosting.Inbox;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Persistence;
using Automation.Engine.Workflows.Interpreter;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Failures;

/// <summary>What was given up, and how it comes back.</summary>
internal static class DeadLetterEndpoints
{
    private const int MostListed = 1_000;
    private static readonly string[] Kinds = ["event", "run", "effect"];

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/dead-letters", ListAsync).WithSummary("What was given up: events, runs, effects and hooks that could not be read; newest first").Produces<PageView<DeadLetterView>>();
        api.MapPost("/dead-letters/redrive", RedriveAsync).Needs(Permissions.Operate).WithSummary("Brings dead events, runs and effects back, or shows which it would be").Accepts<RedriveBody>("application/json").Produces<RedriveView>(202).Produces<RedrivePreview>();
        api.MapPost("/dead-letters/skip", SkipAsync).Needs(Permissions.Operate).WithSummary("Settles dead events, runs, effects and unreadable hooks as they are: nothing of them is done").Accepts<SkipBody>("application/json").Produces<SkippedView>(202);
        api.MapGet("/breakers", Breakers).WithSummary("Hosts that do not answer this server, and when it looks again").Produces<PageView<BreakerView>>();
        api.MapGet("/redrives", RedrivesAsync).WithSummary("Redrives, newest first").Produces<PageView<RedriveView>>();
        api.MapGet("/redrives/{id}", ReadAsync).WithSummary("A redrive and how far it is").Produces<RedriveView>();
    }

    private static async Task<IResult> ListAsync(
        HttpContext context, IDbContextFactory<AutomationDbContext> contexts, DeadLetterReads letters, FunnelReads funnels, FunnelCatalog catalog, ActivityRegistry activities, AccountDirectory accounts, string? kind, string? deal,
        string? funnel, string? stage, string? trigger, string? connection, string? code, DateTimeOffset? since, DateTimeOffset? until, string? lang, string? cursor, int? limit)
    {
        var (account, take) = (context.Account(), Paging.Limit(limit));
        var skip = string.IsNullOrEmpty(cursor) ? 0 : int.TryParse(cursor, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var place) && place <= MostListed ? place : throw new ProblemException(Problem.BadQuery("This cursor is not one of ours."));
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var found = new List<DeadLetterView>();
        var (types, owners) = (new Dictionary<string, string>(StringComparer.Ordinal), new Dictionary<string, Guid>(StringComparer.Ordinal));
        if (kind is not "hook")
        {
            var filter = await FilterAsync(db, account, new(kind, null, trigger, connection, code, deal, since, until, true, null, null, null, true, funnel), funnels, context.RequestAborted);
            if (stage is not null) filter = filter with { Stage = StageOf(stage) };
            foreach (var letter in await letters.FindAsync(account, filter with { Newest = true }, MostListed, context.RequestAborted))
            {
                found.Add(DeadLetterView.Of(letter));
                if (letter.ActivityType is { } type) types[letter.Target] = type;
                if (letter.Funnel is { } owner) owners[letter.Target] = owner;
            }
        }

        // A body that could not be read belongs to no deal and no trigger.
        if (kind is null or "hook" && deal is null && trigger is null && funnel is null && stage is null && connection is null && code is null)
            found.AddRange((await db.Hooks.AsNoTracking().Where(row => row.AccountId == account.Value && row.ErrorCode != null).OrderByDescending(row => row.Id).Take(MostListed)
                .Select(row => new { row.Id, row.ReceivedAt, row.ConnectionId, row.ErrorCode, row.ErrorMessage, row.Body.Length }).ToListAsync(context.RequestAborted))
                .Where(row => (since is null || row.ReceivedAt >= since) && (until is null || row.ReceivedAt < until))
                .Select(row => new DeadLetterView(row.Id.ToString(), "hook", row.ReceivedAt, row.ConnectionId, null, null, null, null, row.ErrorCode, row.ErrorMessage, null, row.Length)));
        var page = found.OrderByDescending(letter => letter.At).ThenByDescending(letter => letter.Id, StringComparer.Ordinal).Skip(skip).Take(take + 1).ToList();
        var english = await Languages.IsEnglishAsync(context, accounts, lang);
        var places = await Places.ReadAsync(db, catalog, account, page.Where(letter => letter.EntityId is not null).Select(letter => (letter.ConnectionId, letter.EntityType!, letter.EntityId!)), context.RequestAborted);
        return new JsonAnswer(new PageView<DeadLetterView>([.. page.Take(take).Select(letter => Named(letter, types, owners, places, activities, english))], page.Count > take ? (skip + take).ToString(System.Globalization.CultureInfo.InvariantCulture) : null));
    }

    private static async Task<IResult> RedriveAsync(HttpContext context, IDbContextFactory<AutomationDbContext> contexts, RedriveService redrives, FunnelReads funnels)
    {
        var body = await ApiJson.ReadAsync<RedriveBody>(context.Request, context.RequestAborted);
        var account = context.Account();
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var request = new RedriveRequest { Filter = await FilterAsync(db, account, body, funnels, context.RequestAborted), From = body.From, Input = body.Input, PerSecond = body.PerSecond ?? 10 };
        if (request.Filter.IsEmpty && !body.All) throw new ProblemException(Problem.BadQuery("Say what is to be redriven: ids, a trigger, a funnel, a connection, a reason, a deal or a period; or all."));
        try
        {
            if (body.DryRun)
            {
                var found = await redrives.PreviewAsync(account, request, context.RequestAborted);
                return new JsonAnswer(new RedrivePreview(found.Count, [.. found.Take(200).Select(DeadLetterView.Of)]));
            }

            var row = await redrives.StartAsync(account, request, context.Caller().Name, context.RequestAborted)
                ?? throw ApiProblem.NotFound("Nothing that was given up fits: there is nothing to redrive.");
            return new JsonAnswer(RedriveView.Of(row), 202);
        }
        catch (RedriveRefusedException refused)
        {
            throw refused.Code == "not_found" ? ApiProblem.NotFound(refused.Message) : ApiProblem.BadRequest(refused.Code, refused.Message);
        }
    }

    private static async Task<IResult> SkipAsync(HttpContext context, IDbContextFactory<AutomationDbContext> contexts, DeadLetterReads letters, FunnelReads funnels, InboxService inbox, IIdSource ids)
    {
        var body = await ApiJson.ReadAsync<SkipBody>(context.Request, context.RequestAborted);
        var account = context.Account();
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        if (body.Kind == "hook") return new JsonAnswer(new SkippedView(await SkipHooksAsync(db, account, body, context.RequestAborted)), 202);
        var filter = await FilterAsync(db, account, new(body.Kind, body.Ids, body.Trigger, body.Connection, body.Code, body.Deal, body.Since, body.Until, body.All, null, null, null, false, body.Funnel), funnels, context.RequestAborted);
        if (filter.IsEmpty && !body.All) throw new ProblemException(Problem.BadQuery("Say what is settled: ids, a trigger, a funnel, a connection, a reason, a deal or a period; or all."));
        var found = await letters.FindAsync(account, filter, MostListed, context.RequestAborted);
        foreach (var connection in found.GroupBy(letter => letter.ConnectionId))
            await inbox.AcceptAsync(account, new(connection.Key), null, [.. connection.Select(letter => new CrmEvent
            {
                Kind = InternalEvents.Skip, EntityType = letter.EntityType, EntityId = letter.EntityId, DedupKey = $"skip|{ids.NewId():N}",
                Data = new JObject { ["kind"] = letter.Kind, ["target"] = letter.Target, ["by"] = context.Caller().Name },
            })], context.RequestAborted);
        return new JsonAnswer(new SkippedView(found.Count), 202);
    }

    // The body stays for as long as bodies are kept; it only counts as unreadable no more.
    private static Task<int> SkipHooksAsync(AutomationDbContext db, AccountId account, SkipBody body, CancellationToken cancellationToken)
    {
        if (body.Ids is not { Count: > 0 and <= 1_000 } && !body.All) throw new ProblemException(Problem.BadQuery("Name the hooks: ids; or all."));
        var hooks = db.Hooks.Where(row => row.AccountId == account.Value && row.ErrorCode != null);
        if (body.Ids is { } named)
        {
            var wanted = named.Select(Paging.Id).ToList();
            hooks = hooks.Where(row => wanted.Contains(row.Id));
        }

        return hooks.ExecuteUpdateAsync(update => update.SetProperty(row => row.ErrorCode, (string?)null), cancellationToken);
    }

    private static DeadLetterView Named(DeadLetterView letter, Dictionary<string, string> types, Dictionary<string, Guid> owners, Places places, ActivityRegistry activities, bool english)
    {
        var activity = types.TryGetValue(letter.Id, out var type) ? activities.Descriptors.FirstOrDefault(one => one.TypeName == type) : null;
        return letter with
        {
            Step = activity is null ? type : english ? activity.DisplayName : activity.DisplayNameRu ?? activity.DisplayName,
            Reason = FailureWords.Of(letter.Code, english),
            Place = letter.EntityId is null ? null : places.Of(owners.TryGetValue(letter.Id, out var funnel) ? funnel : null, letter.TriggerId, letter.ConnectionId, letter.EntityType!, letter.EntityId),
        };
    }

    private static StageRef StageOf(string stage)
    {
        try
        {
            return StageRef.Parse(stage);
        }
        catch (FormatException)
        {
            throw new ProblemException(Problem.BadQuery("stage is pipeline/stage."));
        }
    }

    private static JsonAnswer Breakers(HttpContext context, Automation.Engine.Effects.HostBreakers breakers) =>
        new(new PageView<BreakerView>([.. breakers.Open(context.Account()).Select(open => new BreakerView(open.Host, open.Failures, open.Since, open.NextProbe))], null));

    private static async Task<IResult> RedrivesAsync(HttpContext context, IDbContextFactory<AutomationDbContext> contexts, string? cursor, int? limit)
    {
        var (account, before, take) = (context.Account().Value, Paging.Before(cursor), Paging.Limit(limit));
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        var rows = await db.Redrives.AsNoTracking().Where(row => row.AccountId == account && row.Id < before).OrderByDescending(row => row.Id).Take(take + 1).ToListAsync(context.RequestAborted);
        return new JsonAnswer(Paging.Page(rows, take, row => row.Id, RedriveView.Of));
    }

    private static async Task<IResult> ReadAsync(HttpContext context, string id, IDbContextFactory<AutomationDbContext> contexts)
    {
        var (account, redrive) = (context.Account().Value, Paging.Id(id));
        await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
        return await db.Redrives.AsNoTracking().FirstOrDefaultAsync(row => row.AccountId == account && row.Id == redrive, context.RequestAborted) is { } row
            ? new JsonAnswer(RedriveView.Of(row))
            : throw ApiProblem.NotFound("There is no such redrive.");
    }

    private static async Task<DeadLetterFilter> FilterAsync(AutomationDbContext db, AccountId account, RedriveBody body, FunnelReads funnels, CancellationToken cancellationToken)
    {
        if (body.Kind is not null && !Kinds.Contains(body.Kind)) throw new ProblemException(Problem.BadQuery("kind is event, run or effect."));
        if (body.Ids is { Count: 0 or > 1_000 }) throw new ProblemException(Problem.BadQuery("ids takes 1 to 1,000 of them."));
        return new()
        {
            Kind = body.Kind,
            Targets = body.Ids is null ? null : await WholeAsync(db, account, body.Ids, cancellationToken),
            Trigger = body.Trigger,
            Funnel = body.Funnel is null ? null : (await funnels.FindAsync(account, body.Funnel, cancellationToken)).Id,
            Connection = body.Connection is null ? null : await ConnectionFinder.FindIdAsync(db, account, body.Connection, cancellationToken),
            Code = body.Code,
            Deal = body.Deal,
            Since = body.Since?.ToUniversalTime(),
            Until = body.Until?.ToUniversalTime(),
        };
    }

    // The beginning of an effect's key is enough where it is the only one: lists are read and typed by people.
    private static async Task<IReadOnlyList<string>> WholeAsync(AutomationDbContext db, AccountId account, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var whole = new List<string>(ids.Count);
        foreach (var id in ids.Select(id => id.TrimEnd('…')))
        {
            if (Guid.TryParse(id, out var guid))
            {
                whole.Add(guid.ToString());
                continue;
            }

            var keys = id.Length < 8 ? [] : await db.Effects.AsNoTracking().Where(row => row.AccountId == account.Value && row.Key.StartsWith(id)).Select(row => row.Key).Take(2).ToListAsync(cancellationToken);
            whole.Add(keys is [var only] ? only : throw ApiProblem.NotFound(keys.Count == 0 ? $"Nothing has the id '{id}'." : $"More than one effect begins with '{id}': give more of it."));
        }

        return whole;
    }
}
