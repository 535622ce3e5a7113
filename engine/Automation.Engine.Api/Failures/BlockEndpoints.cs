using Automation.Engine.Accounts;
using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Json;
using Automation.Engine.Hosting.Inbox;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Failures;

/// <summary>Deals that stand still because something of them was given up.</summary>
internal static class BlockEndpoints
{
    public static void Map(IEndpointRouteBuilder api) => api.MapPost("/dead-letters/unblock", UnblockAsync).Needs(Permissions.Operate)
        .WithSummary("Lets a deal go on that stands still; what failed stays as it is, what waited behind it follows").Accepts<UnblockBody>("application/json").Produces<BlockedView>(202).ProducesProblem(409);

    private static async Task<IResult> UnblockAsync(HttpContext context, IDbContextFactory<AutomationDbContext> contexts, InboxService inbox, IIdSource ids)
    {
        var body = await ApiJson.ReadAsync<UnblockBody>(context.Request, context.RequestAborted);
        if (string.IsNullOrEmpty(body.Deal)) throw new ProblemException(Problem.BadQuery("Name the deal."));
        var account = context.Account();
        var row = await DealMailbox.FindAsync(contexts, account, body.Connection, body.Deal, context.RequestAborted);
        if (MailboxState.FromJson(row.State).Blocked is not { Count: > 0 } causes) throw new ProblemException(new(409, "not_blocked", "This deal does not stand still."));
        await inbox.AcceptAsync(account, new(row.ConnectionId), null, [new()
        {
            Kind = InternalEvents.Unblock, EntityType = EntityTypes.Deal, EntityId = body.Deal, DedupKey = $"unblock|{ids.NewId():N}",
            Data = new JObject { ["by"] = context.Caller().Name },
        }], context.RequestAborted);
        return new JsonAnswer(new BlockedView(body.Deal, [.. causes.Select(cause => new BlockCause(cause.Kind, cause.Target, cause.Since))]), 202);
    }
}

/// <param name="Connection">Id or name; the account's only CRM when absent.</param>
public sealed record UnblockBody(string? Deal, string? Connection);

/// <param name="Causes">What it stood still for; they stay dead letters.</param>
public sealed record BlockedView(string Deal, IReadOnlyList<BlockCause> Causes);

/// <param name="Kind">event or run.</param>
public sealed record BlockCause(string Kind, string Id, DateTimeOffset Since);
