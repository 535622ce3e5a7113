using System.Collections.Concurrent;
using Automation.Connectors.Http;
using Automation.Engine.Ports;

namespace Automation.Connectors.Smsc;

/// <summary>Opens SMSC accounts. Secrets: <c>apikey</c>, or <c>login</c> and <c>password</c>. Settings: <c>sender</c>, <c>maxParts</c>.</summary>
public sealed class SmscConnector(IHttpGateway http, ISecrets secrets, TimeProvider clock, INodeCount? nodes = null) : IConnector
{
    private readonly ConcurrentDictionary<string, bool> doubtful = new(StringComparer.Ordinal);
    private readonly RateLimiter limiter = new(perSecond: 10, burst: 10, clock, nodes: nodes);

    public string Kind => "smsc";

    public IReadOnlyList<Type> PortTypes { get; } = [typeof(ISmsGateway)];

    public string? HostOf(Connection connection) => (connection.BaseUrl ?? SmscGateway.Home).Authority;

    public object Open(Connection connection, Type port) => port == typeof(ISmsGateway)
        ? new SmscGateway(connection, http, secrets, limiter, doubtful, clock)
        : throw new InvalidOperationException($"SMSC does not offer {port.Name}.");
}
