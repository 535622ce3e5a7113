using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Automation.Engine.Hosting.Cluster;

/// <summary>A node that the others have declared dead ends its lease; the server then starts again inside the same process.</summary>
internal sealed class EvictionHandler(NodeLease lease, ILogger<EvictionHandler> logger) : IFatalErrorHandler
{
    public bool IsUnexpected(Exception exception) => !lease.IsLost && exception is not OperationCanceledException;

    public void OnFatalException(object? sender, string? context, Exception? exception)
    {
        if (!lease.IsLost) logger.NodeEvicted(context ?? "", exception?.Message ?? "");
        lease.Lose();
    }
}
