using Automation.Engine.Accounts;
using Automation.Engine.Api.Connections;
using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Funnels;
using Automation.Engine.Api.Json;
using Automation.Engine.Calendars;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Persistence;
using Automation.Engine.Ports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Api.Tools;

/// <param name="At">When a wait that begins now ends; absent where it cannot be counted.</param>
/// <param name="Error">Why not, in words.</param>
public sealed record TryWaitAnswer(DateTimeOffset? At, string? Error);

internal static class TryWaitEndpoint
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/try/wait", TryAsync).WithSummary("When a wait that begins now ends").Produces<TryWaitAnswer>();

    private static async Task<IResult> TryAsync(
        HttpContext context, IWorkCalendars calendars, IDbContextFactory<AutomationDbContext> contexts, AccountDirectory accounts, TimeProvider clock, string? duration, string? calendar, string? manager, string? connection, string? lang)
    {
        var english = await Languages.IsEnglishAsync(context, accounts, lang);
        try
        {
            var length = MomentText.Parse(duration ?? "");
            var crm = await CrmAsync(context, contexts, connection);
            var rule = new DueRule(clock.GetUtcNow(), length, Named(calendar), Named(manager));
            return new JsonAnswer(new TryWaitAnswer((await calendars.FindAsync(context.Account(), crm, rule, context.RequestAborted)).At, null));
        }
        catch (FormatException)
        {
            return new JsonAnswer(new TryWaitAnswer(null, english ? "This is no length of time." : "Это не отрезок времени."));
        }
        catch (CalendarInvalidException)
        {
            return new JsonAnswer(new TryWaitAnswer(null, english ? "There is no such working calendar." : "Такого рабочего календаря нет."));
        }
        catch (NoWorkingTimeException)
        {
            return new JsonAnswer(new TryWaitAnswer(null, english ? "There is no working time ahead." : "Впереди нет рабочего времени."));
        }
    }

    // Shifts belong to a CRM's users; without one only calendars count.
    private static async Task<ConnectionId> CrmAsync(HttpContext context, IDbContextFactory<AutomationDbContext> contexts, string? connection)
    {
        try
        {
            await using var db = await contexts.CreateDbContextAsync(context.RequestAborted);
            return new((await ConnectionFinder.FindAsync(db, context.Account(), Named(connection), context.RequestAborted)).Id);
        }
        catch (ProblemException) when (Named(connection) is null)
        {
            return default;
        }
    }

    private static string? Named(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
