using Automation.Engine.Api.Errors;
using Automation.Engine.Persistence;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Logging;

namespace Automation.Engine.Api.Access;

/// <summary>Refuses what the caller's role does not allow (S8). It stands behind the routing: the endpoint says what it takes.</summary>
internal sealed class PermissionMiddleware(RequestDelegate next, ApiKeyService keys, TimeProvider clock, ILogger<PermissionMiddleware> logger)
{
    /// <summary>How often a stream asks whether its reader may still look.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    public Task InvokeAsync(HttpContext context)
    {
        if (context.Features.Get<Caller>() is not { } caller || context.GetEndpoint() is not { } endpoint) return next(context);
        var needed = NeededBy(endpoint, context.Request.Method);
        if (caller.May(needed)) return IsStream(endpoint) ? WatchedAsync(context, caller) : next(context);
        logger.RoleRefused(caller.Name, caller.Role, context.Request.Method, (endpoint as Microsoft.AspNetCore.Routing.RouteEndpoint)?.RoutePattern.RawText ?? "-");
        return ProblemWriter.WriteAsync(context, Refusal(caller, needed));
    }

    private static bool IsStream(Endpoint endpoint) => endpoint.Metadata.GetOrderedMetadata<IProducesResponseTypeMetadata>().Any(one => one.ContentTypes.Contains("text/event-stream"));

    /// <summary>A stream ends soon after the session or key that asked for it.</summary>
    private async Task WatchedAsync(HttpContext context, Caller caller)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        context.RequestAborted = over.Token;
        var watch = WatchAsync(caller, over);
        try
        {
            await next(context);
        }
        finally
        {
            await over.CancelAsync();
            await watch;
        }
    }

    private async Task WatchAsync(Caller caller, CancellationTokenSource over)
    {
        using var timer = new PeriodicTimer(Look, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(over.Token))
            {
                if (await HoldsAsync(caller, over.Token)) continue;
                await over.CancelAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The stream has ended.
        }
    }

    private async Task<bool> HoldsAsync(Caller caller, CancellationToken cancellationToken)
    {
        try
        {
            return await keys.HoldsAsync(caller, cancellationToken);
        }
        catch (Exception e) when (StoreFault.Is(e))
        {
            return true;
        }
    }

    public static Permissions NeededBy(Endpoint endpoint, string method) => endpoint.Metadata.GetMetadata<NeededPermission>()?.Permission
        ?? (HttpMethods.IsGet(method) || HttpMethods.IsHead(method) ? Permissions.Read : Permissions.Manage);

    public static Problem Refusal(Caller caller, Permissions needed) =>
        new(403, "forbidden", $"Your role '{caller.Role}' does not allow this. It takes one of: {string.Join(", ", Roles.With(needed))}.");
}
