using Automation.Engine.Hosting.Cluster;
using Automation.Engine.Persistence.Retention;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Automation.Engine.Hosting.Retention;

/// <summary>Every hour one node makes room for the coming months of the journal and removes what is old enough.</summary>
public sealed class RetentionLoop(IRetentionStore store, IOptions<RetentionOptions> options, ClusterDuties duties, RuntimeGate gate, TimeProvider clock, ILogger<RetentionLoop> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);
    private static readonly TimeSpan First = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await gate.OpenedAsync(stoppingToken);
        // Not among the work of the start.
        await Task.Delay(First, clock, stoppingToken);
        using var tick = new PeriodicTimer(Every, clock);
        do await TryAsync(stoppingToken);
        while (await tick.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>One round, on whatever node.</summary>
    public async Task<RetentionReport> RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await store.PrepareAsync(now, cancellationToken);
        return await new RetentionWalk(store).RunAsync(options.Value.At(now), cancellationToken);
    }

    private async Task TryAsync(CancellationToken cancellationToken)
    {
        if (!duties.IsFirst) return;
        try
        {
            var gone = await RunAsync(cancellationToken);
            if (gone != new RetentionReport(0, 0, 0, 0, 0, 0)) logger.Removed(gone.Runs, gone.Effects, gone.Events, gone.Hooks, gone.Journal, gone.Months);
        }
#pragma warning disable CA1031 // It is tried again in an hour, whatever happened.
        catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
        {
            logger.LoopFailed(nameof(RetentionLoop), e);
        }
    }
}
