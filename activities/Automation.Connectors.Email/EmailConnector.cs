using System.Collections.Concurrent;
using Automation.Connectors.Http;
using Automation.Engine.Accounts;
using Automation.Engine.Effects;
using Automation.Engine.Ports;

namespace Automation.Connectors.Email;

/// <summary>
/// Opens mailboxes to send from. Secret: <c>password</c>. Settings: <c>host</c>, <c>port</c> (587, or 465 with <c>tls</c>), <c>security</c>
/// (<c>starttls</c>, <c>tls</c>), <c>user</c>, <c>from</c>, <c>replyTo</c>, <c>perMinute</c> (20).
/// </summary>
public sealed class EmailConnector(ISecrets secrets, TimeProvider clock, HostBreakers? breakers = null, INodeCount? nodes = null) : IConnector
{
    private readonly ConcurrentDictionary<ConnectionId, RateLimiter> limiters = new();

    public string Kind => "email";

    public IReadOnlyList<Type> PortTypes { get; } = [typeof(IEmailSender)];

    public string? HostOf(Connection connection) => EmailSender.Server(connection) is { Host: { Length: > 0 } host } server ? FormattableString.Invariant($"{host}:{server.Port}") : null;

    public object Open(Connection connection, Type port)
    {
        if (port != typeof(IEmailSender)) throw new InvalidOperationException($"E-mail does not offer {port.Name}.");
        var perMinute = Math.Clamp((int?)connection.Settings["perMinute"] ?? 20, 1, 6000);
        return new EmailSender(connection, secrets, limiters.GetOrAdd(connection.Id, _ => new RateLimiter(perMinute / 60.0, Math.Max(1, perMinute / 4), clock, nodes: nodes)), clock, good => Report(connection, good));
    }

    private void Report(Connection connection, bool good)
    {
        if (HostOf(connection) is { } host) breakers?.Report(connection.Account, host, good);
    }
}
