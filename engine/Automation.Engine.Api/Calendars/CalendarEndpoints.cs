using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Json;
using Automation.Engine.Calendars;
using Automation.Engine.Hosting.Accounts;
using Automation.Engine.Hosting.Calendars;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Calendars;

internal static class CalendarEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/calendars", ListAsync).WithSummary("Working calendars: the account's own and the bundled ones").Produces<PageView<CalendarView>>();
        api.MapGet("/calendars/{name}", ReadAsync).WithSummary("A working calendar as a file").Produces<CalendarDetail>();
        api.MapPut("/calendars/{name}", SaveAsync).Needs(Permissions.Manage).WithSummary("Saves a working calendar; waiting deadlines that it counts move, and the answer lists them").Accepts<CalendarDocument>("application/json").Produces<SavedCalendar>().ProducesProblem(400);
        api.MapDelete("/calendars/{name}", RemoveAsync).Needs(Permissions.Manage).WithSummary("Takes an own working calendar away; a bundled one of its name holds again").Produces<SavedCalendar>().ProducesProblem(400);
    }

    private static async Task<IResult> ListAsync(HttpContext context, CalendarService calendars, CalendarWatch watch, AccountDirectory accounts, string? lang)
    {
        var english = await Funnels.Languages.IsEnglishAsync(context, accounts, lang);
        var warnings = (await watch.WarningsAsync(context.Account(), context.RequestAborted)).ToLookup(one => one.Calendar, StringComparer.Ordinal);
        var rows = await calendars.ListAsync(context.Account(), context.RequestAborted);
        return new JsonAnswer(new PageView<CalendarView>([.. rows.Select(row => new CalendarView(
            row.Name, row.Title, row.Own, row.TimeZone, row.Years, row.UpdatedAt, row.UpdatedBy, warnings[row.Name].FirstOrDefault() is { } missing ? CalendarWords.Missing(missing.Calendar, missing.Year, missing.DaysLeft, english) : null))], null));
    }

    private static async Task<IResult> ReadAsync(HttpContext context, string name, CalendarService calendars)
    {
        var document = await calendars.FindAsync(context.Account(), name, context.RequestAborted) ?? throw NotFound(name);
        var own = (await calendars.ListAsync(context.Account(), context.RequestAborted)).Any(row => row.Name == name && row.Own);
        return new JsonAnswer(new CalendarDetail(name, own, JObject.Parse(CalendarJson.Write(document))));
    }

    private static Task<IResult> SaveAsync(HttpContext context, string name, CalendarService calendars) => RefusedAsync(async () =>
    {
        var document = CalendarJson.Read(await ApiJson.ReadTextAsync(context.Request, 1024 * 1024, context.RequestAborted));
        return new JsonAnswer(SavedCalendar.Of(name, await calendars.SaveAsync(context.Account(), name, document, context.Caller().Name, context.RequestAborted)));
    });

    private static Task<IResult> RemoveAsync(HttpContext context, string name, CalendarService calendars) => RefusedAsync(async () =>
    {
        try
        {
            return new JsonAnswer(SavedCalendar.Of(name, await calendars.RemoveAsync(context.Account(), name, context.RequestAborted)));
        }
        catch (KeyNotFoundException)
        {
            throw NotFound(name);
        }
    });

    private static async Task<IResult> RefusedAsync(Func<Task<IResult>> change)
    {
        try
        {
            return await change();
        }
        catch (CalendarInvalidException e)
        {
            throw new ProblemException(new(400, CalendarInvalidException.Code, e.Problems is [{ Path: "" } only] ? only.Message : "The calendar has mistakes; nothing was saved.")
            {
                Errors = [.. e.Problems.Select(problem => new ProblemPlace(problem.Path, CalendarInvalidException.Code, problem.Message))],
            });
        }
    }

    private static ProblemException NotFound(string name) => ApiProblem.NotFound($"There is no calendar '{name}' that could be shown or removed here.");
}
