using System.Globalization;
using Newtonsoft.Json.Linq;

namespace Automation.Simulators.Klientiks;

internal static class KlientiksJson
{
    public static JObject Client(KlientiksClient client) => new()
    {
        ["id"] = client.Id,
        ["account_id"] = 1203,
        ["name"] = client.Name,
        ["first_name"] = client.FirstName,
        ["patron_name"] = client.PatronName,
        ["second_name"] = client.SecondName,
        ["phone"] = client.Phone,
        ["email"] = client.Email,
        ["country_code"] = "RU",
        ["birth_date"] = client.BirthDate,
        ["number"] = client.Id.ToString(CultureInfo.InvariantCulture),
        ["external_id"] = null,
        ["blocked"] = false,
        ["deleted"] = false,
        ["created"] = Precise(client.Created),
        ["modified"] = Precise(client.Modified),
    };

    public static JObject Executor(KlientiksExecutor executor) => new()
    {
        ["id"] = executor.Id,
        ["name"] = executor.Name,
        ["position"] = executor.Position,
        ["account_id"] = 1203,
    };

    public static JObject Service(KlientiksService service) => new()
    {
        ["id"] = service.Id,
        ["name"] = service.Name,
        ["price"] = Money(service.Price),
        ["duration"] = service.Minutes,
        ["account_id"] = 1203,
    };

    public static JObject Visit(KlientiksSimulator system, KlientiksVisit visit, bool isFull)
    {
        var executor = system.Executors.FirstOrDefault(candidate => candidate.Id == visit.ExecutorId);
        var json = new JObject { ["id"] = visit.Id, ["account_id"] = 1203 };
        if (isFull)
            json["appointment_client_links"] = new JArray(Link(system, visit));  // a full visit names its clients only here
        else
            json["client_id"] = visit.ClientId;
        json["executor_id"] = visit.ExecutorId;
        json["start_datetime"] = Plain(visit.Start);
        json["finish_datetime"] = Plain(visit.Finish);
        json["status"] = State(system, visit);
        json["paid"] = false;
        json["urgent"] = false;
        json["is_sale"] = visit.IsSale;
        json["appointed_services"] = new JArray(visit.ServiceIds.Select(id =>
        {
            var service = system.Services.FirstOrDefault(candidate => candidate.Id == id);
            return new JObject
            {
                ["id"] = visit.Id * 10 + id % 10,
                ["service_id"] = id,
                ["name"] = service?.Name,
                ["type"] = "service",
                ["price"] = Money(service?.Price ?? 0),
                ["appointed_services_executions"] = new JArray(new JObject { ["id"] = visit.ExecutorId, ["name"] = executor?.Name }),
            };
        }));
        json["created"] = Precise(visit.Created);
        json["modified"] = Precise(visit.Modified);
        return json;
    }

    public static JObject Link(KlientiksSimulator system, KlientiksVisit visit) => new()
    {
        ["id"] = visit.LinkId,
        ["appointment_id"] = visit.Id,
        ["client_id"] = visit.ClientId,
        ["status"] = State(system, visit),
        ["is_sale"] = visit.IsSale,
        ["modified"] = Precise(visit.Modified),
    };

    /// <summary>A row of the list of links: the link with its visit joined in.</summary>
    public static JObject Row(KlientiksSimulator system, KlientiksVisit visit)
    {
        var row = Link(system, visit);
        row["appointment"] = Visit(system, visit, isFull: false);
        return row;
    }

    public static string Plain(DateTime time) => time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Precise(DateTime time) => time.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture);

    private static string State(KlientiksSimulator system, KlientiksVisit visit) => system.Switches.UnknownState ?? visit.Status;

    private static string Money(decimal value) => value.ToString("0.00", CultureInfo.InvariantCulture);
}
