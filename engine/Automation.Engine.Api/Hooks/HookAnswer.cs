using System.Text.Json;
using Automation.Engine.Persistence.Steps;
using Microsoft.AspNetCore.Http;

namespace Automation.Engine.Api.Hooks;

/// <summary>Writes a hook's success: 202, or 200 when everything in it was a copy.</summary>
internal static class HookAnswer
{
    public static async Task WriteAsync(HttpContext context, IReadOnlyList<AcceptedEvent> events)
    {
        var copies = 0;
        foreach (var accepted in events)
            if (accepted.Duplicate) copies++;
        var response = Begin(context, events.Count > 0 && copies == events.Count ? StatusCodes.Status200OK : StatusCodes.Status202Accepted);
        var json = new Utf8JsonWriter(response.BodyWriter);
        await using (json.ConfigureAwait(false))
        {
            json.WriteStartObject();
            if (events is [var only])
            {
                json.WriteString("eventId"u8, only.Id);
                json.WriteBoolean("duplicate"u8, only.Duplicate);
            }

            json.WriteStartArray("events"u8);
            foreach (var accepted in events)
            {
                json.WriteStartObject();
                json.WriteString("eventId"u8, accepted.Id);
                json.WriteBoolean("duplicate"u8, accepted.Duplicate);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        await response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    /// <summary>Stored and unreadable.</summary>
    public static async Task WriteDeadAsync(HttpContext context, Guid deadLetter)
    {
        var response = Begin(context, StatusCodes.Status202Accepted);
        var json = new Utf8JsonWriter(response.BodyWriter);
        await using (json.ConfigureAwait(false))
        {
            json.WriteStartObject();
            json.WriteString("deadLetter"u8, deadLetter);
            json.WriteStartArray("events"u8);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        await response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    private static HttpResponse Begin(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        return context.Response;
    }
}
