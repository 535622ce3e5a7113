using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Newtonsoft.Json.Linq;

namespace Automation.Simulators.Klientiks;

/// <summary>The URL scheme: <c>/clientix/Restapi/{action}/a/{A}/u/{U}/t/{T}/m/{Model}/key/value/...</c>.</summary>
internal sealed class KlientiksApi(KlientiksSimulator system)
{
    private const int DefaultLimit = 50;

    public static void Map(IEndpointRouteBuilder routes, KlientiksSimulator system)
    {
        var api = new KlientiksApi(system);
        string[] both = ["GET", "POST"];
        routes.MapMethods(system.Options.Prefix + "/clientix/Restapi/{action}/a/{a}/u/{u}/t/{t}/{**rest}", both, api.ServeAsync);
    }

    private async Task ServeAsync(HttpContext context)
    {
        system.Calls.Arrived();
        var call = await KlientiksCall.ReadAsync(context);
        var answer = Decide(call);
        system.Calls.Add(context.Request.Method, $"{call.Action}/{call.Model}", answer.Status);  // never the token
        var delay = system.Faults.TakeDelay();
        if (delay > TimeSpan.Zero)
            await Task.Delay(delay, system.Options.Clock, context.RequestAborted);
        if (answer.Status < 400 && system.Faults.TakeLostAnswer(call.IsPost))
        {
            context.Abort();
            return;
        }
        if (answer.Status is 429 or 503)
            context.Response.Headers.RetryAfter = "5";
        await answer.WriteAsync(context);
    }

    private Answer Decide(KlientiksCall call)
    {
        if (system.Faults.TakeRefusal() is { } status)
            return new Answer(status, "<html><body>Too many requests</body></html>", "text/html");
        if (system.Switches.HtmlPage)
            return new Answer(200, "<html><body>Технические работы</body></html>", "text/html");
        var options = system.Options;
        if ((call.Account, call.User, call.Token) != (options.AccountId, options.UserId, options.Token))
            return Answer.Json(new JObject { ["error"] = "Access denied" }, 403);
        lock (system.Gate)
            return (call.IsPost, call.Action.ToLowerInvariant(), call.Model.ToLowerInvariant()) switch
            {
                (false, "list", "clients") => List(call, system.Clients.Where(client => ChangedSince(call, client.Modified)).Select(KlientiksJson.Client)),
                (false, "list", "getclientbyphone") => ClientByPhone(call),
                (false, "list", "users") => List(call, system.Executors.Select(KlientiksJson.Executor)),
                (false, "list", "services") => List(call, system.Services.Select(KlientiksJson.Service)),
                (false, "list", "availabletimes") => FreeTimes(call),
                (false, "list", "appointments") => List(call, system.Visits
                    .Where(visit => call["date"] is not { } day || DateOnly.FromDateTime(visit.Start) == DateOnly.Parse(day, CultureInfo.InvariantCulture))
                    .Select(visit => KlientiksJson.Visit(system, visit, isFull: false))),
                (false, "list", "appointmentclientlinks") => List(call, system.Visits
                    .Where(visit => call.Number("date") is not { } since || visit.Modified >= system.FromUnix(since))
                    .OrderBy(visit => visit.Modified)
                    .Select(visit => KlientiksJson.Row(system, visit))),
                (false, "getacl", _) => List(call, system.Visits
                    .Where(visit => (call.Number("clientId") ?? visit.ClientId) == visit.ClientId && (call["status"] ?? visit.Status) == visit.Status)
                    .Select(visit => KlientiksJson.Row(system, visit))),
                (false, "getappointment", _) => OneVisit(call),
                (true, "add", "clients") => KlientiksWrites.AddClient(system, call),
                (true, "edit", "clients") => KlientiksWrites.EditClient(system, call),
                (true, "add", "appointments") => call.Has("apiAdd") ? KlientiksWrites.ApiAdd(system, call) : KlientiksWrites.AddVisit(system, call),
                (true, "edit", "appointments") => KlientiksWrites.EditVisit(system, call),
                _ => Answer.Json(new JObject { ["error"] = "Unknown method" }),
            };
    }

    private static bool ChangedSince(KlientiksCall call, DateTime modified) =>
        call["date"] is not { } day || modified.Date >= DateTime.Parse(day, CultureInfo.InvariantCulture);

    private Answer List(KlientiksCall call, IEnumerable<JObject> all)
    {
        var offset = (int)(call.Number("offset") ?? 0);
        var limit = (int)Math.Clamp(call.Number("limit") ?? DefaultLimit, 1, 1_000);
        var items = new JArray(all.Skip(offset).Take(limit));
        JToken shown = items.Count == 0 && system.Switches.EmptyItemsAsText ? "No data"
            : items.Count == 1 && system.Switches.SingleItemAsObject ? items[0]
            : items;
        return Answer.Json(new JObject
        {
            ["offset"] = system.Switches.OffsetAsAsked ? offset : offset + limit,
            ["limit"] = limit,
            ["count"] = items.Count,
            ["items"] = shown,
        });
    }

    private Answer ClientByPhone(KlientiksCall call) => system.FindClient(call["phone"] ?? "") is { } client
        ? Answer.Json(new JObject { ["offset"] = DefaultLimit, ["limit"] = DefaultLimit, ["count"] = 1, ["items"] = KlientiksJson.Client(client) })
        : List(call, []);

    private Answer FreeTimes(KlientiksCall call)
    {
        var wanted = call.Numbers("service_id");
        var minutes = system.Services.FirstOrDefault(candidate => wanted.Contains(candidate.Id))?.Minutes ?? 60;
        var from = DateOnly.Parse(call["start_day"] ?? KlientiksJson.Plain(system.Now)[..10], CultureInfo.InvariantCulture);
        var to = DateOnly.Parse(call["finish_day"] ?? from.ToString("O", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        var executor = call.Number("executor_id");
        var free = system.Executors.Where(candidate => executor is null || candidate.Id == executor)
            .SelectMany(candidate => system.FreeTimes(candidate.Id, minutes, from, to)
                .Select(start => new JObject { ["executor_id"] = candidate.Id, ["start_datetime"] = KlientiksJson.Plain(start) }));
        call.Default("limit", "1000");
        return List(call, free);
    }

    private Answer OneVisit(KlientiksCall call) =>
        system.Visits.FirstOrDefault(visit => visit.Id == call.Number("id")) is { } visit
            ? Answer.Json(KlientiksJson.Visit(system, visit, isFull: true))
            : List(call, []);
}
