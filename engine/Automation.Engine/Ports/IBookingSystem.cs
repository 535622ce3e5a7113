using Automation.Engine.Effects;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Ports;

public enum VisitState { Booked, Confirmed, Arrived, Done, NoShow, Cancelled, Unknown }

/// <summary>A visit in a booking calendar.</summary>
/// <param name="RawState">The system's own word, kept when <paramref name="State"/> is Unknown.</param>
public sealed record Visit(
    string Id, string? ClientId, string? ClientName, string? ClientPhone, string? ExecutorId, DateTimeOffset Start, DateTimeOffset Finish,
    VisitState State, string RawState, IReadOnlyList<string> ServiceIds, DateTimeOffset? Modified);

public sealed record NamedItem(string Id, string Name);

/// <summary>A booking system (Klientiks and the like). Implementations keep its rate limit themselves.</summary>
public interface IBookingSystem
{
    Task<Visit?> ReadVisitAsync(string visitId, CancellationToken cancellationToken);

    Task<IReadOnlyList<NamedItem>> ReadExecutorsAsync(CancellationToken cancellationToken);

    Task<IReadOnlyList<NamedItem>> ReadServicesAsync(CancellationToken cancellationToken);

    Task<EffectResult> ExecuteAsync(BookingCommand command, string effectKey, CancellationToken cancellationToken);

    Task<EffectResult> FindAsync(BookingCommand command, string effectKey, DateTimeOffset since, CancellationToken cancellationToken);
}

/// <summary>
/// Books a visit (no <see cref="VisitId"/>; the client is found by phone or made) or changes one. Null leaves a value alone.
/// Result: <c>{"visitId":"…","clientId":"…","start":"…","finish":"…"}</c> as the system stored it; a refused slot is Rejected <c>slot_taken</c> with its text.
/// </summary>
public sealed record BookingCommand(
    string? VisitId, string? ClientName, string? ClientPhone, string? ExecutorId, IReadOnlyList<string>? ServiceIds,
    DateTimeOffset? Start, int? Minutes, VisitState? State)
{
    private static readonly JsonSerializer Serializer = JsonSerializer.Create(new JsonSerializerSettings { NullValueHandling = NullValueHandling.Ignore, DateParseHandling = DateParseHandling.None });

    public JObject ToJson() => JObject.FromObject(this, Serializer);

    public static BookingCommand FromJson(JObject json) => json.ToObject<BookingCommand>(Serializer)!;
}
