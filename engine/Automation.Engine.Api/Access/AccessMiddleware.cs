using Automation.Engine.Api.Elsa;
using Automation.Engine.Api.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Automation.Engine.Api.Access;

/// <summary>Lets nobody under <c>/api</c> and <c>/elsa</c> without a key or a session (S8).</summary>
internal sealed class AccessMiddleware(RequestDelegate next, ApiKeyService keys, AttemptGate attempts, ILogger<AccessMiddleware> logger)
{
    private static readonly string[] Schemes = ["Bearer ", "ApiKey "];

    public async Task InvokeAsync(HttpContext context)
    {
        var elsa = context.Request.Path.StartsWithSegments(ElsaApi.Root, StringComparison.OrdinalIgnoreCase);
        if (elsa || (context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase) && !IsDoor(context.Request)))
        {
            if (await RefusalAsync(context, elsa) is { } refusal)
            {
                await ProblemWriter.WriteAsync(context, refusal);
                return;
            }
        }

        await next(context);
    }

    /// <summary>What a wrong key is answered with.</summary>
    public static Problem Wrong(HttpContext context, AttemptGate attempts, ILogger logger)
    {
        var address = context.Connection.RemoteIpAddress?.ToString() ?? "-";
        var wait = attempts.Wrong(address);
        var problem = wait > 0 ? new(429, "too_many_attempts", "Too many wrong keys. Wait a minute.") { RetryAfter = wait } : ProblemWriter.OfStatus(401);
        logger.SignInRefused(address, problem.Code);
        return problem;
    }

    private async Task<Problem?> RefusalAsync(HttpContext context, bool elsa)
    {
        if (KeyOf(context.Request) is { } key)
        {
            if (await keys.FindAsync(key, context.RequestAborted) is not { } caller || !(caller.Kind == ApiKeyKinds.Key || (elsa && caller.Kind == ApiKeyKinds.Studio))) return Wrong(context, attempts, logger);
            context.Features.Set(caller);
            return null;
        }

        // A page of another origin can open a socket with this one's cookie, and no header of ours stops it.
        if (IsHub(context.Request)) return ProblemWriter.OfStatus(401);
        if (context.Request.Cookies[SessionCookie.Name] is not { } cookie || await keys.FindAsync(cookie, context.RequestAborted) is not { Kind: ApiKeyKinds.Session } session) return ProblemWriter.OfStatus(401);
        var reads = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        if (!reads && context.Request.Headers["X-Requested-With"] != "automation") return new(403, "csrf_rejected", "A change from a browser needs the header X-Requested-With: automation.");
        context.Features.Set(session);
        return null;
    }

    /// <summary>The key that a request carries; null for none. A socket cannot send headers from a browser, so at hubs it may stand in the address.</summary>
    public static string? KeyOf(HttpRequest request)
    {
        if (request.Headers["X-Api-Key"] is [{ Length: > 0 } key]) return key;
        if (request.Headers.Authorization is [{ } header] && Array.Find(Schemes, scheme => header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) is { } scheme) return header[scheme.Length..].Trim();
        return IsHub(request) && request.Query["access_token"] is [{ Length: > 0 } token] ? token : null;
    }

    /// <summary>The two that need nobody: there one becomes somebody. A page of another origin reaches neither, as both take JSON alone.</summary>
    private static bool IsDoor(HttpRequest request) => HttpMethods.IsPost(request.Method) && (request.Path == "/api/sign-in" || request.Path == "/api/join");

    private static bool IsHub(HttpRequest request) => request.Path.StartsWithSegments(ElsaApi.Hubs, StringComparison.OrdinalIgnoreCase);
}
