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
    private const int Page = 1_000;
    private int running;

    /// <summary>One pass; on nodes whose turn it is not, and while a pass is still running, it does nothing.</summary>
    /// <returns>Timers handed over.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        if (!duties.IsFirst || Interlocked.Exchange(ref running, 1) == 1) return 0;
        try
        {
            var due = await store.ReadDueTimersAsync(clock.GetUtcNow(), Page, cancellationToken);
            foreach (var timer in due) await router.FireAsync(timer);
            return due.Count;
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
public sealed class TimerScanJob(TimerScan scan) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await scan.RunAsync(cancellationToken);
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
