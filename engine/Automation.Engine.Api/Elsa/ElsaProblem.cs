using Automation.Engine.Api.Errors;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Elsa;

/// <summary>A refusal as Studio reads it: <c>errors</c> is a dictionary, and each of its texts is shown.</summary>
internal static class ElsaProblem
{
    public static JObject Of(Problem problem, string trace)
    {
        var errors = new JObject();
        foreach (var place in problem.Errors.GroupBy(place => place.Path)) errors[place.Key] = new JArray(place.Select(one => one.Path.Length == 0 ? one.Message : $"{one.Path}: {one.Message}"));
        if (errors.Count == 0) errors[problem.Code] = new JArray(problem.Title);
        return new()
        {
            ["type"] = $"urn:funnel:error:{problem.Code}",
            ["title"] = problem.Title,
            ["status"] = problem.Status,
            ["statusCode"] = problem.Status,
            ["code"] = problem.Code,
            ["message"] = problem.Title,
            ["traceId"] = trace,
            ["errors"] = errors,
        };
    }
}
