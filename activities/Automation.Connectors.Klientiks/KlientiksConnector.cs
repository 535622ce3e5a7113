using System.Collections.Concurrent;
using Automation.Connectors.Http;
using Automation.Engine.Accounts;
using Automation.Engine.Ports;

namespace Automation.Connectors.Klientiks;

/// <summary>
/// Opens Klientiks accounts. Secret: <c>token</c>. Settings: <c>accountId</c>, <c>userId</c>, <c>timeZone</c> (Europe/Moscow), <c>pollSeconds</c> (60),
/// <c>requestsPerSecond</c> (1), <c>burst</c> (2), <c>defaultMinutes</c> (60), <c>arrivedState</c>, <c>hookVisitNames</c>.
/// </summary>
public sealed class KlientiksConnector(IHttpGateway http, ISecrets secrets, TimeProvider clock, INodeCount? nodes = null) : IConnector
{
    private readonly ConcurrentDictionary<ConnectionId, (RateLimiter Limiter, ClientBook Clients)> accounts = new();

    public string Kind => "klientiks";

    public IReadOnlyList<Type> PortTypes { get; } = [typeof(IBookingSystem), typeof(IChangeFeed)];

    public string? HostOf(Connection connection) => (connection.BaseUrl ?? KlientiksWire.Home).Authority;

    public object Open(Connection connection, Type port)
    {
        if (port != typeof(IBookingSystem) && port != typeof(IChangeFeed)) throw new InvalidOperationException($"Klientiks does not offer {port.Name}.");
        var (limiter, clients) = accounts.GetOrAdd(connection.Id, _ => (
            new RateLimiter(Math.Clamp((double?)connection.Settings["requestsPerSecond"] ?? 1, 0.1, 100), Math.Clamp((int?)connection.Settings["burst"] ?? 2, 1, 100), clock, nodes: nodes),
            new ClientBook(clock)));
        var wire = new KlientiksWire(connection);
        return new Klientiks(connection, new KlientiksApi(connection, http, secrets, limiter, clock, wire), wire, clients, clock);
    }
}
