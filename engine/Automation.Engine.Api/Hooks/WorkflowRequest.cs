using System.Text;
using Automation.Engine.Api.Errors;
using Automation.Engine.Hosting.Mailboxes;
using Automation.Engine.Workflows;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Newtonsoft.Json.Linq;

namespace Automation.Engine.Api.Hooks;

/// <summary>A request to a workflow's HTTP endpoint, in the form in which it is stored.</summary>
internal static class WorkflowRequest
{
    private static readonly HashSet<string> Private = new(StringComparer.OrdinalIgnoreCase) { "Authorization", "Cookie", "X-Api-Key", "Proxy-Authorization" };

    /// <returns>The request as a run gets it, or why it cannot be taken.</returns>
    public static async Task<(JObject Request, Problem? Problem)> ReadAsync(HttpContext context, string path, RouteValueDictionary route, HttpEndpointRules rules, HookBody body)
    {
        var http = context.Request;
        var request = new JObject
        {
            ["method"] = http.Method,
            ["path"] = path,
            ["route"] = new JObject(route.Select(value => new JProperty(value.Key, value.Value?.ToString()))),
            ["query"] = Texts(http.Query.Select(pair => (pair.Key, pair.Value))),
            ["headers"] = Texts(http.Headers.Where(pair => !Private.Contains(pair.Key)).Select(pair => (pair.Key, pair.Value))),
        };
        if (body.TooLarge) return Refused(request, rules, HttpRefusal.RequestTooLarge, new(413, "payload_invalid", $"The body is larger than {rules.SizeLimit} bytes."));
        try
        {
            if (FormReader.IsFor(http))
            {
                var form = await FormReader.ReadAsync(http.ContentType!, body.Bytes, rules.Files, context.RequestAborted);
                if (form.Refusal is { } refusal) return Refused(request, rules, refusal, new(refusal == HttpRefusal.FileTooLarge ? 413 : 415, "payload_invalid", $"The file '{form.RefusedFile}' is not taken: {Reason(refusal, rules.Files!)}."));
                (request["body"], request["files"]) = (form.Fields, form.Files);
                return (request, null);
            }

            var text = new UTF8Encoding(false, true).GetString(body.Bytes);
            request["body"] = text.Length == 0 ? JValue.CreateNull() : http.HasJsonContentType() ? RunJson.ParseToken(text) : IsPlainForm(http) ? Form(text) : text;
            return (request, null);
        }
        catch (Exception cause) when (cause is DecoderFallbackException or Newtonsoft.Json.JsonException or InvalidDataException)
        {
            return (request, new(400, "payload_invalid", "The body is not what its content type says."));
        }
    }

    // A workflow that has a way out for it takes the request all the same, without its body.
    private static (JObject, Problem?) Refused(JObject request, HttpEndpointRules rules, string refusal, Problem problem)
    {
        if (rules.Exposed?.Contains(refusal) != true) return (request, problem);
        request["body"] = JValue.CreateNull();
        request[HttpEndpointRules.Refused] = refusal;
        return (request, null);
    }

    private static string Reason(string refusal, HttpFileRules rules) => refusal switch
    {
        HttpRefusal.FileTooLarge => $"a file may have {rules.SizeLimit} bytes",
        HttpRefusal.Extension => rules.Allowed.Count > 0 ? $"send {string.Join(", ", rules.Allowed)}" : $"do not send {string.Join(", ", rules.Blocked)}",
        _ => $"send {string.Join(", ", rules.MimeTypes)}",
    };

    private static JObject Form(string text) => Texts(Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(text).Select(pair => (pair.Key, pair.Value)));

    private static JObject Texts(IEnumerable<(string Key, Microsoft.Extensions.Primitives.StringValues Values)> pairs)
    {
        var texts = new JObject();
        foreach (var (key, values) in pairs) texts[key] = values.Count == 1 ? values[0] : new JArray(values.ToArray<object?>()!);
        return texts;
    }

    private static bool IsPlainForm(HttpRequest request) => request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true;
}
