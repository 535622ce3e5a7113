using Automation.Engine.Api.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Automation.Engine.Api.Access;

/// <summary>Refuses what the caller's role does not allow (S8). It stands behind the routing: the endpoint says what it takes.</summary>
internal sealed class PermissionMiddleware(RequestDelegate next, ILogger<PermissionMiddleware> logger)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.Features.Get<Caller>() is not { } caller || context.GetEndpoint() is not { } endpoint) return next(context);
        var needed = NeededBy(endpoint, context.Request.Method);
        if (caller.May(needed)) return next(context);
        logger.RoleRefused(caller.Name, caller.Role, context.Request.Method, (endpoint as Microsoft.AspNetCore.Routing.RouteEndpoint)?.RoutePattern.RawText ?? "-");
        return ProblemWriter.WriteAsync(context, Refusal(caller, needed));
    }

    public static Permissions NeededBy(Endpoint endpoint, string method) => endpoint.Metadata.GetMetadata<NeededPermission>()?.Permission
        ?? (HttpMethods.IsGet(method) || HttpMethods.IsHead(method) ? Permissions.Read : Permissions.Manage);

    public static Problem Refusal(Caller caller, Permissions needed) =>
        new(403, "forbidden", $"Your role '{caller.Role}' does not allow this. It takes one of: {string.Join(", ", Roles.With(needed))}.");
}
