using System.Globalization;
using Automation.Simulators.AmoCrm;
using Automation.Simulators.Klientiks;
using Newtonsoft.Json.Linq;

namespace Automation.Sandbox;

/// <summary>The phone, the booking calendar, the hooks page and the reset button.</summary>
internal static class UiWorld
{
    public static void Map(WebApplication app, World world)
    {
        app.MapRead("/sms", _ => Messages(world));
        app.MapRead("/hooks", _ => Hooks(world));
        app.MapAct("/hooks", (_, body) => Subscribe(world, body));
        app.MapAct("/hooks/remove", (_, body) => Unsubscribe(world, body));
        app.MapRead("/calendar", context => Calendar(world.Klientiks, context.Request.Query["day"]));
        app.MapAct("/visits", (_, body) => AddVisit(world.Klientiks, body));
        app.MapAct("/visits/{id:long}", (context, body) => ChangeVisit(world.Klientiks, context.Id(), body));
        app.MapAct("/reset", (_, _) =>
        {
            world.Reset();
            return null;
        });
        app.MapGet(World.Root + "/recordings/{name}", () => Results.Bytes(Recording.Tone(), "audio/wav"));
    }

    private static JObject Messages(World world) => new()
    {
        ["balance"] = world.Smsc.Balance,
        ["messages"] = new JArray(world.Smsc.Ledger.Select(message => new JObject
        {
            ["number"] = message.Number,
            ["id"] = message.Id,
            ["phone"] = message.Phone,
            ["text"] = message.Text,
            ["sender"] = message.Sender,
            ["at"] = message.At.ToUnixTimeSeconds(),
            ["status"] = message.Status,
            ["name"] = Owner(world.Amo, message.Phone),
        })),
    };

    private static string? Owner(AmoCrmSimulator amo, string digits) => amo.Contacts.FirstOrDefault(contact =>
        contact.Fields.Values.SelectMany(values => values)
            .Any(value => new string([.. value.Value.ToString().Where(char.IsAsciiDigit)]) == digits))?.Name;

    private static JObject Hooks(World world) => new()
    {
        ["subscriptions"] = new JArray(world.Amo.Webhooks.Select(hook => new JObject
        {
            ["system"] = "amo",
            ["destination"] = hook.Destination,
            ["events"] = string.Join(", ", hook.Settings),
            ["disabled"] = hook.Disabled,
        }).Concat(world.Klientiks.Hooks.Targets.Select(target => new JObject
        {
            ["system"] = "klientiks",
            ["destination"] = target.ToString(),
            ["events"] = "visit, client",
            ["disabled"] = false,
        })).Concat(world.Smsc.ReportUrl is { } reports
            ? [new JObject { ["system"] = "smsc", ["destination"] = reports.ToString(), ["events"] = "delivery reports", ["disabled"] = false }]
            : Array.Empty<JObject>())),
        ["deliveries"] = new JArray(world.Amo.Hooks.Deliveries.TakeLast(200).Select(delivery => new JObject
        {
            ["number"] = delivery.Number,
            ["at"] = delivery.At.ToUnixTimeSeconds(),
            ["destination"] = delivery.Destination,
            ["event"] = delivery.Event,
            ["body"] = delivery.Decoded,
            ["attempt"] = delivery.Attempt,
            ["status"] = delivery.Status,
            ["answer"] = delivery.Answer,
            ["system"] = "amo",
        }).Concat(world.Klientiks.Hooks.Deliveries.TakeLast(50).Select(delivery => new JObject
        {
            ["number"] = delivery.Number,
            ["at"] = delivery.At.ToUnixTimeSeconds(),
            ["destination"] = delivery.Destination,
            ["event"] = delivery.Event,
            ["body"] = $"{delivery.Method} {delivery.Destination}",
            ["attempt"] = 1,
            ["status"] = delivery.Status,
            ["answer"] = "",
            ["system"] = "klientiks",
        })).OrderByDescending(item => (long)item["at"]!).ThenByDescending(item => (long)item["number"]!)),
        ["calls"] = new JArray(world.Amo.Calls.All.TakeLast(100).Reverse().Select(call => new JObject
        {
            ["at"] = call.At.ToUnixTimeSeconds(),
            ["method"] = call.Method,
            ["path"] = call.Path,
            ["status"] = call.Status,
        })),
    };

