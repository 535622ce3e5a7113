using Automation.Engine.Persistence.Cluster;
using Microsoft.Extensions.Hosting;

namespace Automation.Engine.Hosting.Cluster;

/// <summary>Drops from memory what was changed elsewhere: a publish, a quota, a revoked key take effect on every node within a second or two.</summary>
public sealed class ChangeListener(IEnumerable<IKeepsInMemory> keepers, RuntimeGate gate, IChangeSource? source = null) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (source is null) return;
        await gate.PreparedAsync(stoppingToken);
        var all = keepers.ToList();
        await source.ListenAsync(
            (table, account) => all.FindAll(keeper => keeper.Tables.Contains(table)).ForEach(keeper => keeper.Forget(account)),
            () => all.ForEach(keeper => keeper.Forget(null)),
            stoppingToken);
    }
}
