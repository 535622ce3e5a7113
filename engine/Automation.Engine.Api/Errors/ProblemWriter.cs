using System.Diagnostics;
using System.Globalization;
using Automation.Engine.Api.Elsa;
using Automation.Engine.Api.Json;
using Microsoft.AspNetCore.Http;

namespace Automation.Engine.Api.Errors;

/// <summary>Writes problems.</summary>
public static class ProblemWriter
{
    public static Task WriteAsync(HttpContext context, Problem problem)
    {
        var response = context.Response;
        response.StatusCode = problem.Status;
        if (problem.RetryAfter is { } wait) response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
        response.Headers.CacheControl = "no-store";
        var trace = Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier;
        if (context.Request.Path.StartsWithSegments(ElsaApi.Base, StringComparison.OrdinalIgnoreCase)) return ApiJson.WriteAsync(response, ElsaProblem.Of(problem, trace), "application/problem+json");
        var body = new ProblemBody($"urn:funnel:error:{problem.Code}", problem.Title, problem.Status, problem.Code, trace, problem.Errors.Count == 0 ? null : problem.Errors);
        return ApiJson.WriteAsync(response, body, "application/problem+json");
    }

    /// <summary>The problem of an answer that carries a bare status.</summary>
    public static Problem OfStatus(int status) => status switch
    {
        400 => new(400, "query_invalid", "The request cannot be read."),
        401 => new(401, "unauthenticated", "Sign in, or send an API key."),
        403 => new(403, "forbidden", "This is not allowed."),
        404 => Problem.NotFound(),
        405 => new(405, "method_not_allowed", "This address does not take that method."),
        408 => new(408, "request_timeout", "The request took too long to arrive."),
        413 => new(413, "payload_too_large", "The body is too large."),
        415 => new(415, "media_type_unsupported", "This content type is not taken."),
        _ => new(status, status >= 500 ? "internal" : "request_invalid", status >= 500 ? "Something went wrong here." : "The request is refused."),
    };
}

/// <summary>The answer of a handler that refuses.</summary>
internal sealed class ProblemResult(Problem problem) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) => ProblemWriter.WriteAsync(httpContext, problem);
}
