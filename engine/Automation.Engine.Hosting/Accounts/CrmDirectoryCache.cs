using Automation.Engine.Accounts;
using Automation.Engine.Persistence;
using Automation.Engine.Persistence.Cluster;
using Automation.Engine.Ports;
using Microsoft.EntityFrameworkCore;
using Newtonsoft.Json;

namespace Automation.Engine.Hosting.Accounts;

/// <summary>Pipelines, fields and users as last read from each CRM.</summary>
public sealed class CrmDirectoryCache(IDbContextFactory<AutomationDbContext> contexts) : IKeepsInMemory
{
    private readonly Kept<ConnectionId, CrmDirectory?> known = new();

    public IReadOnlyList<string> Tables { get; } = ["connections"];

    /// <summary>Null when the connection was never read.</summary>
    public async ValueTask<CrmDirectory?> GetAsync(ConnectionId connection, CancellationToken cancellationToken)
    {
        if (known.TryGet(connection, out var directory)) return directory;
        var version = known.Version;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var json = await context.Connections.Where(row => row.Id == connection.Value).Select(row => row.Directory).FirstOrDefaultAsync(cancellationToken);
        directory = json is null ? null : JsonConvert.DeserializeObject<CrmDirectory>(json);
        known.Keep(connection, directory, version);
        return directory;
    }

    public void Invalidate(ConnectionId connection) => known.Forget((id, _) => id == connection);

    /// <summary>Whose connection an id is, is not known here: all go.</summary>
    public void Forget(Guid? account) => known.Forget();
}
