using Automation.Engine.Hosting.Cluster;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence.Steps;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Automation.Engine.Hosting;

/// <summary>
/// Wakes what a dead process left, and sweeps for work whose hand-over was lost: events that wait, effects due for another try. One node
/// does it for all, at once when another is gone. A mailbox that a living node works on is woken where it lives and goes on as it was.
/// </summary>
public sealed class Recovery(IEngineStore store, MailboxRouter router, RuntimeGate gate, ClusterDuties duties, NodeLease lease, TimeProvider clock, ILogger<Recovery> logger) : BackgroundService
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(1);
    private readonly SemaphoreSlim left = new(0);

    /// <summary>Pause between two sweeps: 10 s, or the lease where it is shorter.</summary>
    private TimeSpan Sweep => lease.Length is { } length && length < Longest ? length : Longest;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await gate.OpenedAsync(stoppingToken);
        var watching = WatchAsync(stoppingToken);
        var (first, quick) = (true, 0);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (duties.IsFirst)
                {
                    var woken = await WakeAllAsync(stoppingToken);
                    if (first) logger.Recovered(woken);
                    first = false;
                }
            }
#pragma warning disable CA1031 // The sweep goes on at its next tick whatever happened.
            catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
            {
                logger.LoopFailed(nameof(Recovery), e);
            }

            using var both = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            var gone = left.WaitAsync(both.Token);
            // Right after a leave the nodes still agree on who has which mailbox: some hand-overs go astray.
            await Task.WhenAny(Task.Delay(quick-- > 0 ? Quick : Sweep, clock, both.Token), gone);
            if (gone.IsCompletedSuccessfully) quick = 5;
            await both.CancelAsync();
        }

        await watching;
    }

    public override void Dispose()
    {
        left.Dispose();
        base.Dispose();
    }

    private async Task WatchAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var gone in duties.LeavesAsync(stoppingToken))
            {
                logger.NodesGone(gone);
                left.Release();
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    /// <summary>One sweep.</summary>
    /// <returns>Mailboxes woken.</returns>
    public async Task<int> WakeAllAsync(CancellationToken cancellationToken)
    {
        var woken = 0;
        MailboxKey? after = null;
        while (true)
        {
            var page = await store.FindUnfinishedAsync(clock.GetUtcNow(), after, 500, cancellationToken);
            foreach (var key in page) await router.WakeAsync(key);
            woken += page.Count;
            if (page.Count < 500) return woken;
            after = page[^1];
        }
    }
}
