using System.Globalization;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Server.CommandLine;

/// <summary>An error answer (RFC 9457) as words: the code first, then each place.</summary>
internal static class ProblemText
{
    public static string Of(string body, int status)
    {
        if (Read(body) is not { } problem) return string.Create(CultureInfo.InvariantCulture, $"The server answered {status} without a reason.");
        var text = new StringBuilder($"{problem["code"]}: {problem["detail"] ?? problem["title"]}");
        foreach (var error in (problem["errors"] as JArray)?.OfType<JObject>() ?? [])
        {
            text.AppendLine().Append("  ");
            if ((string?)error["path"] is { Length: > 0 } path) text.Append(path).Append(": ");
            text.Append(CultureInfo.InvariantCulture, $"{error["code"]}: {error["message"]}");
            if ((int?)error["line"] is { } line) text.Append(CultureInfo.InvariantCulture, $" (line {line}, column {(int?)error["column"] ?? 1})");
        }
        if ((string?)problem["traceId"] is { } trace && status >= 500) text.AppendLine().Append("  trace ").Append(trace);
        return text.ToString();
    }

    private static JObject? Read(string body)
    {
        try
        {
            return JsonConvert.DeserializeObject<JToken>(body) is JObject problem && problem["code"] is not null ? problem : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
