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

/// <summary>Triggers that the loop guard has stopped for a deal.</summary>
internal static class GuardEndpoints
{
    public static void Map(IEndpointRouteBuilder api) => api.MapPost("/guards/lift", LiftAsync).Needs(Permissions.Operate)
        .WithSummary("Lets a trigger go on that the loop guard has stopped for a deal").Accepts<LiftBody>("application/json").Produces<StoppedView>(202).ProducesProblem(409);

    private static async Task<IResult> LiftAsync(HttpContext context, IDbContextFactory<AutomationDbContext> contexts, InboxService inbox, IIdSource ids)
    {
        var body = await ApiJson.ReadAsync<LiftBody>(context.Request, context.RequestAborted);
        if (string.IsNullOrEmpty(body.Deal) || string.IsNullOrEmpty(body.Trigger)) throw new ProblemException(Problem.BadQuery("Name the deal and the trigger."));
        var account = context.Account();
        var row = await DealMailbox.FindAsync(contexts, account, body.Connection, body.Deal, context.RequestAborted);
        if (MailboxState.FromJson(row.State).Fired.GetValueOrDefault(body.Trigger) is not { Stopped: { } since } stopped)
            throw new ProblemException(new(409, "not_stopped", "The guard has not stopped this trigger for this deal."));
        await inbox.AcceptAsync(account, new(row.ConnectionId), null, [new()
        {
            Kind = InternalEvents.Lift, EntityType = EntityTypes.Deal, EntityId = body.Deal, DedupKey = $"lift|{ids.NewId():N}",
            Data = new JObject { ["trigger"] = body.Trigger, ["by"] = context.Caller().Name },
        }], context.RequestAborted);
        return new JsonAnswer(new StoppedView(body.Deal, body.Trigger, since, stopped.Cycle), 202);
    }
}

/// <param name="Connection">Id or name; the account's only CRM when absent.</param>
public sealed record LiftBody(string? Deal, string? Trigger, string? Connection);

/// <param name="Cycle">The circle that it ran in; absent when the events came from outside.</param>
public sealed record StoppedView(string Deal, string Trigger, DateTimeOffset Since, string? Cycle);
