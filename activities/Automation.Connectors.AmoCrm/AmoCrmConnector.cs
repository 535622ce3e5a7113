using System.Collections.Concurrent;
using Automation.Connectors.AmoCrm.Api;
using Automation.Connectors.Http;
using Automation.Engine.Accounts;
using Automation.Engine.Ports;

namespace Automation.Connectors.AmoCrm;

/// <summary>Opens amoCRM accounts. One per process: it holds its part of the rate limit and the directories of all of them.</summary>
public sealed class AmoCrmConnector(IHttpGateway http, ISecrets secrets, TimeProvider clock, INodeCount? nodes = null) : IConnector
{
    // The vendor allows 7 a second per address, and shuts out an address that goes beyond it again and again.
    private readonly RateLimiter limiter = new(perSecond: 6, burst: 6, clock, anySecond: 6, nodes);
    private readonly ConcurrentDictionary<ConnectionId, AccountState> states = new();

    public string Kind => AmoCrmHookSource.Kind;

    public IReadOnlyList<Type> PortTypes { get; } = [typeof(ICrm), typeof(IHookRegistrations)];

    public object Open(Connection connection, Type port) => port == typeof(ICrm)
        ? new AmoCrm(Api(connection, cancellationToken => secrets.ReadAsync(connection.Id, "token", cancellationToken)), StateOf(connection))
        : port == typeof(IHookRegistrations)
        ? new AmoCrmHooks(async cancellationToken =>
        {
            // Read once: when the hooks are taken away, the secret has gone with its connection.
            var token = await secrets.ReadAsync(connection.Id, "token", cancellationToken);
            return Api(connection, _ => ValueTask.FromResult(token));
        })
        : throw new InvalidOperationException($"amoCRM does not offer {port.Name}.");

    internal AmoApi Api(Connection connection, Func<CancellationToken, ValueTask<string?>> token) => new(connection, http, limiter, clock, token);

    internal AccountState StateOf(Connection connection) => states.GetOrAdd(connection.Id, static (_, time) => new AccountState(time), clock);
}
