using Automation.Engine.Hosting.Cluster;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Persistence.Steps;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quartz;

namespace Automation.Engine.Hosting.Timers;

/// <summary>
/// Reads due rows and wakes their mailboxes. The rows are the truth (R7): a scan that runs twice, late or after a restart fires nothing
/// twice, because the step that takes a timer deletes its row in the same commit.
/// </summary>
public sealed class TimerScan(IEngineStore store, MailboxRouter router, ClusterDuties duties, TimeProvider clock, ILogger<TimerScan> logger)
{
    /// <summary>Due timers that may be on their way at once. A scan every half second then hands over up to 8,000 a second.</summary>
    private const int Window = 4_000;

    /// <summary>A hand-over may be lost with its node: a timer that still stands after this is handed over again.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(5);
    private readonly Dictionary<Guid, DateTimeOffset> handed = [];
    private int running;

    /// <summary>One pass; on nodes whose turn it is not, and while a pass is still running, it does nothing.</summary>
    /// <returns>Timers handed over.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        if (!duties.IsFirst || Interlocked.Exchange(ref running, 1) == 1) return 0;
        try
        {
            var now = clock.GetUtcNow();
            var due = await store.ReadDueTimersAsync(now, Window, cancellationToken);
            var standing = due.Select(timer => timer.Id).ToHashSet();
            foreach (var taken in handed.Keys.Where(id => !standing.Contains(id)).ToList()) handed.Remove(taken);
            var count = 0;
            foreach (var timer in due)
            {
                if (handed.TryGetValue(timer.Id, out var at) && (now - at).Duration() < Again) continue;
                handed[timer.Id] = now;
                await router.FireAsync(timer);
                count++;
            }

            return count;
        }
#pragma warning disable CA1031 // The scan goes on at its next tick whatever happened.
        catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
        {
            logger.LoopFailed(nameof(TimerScan), e);
            return 0;
        }
        finally
        {
            Volatile.Write(ref running, 0);
        }
    }
}

/// <summary>Quartz's tick: an alarm clock, never the memory.</summary>
[DisallowConcurrentExecution]
public sealed class TimerScanJob(TimerScan scan, RuntimeGate gate) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        // Quartz starts with the host, before the store is ready for work.
        if (gate.IsOpen) await scan.RunAsync(cancellationToken);
    }
}

/// <summary>The scan every second works without Quartz too.</summary>
public sealed class TimerScanLoop(TimerScan scan, RuntimeGate gate, TimeProvider clock) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await gate.OpenedAsync(stoppingToken);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(500), clock);
        do await scan.RunAsync(stoppingToken);
        while (await tick.WaitForNextTickAsync(stoppingToken));
    }
}
