using System.Collections.Concurrent;
using Automation.Engine.Accounts;
using Automation.Engine.Persistence;
using Automation.Engine.Ports;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json;

namespace Automation.Engine.Hosting.Accounts;

/// <summary>Pipelines, fields and users as last read from each CRM.</summary>
public sealed class CrmDirectoryCache(IDbContextFactory<AutomationDbContext> contexts)
{
    private readonly ConcurrentDictionary<ConnectionId, CrmDirectory?> known = new();

    /// <summary>Null when the connection was never read.</summary>
    public async ValueTask<CrmDirectory?> GetAsync(ConnectionId connection, CancellationToken cancellationToken)
    {
        if (known.TryGetValue(connection, out var directory)) return directory;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var json = await context.Connections.Where(row => row.Id == connection.Value).Select(row => row.Directory).FirstOrDefaultAsync(cancellationToken);
        return known[connection] = json is null ? null : JsonConvert.DeserializeObject<CrmDirectory>(json);
    }

    public void Invalidate(ConnectionId connection) => known.TryRemove(connection, out _);
}