    private static JToken? Subscribe(World world, JObject body)
    {
        var address = new Uri(UiDeals.Required(body, "destination"), UriKind.Absolute);
        if ((string?)body["system"] == "klientiks")
            world.Klientiks.Hooks.AddTarget(address);
        else if ((string?)body["system"] == "smsc")
            world.Smsc.ReportUrl = address;
        else
            world.Amo.Subscribe(address.ToString());
        world.Feed.Tell();
        return null;
    }

    private static JToken? Unsubscribe(World world, JObject body)
    {
        var address = UiDeals.Required(body, "destination");
        if ((string?)body["system"] == "klientiks")
            world.Klientiks.Hooks.RemoveTarget(new Uri(address));
        else if ((string?)body["system"] == "smsc")
            world.Smsc.ReportUrl = null;
        else
            world.Amo.Unsubscribe(address);
        world.Feed.Tell();
        return null;
    }

    private static JObject Calendar(KlientiksSimulator system, string? asked)
    {
        var day = DateOnly.TryParse(asked, CultureInfo.InvariantCulture, out var given) ? given : system.Today;
        var clients = system.Clients.ToDictionary(client => client.Id);
        var services = system.Services.ToDictionary(service => service.Id);
        return new JObject
        {
            ["day"] = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            ["from"] = system.Options.WorkingHours.From,
            ["to"] = system.Options.WorkingHours.To,
            ["executors"] = new JArray(system.Executors.Select(item => new JObject { ["id"] = item.Id, ["name"] = item.Name, ["position"] = item.Position })),
            ["services"] = new JArray(system.Services.Select(item => new JObject { ["id"] = item.Id, ["name"] = item.Name, ["minutes"] = item.Minutes })),
            ["clients"] = new JArray(system.Clients.Select(item => new JObject { ["id"] = item.Id, ["name"] = item.Name, ["phone"] = item.Phone })),
            ["states"] = new JArray(KlientiksStates.All),
            ["visits"] = new JArray(system.Visits.Where(visit => DateOnly.FromDateTime(visit.Start) == day).Select(visit => new JObject
            {
                ["id"] = visit.Id,
                ["executor_id"] = visit.ExecutorId,
                ["status"] = visit.Status,
                ["start"] = visit.Start.ToString("HH:mm", CultureInfo.InvariantCulture),
                ["minute"] = (int)visit.Start.TimeOfDay.TotalMinutes,
                ["length"] = (int)(visit.Finish - visit.Start).TotalMinutes,
                ["client"] = clients.GetValueOrDefault(visit.ClientId)?.Name,
                ["phone"] = clients.GetValueOrDefault(visit.ClientId)?.Phone,
                ["service"] = string.Join(", ", visit.ServiceIds.Select(id => services.GetValueOrDefault(id)?.Name)),
            })),
        };
    }

    private static JObject AddVisit(KlientiksSimulator system, JObject body)
    {
        var phone = new string([.. UiDeals.Required(body, "phone").Where(char.IsAsciiDigit)]);
        var service = system.Services.First(item => item.Id == (long)body["service_id"]!);
        var start = Start(body);
        var client = system.FindClient(phone) ?? system.AddClient(new KlientiksClient(0, UiDeals.Required(body, "name"), "", phone));
        var visit = system.AddVisit(new KlientiksVisit(0, 0, client.Id, (long)body["executor_id"]!, start, start.AddMinutes(service.Minutes), KlientiksStates.Scheduled)
        {
            ServiceIds = [service.Id],
        });
        return new JObject { ["id"] = visit.Id };
    }

    private static JObject ChangeVisit(KlientiksSimulator system, long id, JObject body) => new()
    {
        ["id"] = system.ChangeVisit(id, visit =>
        {
            var start = body["time"] is null ? visit.Start : Start(body);
            return visit with
            {
                Status = (string?)body["status"] ?? visit.Status,
                ExecutorId = (long?)body["executor_id"] ?? visit.ExecutorId,
                Start = start,
                Finish = start + (visit.Finish - visit.Start),
            };
        }).Id,
    };

    private static DateTime Start(JObject body) => DateTime.ParseExact(
        $"{UiDeals.Required(body, "day")} {UiDeals.Required(body, "time")}", "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
