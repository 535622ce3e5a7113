using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Mailboxes;
using Automation.Engine.Persistence.Steps;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Automation.Engine.Hosting;

/// <summary>
/// Wakes what the last process left, and sweeps for work whose hand-over was lost: events that wait, effects due for another try.
/// </summary>
public sealed class Recovery(IEngineStore store, MailboxRouter router, RuntimeGate gate, TimeProvider clock, ILogger<Recovery> logger) : BackgroundService
{
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await gate.OpenedAsync(stoppingToken);
        logger.Recovered(await WakeAllAsync(stoppingToken));
        using var tick = new PeriodicTimer(Sweep, clock);
        while (await tick.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await WakeAllAsync(stoppingToken);
            }
#pragma warning disable CA1031 // The sweep goes on at its next tick whatever happened.
            catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
            {
                logger.LoopFailed(nameof(Recovery), e);
            }
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
