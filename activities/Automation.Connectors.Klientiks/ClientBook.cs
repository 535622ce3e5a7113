using System.Collections.Concurrent;

namespace Automation.Connectors.Klientiks;

/// <summary>Names and phones by client id. There is no call for one client by id, so the list is kept and read again when somebody is missing.</summary>
internal sealed class ClientBook(TimeProvider clock)
{
    private const int MaxPages = 100;
    private static readonly TimeSpan WholeListAge = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, (string Name, string? Phone)> clients = new(StringComparer.Ordinal);
    private long? wholeListAt;

    public async Task<(string Name, string? Phone)?> FindAsync(KlientiksApi api, KlientiksWire wire, string id, CancellationToken cancellationToken)
    {
        if (clients.TryGetValue(id, out var known)) return known;
        await ReadAsync(api, $"m/clients/date/{wire.Day(clock.GetUtcNow().AddDays(-1))}/", cancellationToken);
        if (clients.TryGetValue(id, out known)) return known;
        if (wholeListAt is { } at && clock.GetElapsedTime(at) < WholeListAge) return null;
        wholeListAt = clock.GetTimestamp();
        await ReadAsync(api, "m/Clients/", cancellationToken);
        return clients.TryGetValue(id, out known) ? known : null;
    }

    private async Task ReadAsync(KlientiksApi api, string path, CancellationToken cancellationToken)
    {
        foreach (var client in await api.ListAsync("list", path, MaxPages, cancellationToken))
        {
            if (KlientiksWire.Text(client["id"]) is not { } id) continue;
            var phone = KlientiksWire.Digits(KlientiksWire.Text(client["phone"]) ?? "");
            clients[id] = (KlientiksWire.Text(client["name"]) ?? KlientiksWire.Text(client["first_name"]) ?? "", phone.Length > 0 ? "+" + phone : null);
        }
    }
}
