using Automation.Engine.Api.Json;
using Automation.Engine.Hosting;
using Automation.Engine.Hosting.Cluster;
using Automation.Engine.Persistence;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Automation.Engine.Api.Tools;

/// <summary><c>ok</c> or <c>degraded</c>, <c>ready</c> or <c>not_ready</c>; the public is told no more (S12).</summary>
public sealed record HealthView(string Status);

/// <summary>Looks at the store at most once a second, however often it is asked.</summary>
internal sealed class HealthEndpoint(IDbContextFactory<AutomationDbContext> contexts, RuntimeGate gate, NodeDrain drain, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(1);
    private readonly SemaphoreSlim turn = new(1);
    private bool ok;
    private DateTimeOffset at = DateTimeOffset.MinValue;

    public async Task HandleAsync(HttpContext context)
    {
        var healthy = gate.IsOpen && await IsStoreOkAsync(context.RequestAborted);
        context.Response.StatusCode = healthy ? 200 : 503;
        context.Response.Headers.CacheControl = "no-store";
        await ApiJson.WriteAsync(context.Response, new HealthView(healthy ? "ok" : "degraded"), "application/json");
    }

    /// <summary>For a load balancer: 503 while it starts, is emptied or stopped, or cannot reach the store.</summary>
    public async Task HandleReadyAsync(HttpContext context)
    {
        var ready = gate.IsOpen && drain.IsTaking && await IsStoreOkAsync(context.RequestAborted);
        context.Response.StatusCode = ready ? 200 : 503;
        context.Response.Headers.CacheControl = "no-store";
        await ApiJson.WriteAsync(context.Response, new HealthView(ready ? "ready" : "not_ready"), "application/json");
    }

    public void Dispose() => turn.Dispose();

    private async Task<bool> IsStoreOkAsync(CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            if (clock.GetUtcNow() - at < Kept) return ok;
            await using var db = await contexts.CreateDbContextAsync(cancellationToken);
            await db.Accounts.AnyAsync(cancellationToken);
            return ok = true;
        }
        catch (Exception e) when (StoreFault.Is(e))
        {
            return ok = false;
        }
        finally
        {
            at = clock.GetUtcNow();
            turn.Release();
        }
    }
}
