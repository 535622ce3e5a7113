using System.Threading.Channels;
using Automation.Engine.Hosting;
using Automation.Engine.Persistence;
using Microsoft.AspNetCore.SignalR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Automation.Engine.Api.Elsa;

/// <summary>A connection that watches runs.</summary>
/// <param name="Key">What it was let in with; it goes when that ends.</param>
internal sealed record InstanceObserver(HubCallerContext Connection, string Key);

/// <summary>
/// Tells the viewers of runs that something happened: once a second at most for a run, however much it was. What this node commits is
/// known from the journal's feed; what another one does is found by a look at the watched runs' rows. Without viewers it rests.
/// </summary>
internal sealed class InstanceWatch(
    JournalFeed feed, IHubContext<InstanceHub> hub, IDbContextFactory<AutomationDbContext> contexts, RunRecordsCache journals, ApiKeyService keys, TimeProvider clock, ILogger<InstanceWatch> logger) : BackgroundService
{
    private const int LookEvery = 2;
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(1);
    private readonly Channel<bool> begun = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Dictionary<Guid, Watched> runs = [];
    private readonly Lock gate = new();

    public static string Group(Guid run) => run.ToString("N");

    /// <returns>False when the connection watches so many already.</returns>
    public bool Observe(Guid run, InstanceObserver observer, int most)
    {
        var connection = observer.Connection.ConnectionId;
        lock (gate)
        {
            if (runs.Values.Count(watched => watched.Observers.ContainsKey(connection)) >= most) return false;
            if (!runs.TryGetValue(run, out var one)) runs[run] = one = new();
            one.Observers[connection] = observer;
            one.Changed = true;
        }

        begun.Writer.TryWrite(true);
        return true;
    }

    public void Leave(string connection)
    {
        lock (gate)
            foreach (var (run, watched) in runs)
                if (watched.Observers.Remove(connection) && watched.Observers.Count == 0) runs.Remove(run);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await begun.Reader.WaitToReadAsync(stoppingToken))
        {
            begun.Reader.TryRead(out _);
            using var resting = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            var listening = ListenAsync(resting.Token);
            using var turn = new PeriodicTimer(Turn, clock);
            for (var number = 0; IsWatched(); number++)
            {
                await TryTurnAsync(number % LookEvery == 0, stoppingToken);
                await turn.WaitForNextTickAsync(stoppingToken);
            }

            await resting.CancelAsync();
            await listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        await foreach (var row in feed.ReadAsync(null, cancellationToken))
            if (row.RunId is { } run) Mark(run);
    }

    private async Task TryTurnAsync(bool look, CancellationToken cancellationToken)
    {
        try
        {
            if (look) await LookAsync(cancellationToken);
            foreach (var run in TakeChanged()) await TellAsync(run, cancellationToken);
        }
#pragma warning disable CA1031 // The loop goes on at its next turn whatever happened.
        catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
        {
            logger.WatchFailed(e);
        }
    }

    /// <summary>Finds what other nodes did, and who may not watch any more.</summary>
    private async Task LookAsync(CancellationToken cancellationToken)
    {
        List<Guid> watched;
        List<InstanceObserver> observers;
        lock (gate) (watched, observers) = ([.. runs.Keys], [.. runs.Values.SelectMany(one => one.Observers.Values).DistinctBy(one => one.Connection.ConnectionId)]);
        foreach (var observer in observers)
            if (await keys.FindAsync(observer.Key, cancellationToken) is null) observer.Connection.Abort();
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var stamps = await db.Runs.Where(row => watched.Contains(row.Id)).Select(row => new { row.Id, row.Sequence, row.UpdatedAt }).ToListAsync(cancellationToken);
        lock (gate)
            foreach (var stamp in stamps)
                if (runs.TryGetValue(stamp.Id, out var one) && one.Told != (stamp.Sequence, stamp.UpdatedAt)) one.Changed = true;
    }

    private async Task TellAsync(Guid run, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        if (await db.Runs.AsNoTracking().FirstOrDefaultAsync(row => row.Id == run, cancellationToken) is not { } row) return;
        var stats = NodeStats.Of((await journals.ReadAsync(db, row, cancellationToken)).Records, await ResilienceEndpoints.RetriedAsync(db, row, cancellationToken), null);
        lock (gate)
            if (runs.TryGetValue(run, out var one)) one.Told = (row.Sequence, row.UpdatedAt);
        var viewers = hub.Clients.Group(Group(run));
        await viewers.SendAsync("WorkflowExecutionLogUpdatedAsync", new JournalUpdated(), cancellationToken);
        await viewers.SendAsync("ActivityExecutionLogUpdatedAsync", new StatsView(stats), cancellationToken);
        await viewers.SendAsync("WorkflowInstanceUpdatedAsync", new InstanceUpdated(run.ToString()), cancellationToken);
    }

    private bool IsWatched()
    {
        lock (gate) return runs.Count > 0;
    }

    private void Mark(Guid run)
    {
        lock (gate)
            if (runs.TryGetValue(run, out var watched)) watched.Changed = true;
    }

    private List<Guid> TakeChanged()
    {
        lock (gate)
        {
            var changed = runs.Where(one => one.Value.Changed).Select(one => one.Key).ToList();
            foreach (var run in changed) runs[run].Changed = false;
            return changed;
        }
    }

    private sealed class Watched
    {
        public Dictionary<string, InstanceObserver> Observers { get; } = new(StringComparer.Ordinal);
        public bool Changed { get; set; }

        /// <summary>The row's state that the viewers know; a turn that failed is made up for by the next look.</summary>
        public (long Sequence, DateTimeOffset At)? Told { get; set; }
    }

    private sealed record JournalUpdated;

    private sealed record InstanceUpdated(string WorkflowInstanceId);
}
