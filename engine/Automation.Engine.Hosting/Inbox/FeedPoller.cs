using Automation.Engine.Accounts;
using Automation.Engine.Events;
using Automation.Engine.Hosting.Cluster;
using Automation.Engine.Persistence;
using Automation.Engine.Ports;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Automation.Engine.Hosting.Inbox;

/// <summary>Asks systems without trustworthy hooks for changes, each from one node; a hint starts the next pass at once.</summary>
public sealed class FeedPoller(
    IDbContextFactory<AutomationDbContext> contexts, IPorts ports, IEnumerable<IConnector> connectors, InboxService inbox, RuntimeGate gate, ClusterDuties duties, TimeProvider clock, ILogger<FeedPoller> logger) : BackgroundService
{
    private readonly SemaphoreSlim hinted = new(0);
    private readonly System.Collections.Concurrent.ConcurrentDictionary<Guid, DateTimeOffset> next = new();

    /// <summary>Something changed there: read it now.</summary>
    public async Task HintAsync(Connection connection, IReadOnlyList<CrmEvent> hints, CancellationToken cancellationToken)
    {
        if (!Feeds(connection.Kind)) return;
        var feed = ports.Open<IChangeFeed>(connection);
        var read = new List<CrmEvent>();
        foreach (var hint in hints) read.AddRange(await feed.ReadHintAsync(hint, cancellationToken));
        if (read.Count > 0) await inbox.AcceptAsync(connection.Account, connection.Id, null, read, cancellationToken);
        next[connection.Id.Value] = DateTimeOffset.MinValue;
        hinted.Release();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await gate.OpenedAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await PassAsync(stoppingToken);
            }
#pragma warning disable CA1031 // The poller goes on at its next pass whatever happened.
            catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
            {
                logger.LoopFailed(nameof(FeedPoller), e);
            }

            using var both = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            var tick = Task.Delay(TimeSpan.FromSeconds(2), clock, both.Token);
            await Task.WhenAny(tick, hinted.WaitAsync(both.Token));
            await both.CancelAsync();
        }
    }

    public override void Dispose()
    {
        hinted.Dispose();
        base.Dispose();
    }

    private bool Feeds(string kind) => connectors.Any(connector => connector.Kind == kind && connector.PortTypes.Contains(typeof(IChangeFeed)));

    private async Task PassAsync(CancellationToken cancellationToken)
    {
        var kinds = connectors.Where(connector => connector.PortTypes.Contains(typeof(IChangeFeed))).Select(connector => connector.Kind).ToList();
        if (kinds.Count == 0) return;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context.Connections.AsNoTracking().Where(row => kinds.Contains(row.Kind)).ToListAsync(cancellationToken);
        foreach (var row in rows.Where(row => duties.IsMine(row.Id) && clock.GetUtcNow() >= next.GetValueOrDefault(row.Id)))
        {
            if (await ports.FindAsync(new AccountId(row.AccountId), new ConnectionId(row.Id), cancellationToken) is not { } connection) continue;
            var feed = ports.Open<IChangeFeed>(connection);
            next[row.Id] = clock.GetUtcNow() + feed.Interval;
            try
            {
                var page = await feed.ReadAsync(row.FeedCursor, cancellationToken);
                // What was there before the connection is nobody's news: the first pass makes it known and fires nothing.
                // The cursor moves only after the pass is stored: a kill between repeats the pass, and its keys are known.
                foreach (var group in page.Events.Select(told => row.FeedCursor is null ? told with { Baseline = true } : told).Chunk(200)) await inbox.AcceptAsync(connection.Account, connection.Id, null, group, cancellationToken);
                // Of a connection that was removed meanwhile there is no cursor to move.
                await context.Connections.Where(one => one.Id == row.Id).ExecuteUpdateAsync(update => update.SetProperty(one => one.FeedCursor, page.Cursor), cancellationToken);
            }
            catch (RemoteCallException e)
            {
                logger.LoopFailed($"Feed of {row.Kind}", e);
            }
        }
    }
}
