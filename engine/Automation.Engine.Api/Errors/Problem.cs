using Automation.Engine.Funnels;
using Newtonsoft.Json;

namespace Automation.Engine.Api.Errors;

/// <summary>A refusal in the form of RFC 9457, as every route gives it.</summary>
/// <param name="Code">A code of the reliability contract; clients tell errors apart by it.</param>
public sealed record Problem(int Status, string Code, string Title)
{
    public IReadOnlyList<ProblemPlace> Errors { get; init; } = [];

    /// <summary>Seconds to wait before another try; null where waiting does not help.</summary>
    public int? RetryAfter { get; init; }

    public static Problem NotFound(string title = "There is nothing under this address.") => new(404, "not_found", title);

    public static Problem BadQuery(string title) => new(400, "query_invalid", title);

    public static Problem OfFunnel(FunnelInvalidException e)
    {
        var places = e.Problems.Select(problem => new ProblemPlace(problem.Path, problem.Code, problem.Message, problem.Line, problem.Column)).ToList();
        if (places is [{ Code: "draft_changed" } changed]) return new(412, changed.Code, changed.Message);
        var code = places.Select(place => place.Code).Distinct().ToList() is [var only] ? only : "definition_invalid";
        return new(400, code, "The funnel has problems; nothing was saved.") { Errors = places };
    }
}

/// <summary>One place that is wrong.</summary>
/// <param name="Path">Where, such as <c>triggers[3].if.text</c>.</param>
public sealed record ProblemPlace(string Path, string Code, string Message, int? Line = null, int? Column = null);

/// <summary>The body of every error answer.</summary>
public sealed record ProblemBody(
    [property: JsonProperty("type")] string Type, [property: JsonProperty("title")] string Title, [property: JsonProperty("status")] int Status,
    [property: JsonProperty("code")] string Code, [property: JsonProperty("traceId")] string TraceId, [property: JsonProperty("errors")] IReadOnlyList<ProblemPlace>? Errors);

/// <summary>Ends a request with a problem.</summary>
public sealed class ProblemException(Problem problem) : Exception(problem.Title)
{
    public Problem Problem => problem;
}
