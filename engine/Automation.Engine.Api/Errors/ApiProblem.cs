using Automation.Engine.Api.Errors;

namespace Automation.Engine.Api;

/// <summary>Refusals that other parts of the server throw.</summary>
public static class ApiProblem
{
    public static ProblemException BadRequest(string code, string title) => new(new(400, code, title));

    public static ProblemException Conflict(string code, string title) => new(new(409, code, title));

    public static ProblemException NotFound(string title) => new(Problem.NotFound(title));
}
