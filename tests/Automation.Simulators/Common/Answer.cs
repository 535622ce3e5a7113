using System.Text;
using Microsoft.AspNetCore.Http;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Simulators;

/// <summary>What a simulated system answers.</summary>
public sealed record Answer(int Status, string? Body = null, string ContentType = "application/json")
{
    public static Answer Json(JToken body, int status = 200, string contentType = "application/json") =>
        new(status, body.ToString(Formatting.None), contentType);

    internal async Task WriteAsync(HttpContext context)
    {
        context.Response.StatusCode = Status;
        if (Body is null)
            return;
        context.Response.ContentType = ContentType + "; charset=utf-8";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(Body), context.RequestAborted);
    }
}
