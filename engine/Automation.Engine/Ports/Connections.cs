using Automation.Engine.Accounts;
using Automation.Engine.Events;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Ports;

/// <summary>A connected outside system. Secrets are not part of it; they are asked for by name at the moment of a call.</summary>
/// <param name="Kind">The connector: <c>amocrm</c>, <c>smsc</c>, <c>klientiks</c>, <c>generic</c>, <c>email</c>.</param>
/// <param name="Name">Unique within the account; what an admin sees and an activity names.</param>
/// <param name="BaseUrl">Root of its API; null where there is none.</param>
/// <param name="RemoteAccountId">The other side's id of the account, checked on hooks; null when unknown.</param>
/// <param name="AllowedHosts">Hosts (<c>host</c> or <c>host:port</c>) that the operator allows for this connection although S5 would refuse them (the sandbox's loopback).</param>
public sealed record Connection(
    ConnectionId Id, AccountId Account, string Kind, string Name, Uri? BaseUrl, string? RemoteAccountId,
    IReadOnlyList<string> AllowedHosts, JObject Settings);

/// <summary>Gives a connection's secrets in the clear, for the length of one call.</summary>
public interface ISecrets
{
    /// <returns>The secret, or null when none is stored under that name (<c>token</c>, <c>password</c>, <c>webhook</c>).</returns>
    ValueTask<string?> ReadAsync(ConnectionId connection, string name, CancellationToken cancellationToken);
}

/// <summary>An outside system that can be connected. One class per system; it makes the ports that the system offers.</summary>
public interface IConnector
{
    string Kind { get; }

    /// <summary>Ports it offers, as interface types: <see cref="ICrm"/>, <see cref="ISmsGateway"/>, <see cref="IBookingSystem"/> …</summary>
    IReadOnlyList<Type> PortTypes { get; }

    /// <summary>Makes a port. Cheap; the caller may keep it for the life of the connection's settings.</summary>
    object Open(Connection connection, Type port);

    /// <summary>Host, and port where it is not the usual one, that the connection's calls go to: what the breaker goes by (R8). Null when it has none yet.</summary>
    string? HostOf(Connection connection) => connection.BaseUrl?.Authority;
}

/// <summary>Finds connections of an account and opens their ports.</summary>
public interface IPorts
{
    /// <summary>The connection of that id; null when the account has none such.</summary>
    ValueTask<Connection?> FindAsync(AccountId account, ConnectionId id, CancellationToken cancellationToken);

    /// <summary>The account's connection that offers the port: by name, or the only one when <paramref name="name"/> is null or empty; null when none.</summary>
    ValueTask<Connection?> FindAsync(AccountId account, Type port, string? name, CancellationToken cancellationToken);

    /// <exception cref="InvalidOperationException">The connection does not offer the port.</exception>
    TPort Open<TPort>(Connection connection) where TPort : class;

    /// <inheritdoc cref="IConnector.HostOf"/>
    string? HostOf(Connection connection) => connection.BaseUrl?.Authority;
}

/// <summary>A hook as received: bytes first, meaning later.</summary>
public sealed record HookRequest(
    Connection Connection, string Method, string? ContentType, ReadOnlyMemory<byte> Body,
    IReadOnlyDictionary<string, string> Headers, IReadOnlyDictionary<string, string> Query, DateTimeOffset ReceivedAt,
    IReadOnlyList<string> Secrets);

/// <summary>What a hook's body turned into.</summary>
public abstract record HookReading
{
    private HookReading() { }

    public sealed record Events(IReadOnlyList<CrmEvent> Items) : HookReading;

    /// <summary>Cannot be read. A CRM's hook is stored and becomes a dead letter; a generic one is answered with 4xx (S1).</summary>
    public sealed record Invalid(int Status, string Code, string Message, string? Path) : HookReading;

    /// <summary>Not from whom it says (401); nothing is stored.</summary>
    public sealed record Denied(string Code, string Message) : HookReading;
}

/// <summary>Reads the hooks of one source. Pure: bytes in, events out.</summary>
public interface IHookSource
{
    /// <summary>The word in the address: <c>/hooks/{source}/{token}</c>; equals the connection's kind.</summary>
    string Source { get; }

    /// <summary>True: a right token and size is enough for 2xx (S1). False: 4xx for what is wrong.</summary>
    bool AlwaysAccepts { get; }

    /// <summary>Largest body in bytes (S2).</summary>
    int MaxBodyBytes { get; }

    HookReading Read(HookRequest request);
}

/// <summary>A system without trustworthy hooks: asked for changes from time to time.</summary>
public interface IChangeFeed
{
    /// <summary>Pause between passes. Default of the connectors: 60 s.</summary>
    TimeSpan Interval { get; }

    /// <param name="cursor">Where the last stored pass ended; null for the first.</param>
    Task<ChangePage> ReadAsync(string? cursor, CancellationToken cancellationToken);

    /// <summary>Reads what a hint points at.</summary>
    Task<IReadOnlyList<CrmEvent>> ReadHintAsync(CrmEvent hint, CancellationToken cancellationToken);
}

/// <summary>Events of one pass; the cursor moves only after they are stored.</summary>
public sealed record ChangePage(IReadOnlyList<CrmEvent> Events, string Cursor);
