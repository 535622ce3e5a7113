using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Automation.Connectors.Http;
using Automation.Engine.Effects;
using Automation.Engine.Events;
using Automation.Engine.Mailboxes;
using Automation.Engine.Ports;
using Newtonsoft.Json.Linq;

namespace Automation.Connectors.Klientiks;

/// <summary>One Klientiks account: bookings, and what changed in them.</summary>
public sealed class Klientiks : IBookingSystem, IChangeFeed
{
    /// <summary>In <see cref="CrmEvent.EntityId"/> of a hint that names no visit: look for changes now.</summary>
    public const string PollNow = "poll";

    private const int MaxPages = 200;
    private const int DefaultMinutes = 60;

    // Changes are stored with their own time, which may lag; versions seen before are dropped by their key.
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Rounding = TimeSpan.FromMinutes(15);

    private readonly Connection connection;
    private readonly KlientiksApi api;
    private readonly KlientiksWire wire;
    private readonly ClientBook clients;
    private readonly TimeProvider clock;

    internal Klientiks(Connection connection, KlientiksApi api, KlientiksWire wire, ClientBook clients, TimeProvider clock) =>
        (this.connection, this.api, this.wire, this.clients, this.clock) = (connection, api, wire, clients, clock);

    public TimeSpan Interval => TimeSpan.FromSeconds(Math.Clamp((int?)connection.Settings["pollSeconds"] ?? 60, 60, 900));

    public async Task<Visit?> ReadVisitAsync(string visitId, CancellationToken cancellationToken)
    {
        var answer = await api.GetAsync("getAppointment", $"id/{Uri.EscapeDataString(visitId)}", cancellationToken);
        var record = answer.ContainsKey("id") ? answer : KlientiksWire.Items(answer["items"] ?? answer["object"]).FirstOrDefault();
        return record is null ? null : await VisitAsync(record, cancellationToken);
    }

    public Task<IReadOnlyList<NamedItem>> ReadExecutorsAsync(CancellationToken cancellationToken) => NamedAsync("m/Users/", cancellationToken);

    public Task<IReadOnlyList<NamedItem>> ReadServicesAsync(CancellationToken cancellationToken) => NamedAsync("m/Services/", cancellationToken);

    public async Task<EffectResult> ExecuteAsync(BookingCommand command, string effectKey, CancellationToken cancellationToken)
    {
        try
        {
            return command.VisitId is null ? await BookAsync(command, cancellationToken) : await ChangeAsync(command, command.VisitId, cancellationToken);
        }
        catch (RemoteCallException failure)
        {
            return failure.MayPass ? new Retry(null, failure.Message) : new Rejected(failure.Code, failure.Message);
        }
    }

    public async Task<EffectResult> FindAsync(BookingCommand command, string effectKey, DateTimeOffset since, CancellationToken cancellationToken)
    {
        // A change sets values: doing it again changes nothing more.
        if (command.VisitId is not null || command.ClientPhone is null) return new Retry(null, "A change may be sent again.");
        try
        {
            if (await ClientIdAsync(command.ClientPhone, cancellationToken) is not { } client) return Absent;
            foreach (var row in await api.ListAsync("getACL", $"clientId/{client}/", MaxPages, cancellationToken))
            {
                if (await VisitOfRowAsync(row, cancellationToken) is not { } visit) continue;
                var sameTime = (visit.Start - command.Start.GetValueOrDefault()).Duration() < Rounding;
                if (visit.ExecutorId == command.ExecutorId && sameTime && visit.State != VisitState.Cancelled) return Done(visit);
            }
            return Absent;
        }
        catch (RemoteCallException failure)
        {
            return new ResultUnknown(failure.Message);
        }
    }

