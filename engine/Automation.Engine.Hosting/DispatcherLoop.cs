using Automation.Engine.Hosting.Failures;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Automation.Engine.Hosting;

/// <summary>Work that people ask for and that is handed over piece by piece: looked at again a second later while there is some, else after ten seconds or when somebody has asked.</summary>
public abstract class DispatcherLoop(RedriveSignal signal, RuntimeGate gate, TimeProvider clock, ILogger logger) : BackgroundService
{
    /// <summary>How long it pauses between two pieces.</summary>
    protected static readonly TimeSpan Busy = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);

    protected DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>One pass.</summary>
    /// <returns>True while there is more to do.</returns>
    public abstract Task<bool> RunAsync(CancellationToken cancellationToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await gate.OpenedAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            var next = signal.Next;
            var busy = false;
            try
            {
                busy = await RunAsync(stoppingToken);
            }
#pragma warning disable CA1031 // The loop goes on at its next turn whatever happened.
            catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
            {
                logger.LoopFailed(GetType().Name, e);
            }

            var pause = Task.Delay(busy ? Busy : Idle, clock, stoppingToken);
            await (busy ? pause : Task.WhenAny(pause, next)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
