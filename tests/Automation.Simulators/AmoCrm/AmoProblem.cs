using Newtonsoft.Json.Linq;

namespace Automation.Simulators.AmoCrm;

/// <summary>One item of a request is not valid; the whole request fails.</summary>
#pragma warning disable CA1064, CA1032 // internal control flow of one class
internal sealed class AmoInvalidException(string requestId, string code, string path, string detail) : Exception(detail)
#pragma warning restore CA1064, CA1032
{
    public string RequestId { get; } = requestId;
    public string Code { get; } = code;
    public string Path { get; } = path;
}

internal static class AmoProblem
{
    private static readonly Dictionary<int, string> Titles = new()
    {
        [400] = "Bad Request",
        [401] = "Unauthorized",
        [402] = "Payment Required",
        [403] = "Forbidden",
        [404] = "Not found",
        [422] = "Unprocessable Entity",
        [429] = "Too Many Requests",
        [500] = "Internal Server Error",
        [504] = "Gateway Timeout",
    };

    public static Answer Of(int status, string detail) => Json(status, Body(status, detail));

    public static Answer Invalid(AmoInvalidException invalid)
    {
        var body = Body(400, "Request validation failed");
        body["validation-errors"] = new JArray(new JObject
        {
            ["request_id"] = invalid.RequestId,
            ["errors"] = new JArray(new JObject { ["code"] = invalid.Code, ["path"] = invalid.Path, ["detail"] = invalid.Message }),
        });
        return Json(400, body);
    }

    private static JObject Body(int status, string detail) => new()
    {
        ["title"] = Titles.GetValueOrDefault(status, "Error"),
        ["type"] = $"https://httpstatus.es/{status}",
        ["status"] = status,
        ["detail"] = detail,
    };

    private static Answer Json(int status, JObject body) => Answer.Json(body, status, "application/problem+json");
}
