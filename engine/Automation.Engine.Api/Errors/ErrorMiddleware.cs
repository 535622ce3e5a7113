using Automation.Engine.Funnels;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Automation.Engine.Api.Errors;

/// <summary>Turns whatever goes wrong into the one error form; nothing of the inside is told.</summary>
internal sealed class ErrorMiddleware(RequestDelegate next, ILogger<ErrorMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            return;
        }
#pragma warning disable CA1031 // The edge of the server: every failure gets an answer.
        catch (Exception e) when (!context.Response.HasStarted)
#pragma warning restore CA1031
        {
            context.Response.Clear();
            await ProblemWriter.WriteAsync(context, ProblemOf(context, e));
            return;
        }

        var response = context.Response;
        if (response.StatusCode >= 400 && !response.HasStarted && response.ContentLength is null or 0 && response.ContentType is null)
            await ProblemWriter.WriteAsync(context, ProblemWriter.OfStatus(response.StatusCode));
    }

    private Problem ProblemOf(HttpContext context, Exception e)
    {
        switch (e)
        {
            case ProblemException refused: return refused.Problem;
            case FunnelInvalidException invalid: return Problem.OfFunnel(invalid);
            case BadHttpRequestException bad: return ProblemWriter.OfStatus(bad.StatusCode);
            default:
                logger.RequestFailed(context.Request.Method, (context.GetEndpoint() as Microsoft.AspNetCore.Routing.RouteEndpoint)?.RoutePattern.RawText ?? "-", e);
                return new(500, "internal", "Something went wrong here. The trace id leads to the log.");
        }
    }
}
