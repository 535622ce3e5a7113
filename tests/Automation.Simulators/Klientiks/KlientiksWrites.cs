using System.Globalization;
using Newtonsoft.Json.Linq;

namespace Automation.Simulators.Klientiks;

/// <summary>Adds and edits. An add takes day and time apart, an edit takes them together.</summary>
internal static class KlientiksWrites
{
    public static Answer AddClient(KlientiksSimulator system, KlientiksCall call)
    {
        foreach (var needed in new[] { "phone", "first_name" })
            if (string.IsNullOrEmpty(call[needed]))
                return Refused(needed, "is required");
        var phone = Digits(call["phone"]!);
        if (system.FindClient(phone) is not null)
            return Refused("phone", "client exists");
        return Stored(system, KlientiksJson.Client(system.AddClient(new KlientiksClient(0, call["first_name"]!, call["second_name"] ?? "", phone)
        {
            PatronName = call["patron_name"] ?? "",
            Email = call["email"] ?? "",
            BirthDate = call["birth_date"] ?? "",
        })));
    }

    public static Answer EditClient(KlientiksSimulator system, KlientiksCall call)
    {
        if (system.Clients.All(client => client.Id != call.Number("id")))
            return Refused("id", "not found");
        system.ChangeClient(call.Number("id")!.Value, client => client with
        {
            FirstName = call["first_name"] ?? client.FirstName,
            SecondName = call["second_name"] ?? client.SecondName,
            PatronName = call["patron_name"] ?? client.PatronName,
            Email = call["email"] ?? client.Email,
            BirthDate = call["birth_date"] ?? client.BirthDate,
            Phone = call["phone"] is { } phone ? Digits(phone) : client.Phone,
        });
        return Stored(system, null);
    }

    public static Answer AddVisit(KlientiksSimulator system, KlientiksCall call)
    {
        foreach (var needed in new[] { "client_id", "executor_id", "status", "start_datetime", "start_time", "finish_datetime", "finish_time" })
            if (string.IsNullOrEmpty(call[needed]))
                return Refused(needed, "is required");
        foreach (var day in new[] { "start_datetime", "finish_datetime" })
            if (!DateOnly.TryParseExact(call[day], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
                return Refused(day, "must be a day, yyyy-MM-dd");
        if (Moment(call, "start") is not { } start || Moment(call, "finish") is not { } finish || finish <= start)
            return Refused("start_time", "is not a time");
        if (Unknown(system, call) is { } refused)
            return refused;
        return Book(system, new KlientiksVisit(0, 0, call.Number("client_id")!.Value, call.Number("executor_id")!.Value, start, finish, call["status"]!)
        {
            ServiceIds = call.Numbers("appointed_services"),
        });
    }

    public static Answer ApiAdd(KlientiksSimulator system, KlientiksCall call)
    {
        foreach (var needed in new[] { "executor_id", "service_id", "start_datetime", "first_name", "phone" })
            if (string.IsNullOrEmpty(call[needed]))
                return Refused(needed, "is required");
        if (FullTime(call, "start_datetime") is not { } start)
            return Refused("start_datetime", "must be yyyy-MM-dd HH:mm:ss");
        var services = call.Numbers("service_id");
        var minutes = system.Services.Where(service => services.Contains(service.Id)).Sum(service => service.Minutes);
        if (minutes == 0)
            return Refused("service_id", "not found");
        var phone = Digits(call["phone"]!);
        var client = system.FindClient(phone) ?? system.AddClient(new KlientiksClient(0, call["first_name"]!, "", phone));
        return Book(system, new KlientiksVisit(0, 0, client.Id, call.Number("executor_id")!.Value, start, start.AddMinutes(minutes), KlientiksStates.Scheduled)
        {
            ServiceIds = services,
        });
    }

    public static Answer EditVisit(KlientiksSimulator system, KlientiksCall call)
    {
        if (system.Visits.All(visit => visit.Id != call.Number("id")))
            return Refused("id", "not found");
        foreach (var time in new[] { "start_datetime", "finish_datetime" })
            if (call[time] is not null && FullTime(call, time) is null)
                return Refused(time, "must be yyyy-MM-dd HH:mm:ss");
        if (Unknown(system, call) is { } refused)
            return refused;
        try
        {
            system.ChangeVisit(call.Number("id")!.Value, visit => visit with
            {
                ClientId = call.Number("client_id") ?? visit.ClientId,
                ExecutorId = call.Number("executor_id") ?? visit.ExecutorId,
                Status = call["status"] ?? visit.Status,
                Start = FullTime(call, "start_datetime") ?? visit.Start,
                Finish = FullTime(call, "finish_datetime") ?? visit.Finish,
            });
            return Stored(system, null);
        }
        catch (InvalidOperationException taken)
        {
            return Refused("start_datetime", taken.Message);
        }
    }

    private static Answer? Unknown(KlientiksSimulator system, KlientiksCall call) =>
        call.Number("client_id") is { } client && system.Clients.All(known => known.Id != client) ? Refused("client_id", "not found")
        : call.Number("executor_id") is { } executor && system.Executors.All(known => known.Id != executor) ? Refused("executor_id", "not found")
        : call["status"] is { } state && !KlientiksStates.All.Contains(state) ? Refused("status", "unknown status")
        : null;

    private static Answer Book(KlientiksSimulator system, KlientiksVisit visit)
    {
        try
        {
            var added = system.AddVisit(visit);
            return Stored(system, KlientiksJson.Visit(system, added, isFull: false));
        }
        catch (InvalidOperationException taken)
        {
            return Refused("start_datetime", taken.Message);
        }
    }

    private static DateTime? Moment(KlientiksCall call, string which) =>
        DateTime.TryParseExact($"{call[which + "_datetime"]} {call[which + "_time"]}", ["yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm"],
            CultureInfo.InvariantCulture, DateTimeStyles.None, out var value) ? value : null;

    private static DateTime? FullTime(KlientiksCall call, string name) =>
        DateTime.TryParseExact(call[name], "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var value) ? value : null;

    private static string Digits(string phone) => new([.. phone.Where(char.IsAsciiDigit)]);

    private static Answer Stored(KlientiksSimulator system, JObject? record)
    {
        var answer = new JObject
        {
            ["status"] = system.Switches.StatusAsBoolean ? true : "ok",
            ["messages"] = new JArray(),
            ["errors"] = system.Switches.EmptyErrorsAsArray ? new JArray() : new JObject(),
        };
        if (record is not null)
            answer["object"] = record;
        return Answer.Json(answer);
    }

    private static Answer Refused(string field, string text) => Answer.Json(new JObject
    {
        ["status"] = false,
        ["messages"] = new JArray(),
        ["errors"] = new JObject { [field] = new JArray(text) },
    });
}
