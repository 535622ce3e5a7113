using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Automation.Engine.Hosting.Cluster;

/// <summary>What a node does with work.</summary>
public enum DrainState
{
    /// <summary>It takes and does work.</summary>
    Working,

    /// <summary>It begins nothing new; what it has begun ends or is handed back.</summary>
    Draining,

    /// <summary>It has nothing left and may be stopped.</summary>
    Empty,
}

/// <summary>
/// Empties this node without ending the process: it leaves the cluster as at SIGTERM (R16), so the others take over at once, and goes on
/// answering questions. Only a start makes it work again.
/// </summary>
public sealed class NodeDrain(IServiceProvider services, IHostApplicationLifetime lifetime, ILogger<NodeDrain> logger)
{
    // As long as a stop may take.
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(25);
    private readonly Lock gate = new();
    private Task? leaving;

    public DrainState State
    {
        get { lock (gate) return leaving is null ? DrainState.Working : leaving.IsCompleted ? DrainState.Empty : DrainState.Draining; }
    }

    /// <summary>False as soon as it is draining or stopping: new requests belong elsewhere.</summary>
    public bool IsTaking => State == DrainState.Working && !lifetime.ApplicationStopping.IsCancellationRequested;

    /// <summary>Begins once; asked again, it changes nothing.</summary>
    public void Begin()
    {
        lock (gate) leaving ??= LeaveAsync();
    }

    private async Task LeaveAsync()
    {
        await Task.Yield();
        logger.Draining();
        using var limit = new CancellationTokenSource(Within);
        try
        {
            await services.GetRequiredService<Silo>().StopAsync(limit.Token);
        }
#pragma warning disable CA1031 // However it left the cluster: what it had begun is the others' now.
        catch (Exception e)
#pragma warning restore CA1031
        {
            logger.LoopFailed(nameof(NodeDrain), e);
        }

        logger.Drained();
    }
}