    public async Task<ChangePage> ReadAsync(string? cursor, CancellationToken cancellationToken)
    {
        var from = DateTimeOffset.TryParse(cursor, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var stored) ? stored : clock.GetUtcNow();
        var (events, latest) = (new List<CrmEvent>(), from);
        foreach (var row in await api.ListAsync("list", KlientiksWire.ChangedSince(from - Overlap), MaxPages, cancellationToken))
        {
            if (await VisitOfRowAsync(row, cancellationToken) is not { } visit) continue;
            events.Add(Told(visit, row));
            if (visit.Modified > latest) latest = visit.Modified.Value;
        }
        return new ChangePage(events, latest.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
    }

    public async Task<IReadOnlyList<CrmEvent>> ReadHintAsync(CrmEvent hint, CancellationToken cancellationToken)
    {
        if (hint.EntityId == PollNow) return (await ReadAsync(null, cancellationToken)).Events;
        return await ReadVisitAsync(hint.EntityId, cancellationToken) is { } visit ? [Told(visit, null)] : [];
    }

    private static Retry Absent => new(null, "Klientiks has no such visit.");

    private async Task<EffectResult> BookAsync(BookingCommand command, CancellationToken cancellationToken)
    {
        if (command is not { ClientPhone: { Length: > 0 } phone, ExecutorId: { Length: > 0 } executor, Start: { } start })
            return new Rejected("booking_incomplete", "A booking needs the client's phone, the executor and the start.");
        var finish = start.AddMinutes(command.Minutes ?? await MinutesAsync(command.ServiceIds, cancellationToken));
        var client = await ClientIdAsync(phone, cancellationToken);
        if (client is null)
        {
            // Found by phone at the next try, so this may be repeated.
            var name = string.IsNullOrWhiteSpace(command.ClientName) ? phone : command.ClientName;
            var (made, lost) = await api.PostAsync("add", "m/Clients/", [("first_name", name), ("phone", KlientiksWire.Digits(phone))], repeatable: true, cancellationToken);
            if (lost is not null) return lost;
            if (Refusal(made!) is { } refusal) return refusal;
            client = KlientiksWire.Text(made!["object"]?["id"]) ?? await ClientIdAsync(phone, cancellationToken);
            if (client is null) return new Retry(null, "Klientiks made the client but does not find it yet.");
        }
        var (answer, failure) = await api.PostAsync("add", "m/Appointments/",
        [
            ("client_id", client), ("executor_id", executor), ("status", wire.Code(command.State ?? VisitState.Booked, finish <= clock.GetUtcNow()) ?? "scheduled"),
            ("start_datetime", wire.Day(start)), ("start_time", wire.Time(start)), ("finish_datetime", wire.Day(finish)), ("finish_time", wire.Time(finish)),
            ("appointed_services", $"[{string.Join(',', command.ServiceIds ?? [])}]"),
        ], repeatable: false, cancellationToken);
        if (failure is not null) return failure;
        if (Refusal(answer!) is { } refused) return refused;
        return KlientiksWire.Text(answer!["object"]?["id"]) is { } id
            ? await StoredAsync(id, client, start, finish, cancellationToken) : new ResultUnknown("Klientiks' answer names no visit.");
    }

    private async Task<EffectResult> ChangeAsync(BookingCommand command, string id, CancellationToken cancellationToken)
    {
        var known = await ReadVisitAsync(id, cancellationToken);
        if (known is null) return new Rejected("visit_not_found", $"Klientiks has no visit {id}.");
        var start = command.Start ?? known.Start;
        var finish = command.Minutes is { } minutes ? start.AddMinutes(minutes) : start + (known.Finish - known.Start);
        var form = new List<(string, string)> { ("id", id) };
        if (command.Start is not null || command.Minutes is not null) form.AddRange([("start_datetime", wire.FullTime(start)), ("finish_datetime", wire.FullTime(finish))]);
        if (command.ExecutorId is { Length: > 0 } executor) form.Add(("executor_id", executor));
        if (command.ServiceIds is { Count: > 0 } services) form.Add(("appointed_services", $"[{string.Join(',', services)}]"));
        if (command.State is { } state)
        {
            if (wire.Code(state, finish <= clock.GetUtcNow()) is not { } code) return new Rejected("booking_state_unknown", $"Klientiks has no state for '{state}'.");
            form.Add(("status", code));
        }
        if (form.Count == 1) return Done(known);
        var (answer, failure) = await api.PostAsync("edit", "m/Appointments/", form, repeatable: true, cancellationToken);
        return failure ?? Refusal(answer!) ?? await StoredAsync(id, known.ClientId, start, finish, cancellationToken);
    }

    /// <summary>What the system made of it: it may have moved the times. A failed read does not undo the write.</summary>
    private async Task<EffectResult> StoredAsync(string id, string? client, DateTimeOffset start, DateTimeOffset finish, CancellationToken cancellationToken)
    {
        try
        {
            if (await ReadVisitAsync(id, cancellationToken) is { } visit) return Done(visit);
        }
        catch (RemoteCallException)
        {
        }
        return Done(id, client, start, finish);
    }

    private static Delivered Done(Visit visit) => Done(visit.Id, visit.ClientId, visit.Start, visit.Finish);

    private static Delivered Done(string id, string? client, DateTimeOffset start, DateTimeOffset finish) =>
        new(new JObject { ["visitId"] = id, ["clientId"] = client, ["start"] = Iso(start), ["finish"] = Iso(finish) });

    private static Rejected? Refusal(JObject answer)
    {
        var (ok, errors) = KlientiksWire.Written(answer);
        if (ok) return null;
        var text = string.Join("; ", errors.Select(error => error.Field.Length > 0 ? $"{error.Field}: {error.Text}" : error.Text));
        return new Rejected(errors.Exists(error => KlientiksWire.IsSlot(error.Field)) ? "slot_taken" : "booking_refused", text.Length > 0 ? text : "Klientiks refused it without a reason.");
    }

    private async Task<string?> ClientIdAsync(string phone, CancellationToken cancellationToken)
    {
        var answer = await api.GetAsync("list", $"m/getClientByPhone/phone/{KlientiksWire.Digits(phone)}", cancellationToken);
        return KlientiksWire.Items(answer["items"]).Select(client => KlientiksWire.Text(client["id"])).FirstOrDefault(id => id is not null);
    }

    private async Task<int> MinutesAsync(IReadOnlyList<string>? services, CancellationToken cancellationToken)
    {
        var standard = (int?)connection.Settings["defaultMinutes"] ?? DefaultMinutes;
        if (services is not { Count: > 0 }) return standard;
        var all = await api.ListAsync("list", "m/Services/", MaxPages, cancellationToken);
        var minutes = all.Where(service => services.Contains(KlientiksWire.Text(service["id"]) ?? "")).Sum(service => KlientiksWire.MinutesOf(service) ?? 0);
        return minutes > 0 ? minutes : standard;
    }

    private async Task<IReadOnlyList<NamedItem>> NamedAsync(string path, CancellationToken cancellationToken) =>
        [.. (await api.ListAsync("list", path, MaxPages, cancellationToken)).Select(item => new NamedItem(KlientiksWire.Text(item["id"]) ?? "", KlientiksWire.Text(item["name"]) ?? ""))];

    /// <summary>A row is a client's part in a visit, with the visit joined in or only named. Sales are no visits.</summary>
    private async Task<Visit?> VisitOfRowAsync(JObject row, CancellationToken cancellationToken)
    {
        if (KlientiksWire.Text(row["is_sale"]) == "1") return null;
        if (row["appointment"] is JObject joined && KlientiksWire.Text(joined["is_sale"]) == "1") return null;
        if (row["appointment"] is JObject visit && visit["start_datetime"] is not null) return await VisitAsync(visit, cancellationToken, row);
        if (row["start_datetime"] is not null && row["appointment_id"] is null) return await VisitAsync(row, cancellationToken);
        return KlientiksWire.Text(row["appointment_id"]) is { } id ? await ReadVisitAsync(id, cancellationToken) : null;
    }

    private async Task<Visit?> VisitAsync(JObject record, CancellationToken cancellationToken, JObject? link = null)
    {
        link ??= KlientiksWire.Items(record["appointment_client_links"]).FirstOrDefault();
        if (KlientiksWire.Text(record["id"]) is not { } id || wire.Moment(record["start_datetime"]) is not { } start) return null;
        var services = KlientiksWire.Items(record["appointed_services"]);
        var executor = KlientiksWire.Text(record["executor_id"])
            ?? KlientiksWire.Text(services.SelectMany(service => KlientiksWire.Items(service["appointed_services_executions"])).FirstOrDefault()?["id"]);
        var client = KlientiksWire.Text(record["client_id"]) ?? KlientiksWire.Text(link?["client_id"]);
        var person = client is null ? null : await clients.FindAsync(api, wire, client, cancellationToken);
        var state = KlientiksWire.Text(record["status"]) ?? KlientiksWire.Text(link?["status"]) ?? "";
        return new Visit(
            id, client, person?.Name, person?.Phone, executor, start, wire.Moment(record["finish_datetime"]) ?? start.AddMinutes(DefaultMinutes),
            KlientiksWire.State(state), state, [.. services.Select(service => KlientiksWire.Text(service["service_id"])).OfType<string>()],
            wire.Moment(record["modified"]) ?? wire.Moment(link?["modified"]));
    }

    private CrmEvent Told(Visit visit, JObject? row)
    {
        var link = KlientiksWire.Text(row?["id"]);
        var created = wire.Moment((row?["appointment"] as JObject)?["created"] ?? row?["created"]);
        var isNew = created is not null && visit.Modified is { } modified && (modified - created.Value).Duration() < TimeSpan.FromSeconds(2);
        var data = new JObject
        {
            ["id"] = visit.Id,
            ["client_id"] = visit.ClientId,
            ["name"] = visit.ClientName,
            ["phone"] = visit.ClientPhone is null ? new JArray() : new JArray(visit.ClientPhone),
            ["executor_id"] = visit.ExecutorId,
            ["start"] = Iso(visit.Start),
            ["finish"] = Iso(visit.Finish),
            ["state"] = visit.State.ToString(),
            ["raw_state"] = visit.RawState,
            ["service_ids"] = new JArray(visit.ServiceIds),
        };
        if (link is not null) data["link_id"] = link;
        if (visit.Modified is { } at) data[EntityFields.UpdatedAt] = Iso(at);

        // One version of a visit, whichever way it was learnt.
        var version = string.Join('|', visit.Id, visit.Modified?.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture), visit.RawState, Iso(visit.Start), Iso(visit.Finish), visit.ExecutorId);
        return new CrmEvent
        {
            Kind = isNew ? EventKinds.BookingCreated : EventKinds.BookingChanged,
            EntityType = EntityTypes.Booking,
            EntityId = visit.Id,
            Data = data,
            Complete = true,
            SourceTime = visit.Modified,
            DedupKey = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(version))),
        };
    }

    private static string Iso(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
