using System.Collections.Concurrent;
using Automation.Engine.Accounts;
using Automation.Engine.Persistence.Cluster;
using Automation.Engine.Persistence.Rows;
using Automation.Engine.Ports;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Persistence.Connections;

/// <summary>The accounts' connections and their ports, kept in memory until <see cref="Invalidate"/>.</summary>
public sealed class PortCatalog(IDbContextFactory<AutomationDbContext> contexts, IEnumerable<IConnector> connectors) : IPorts, IKeepsInMemory
{
    private readonly Dictionary<string, IConnector> connectors = connectors.ToDictionary(connector => connector.Kind, StringComparer.Ordinal);
    private readonly Kept<AccountId, IReadOnlyList<Connection>> accounts = new();
    private readonly ConcurrentDictionary<(Connection Connection, Type Port), object> opened = new();

    public IReadOnlyList<string> Tables { get; } = ["connections", "secrets"];

    public async ValueTask<Connection?> FindAsync(AccountId account, ConnectionId id, CancellationToken cancellationToken) =>
        (await OfAsync(account, cancellationToken)).FirstOrDefault(connection => connection.Id == id);

    public async ValueTask<Connection?> FindAsync(AccountId account, Type port, string? name, CancellationToken cancellationToken)
    {
        var offering = (await OfAsync(account, cancellationToken)).Where(connection => Offers(connection, port)).ToList();
        if (string.IsNullOrEmpty(name)) return offering.Count == 1 ? offering[0] : null;
        return offering.FirstOrDefault(connection => connection.Name == name);
    }

    public TPort Open<TPort>(Connection connection) where TPort : class
    {
        if (!Offers(connection, typeof(TPort)))
            throw new InvalidOperationException($"Connection '{connection.Name}' ({connection.Kind}) does not offer {typeof(TPort).Name}.");
        return (TPort)opened.GetOrAdd((connection, typeof(TPort)), key => connectors[key.Connection.Kind].Open(key.Connection, key.Port));
    }

    public string? HostOf(Connection connection) => connectors.TryGetValue(connection.Kind, out var connector) ? connector.HostOf(connection) : connection.BaseUrl?.Authority;

    /// <summary>To be called after every change of the account's connections.</summary>
    public void Invalidate(AccountId account)
    {
        accounts.Forget((id, _) => id == account);
        foreach (var key in opened.Keys.Where(key => key.Connection.Account == account)) opened.TryRemove(key, out _);
    }

    public void Forget(Guid? account)
    {
        if (account is { } one)
        {
            Invalidate(new(one));
            return;
        }

        accounts.Forget();
        opened.Clear();
    }

    private bool Offers(Connection connection, Type port) => connectors.TryGetValue(connection.Kind, out var connector) && connector.PortTypes.Contains(port);

    private async ValueTask<IReadOnlyList<Connection>> OfAsync(AccountId account, CancellationToken cancellationToken)
    {
        if (accounts.TryGet(account, out var known)) return known;
        var version = accounts.Version;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await db.Connections.AsNoTracking().Where(row => row.AccountId == account.Value).OrderBy(row => row.Name).ToListAsync(cancellationToken);
        known = [.. rows.Select(From)];
        accounts.Keep(account, known, version);
        return known;
    }

    private static Connection From(ConnectionRow row) => new(
        new(row.Id), new(row.AccountId), row.Kind, row.Name, row.BaseUrl is null ? null : new Uri(row.BaseUrl), row.RemoteAccountId,
        JsonConvert.DeserializeObject<List<string>>(row.AllowedHosts) ?? [], JObject.Parse(row.Settings));
}
