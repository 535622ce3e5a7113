using Newtonsoft.Json.Linq;

namespace Automation.Sandbox;

internal static class UiJson
{
    /// <summary>Runs what a person did on a page; a refusal becomes 400 with its text.</summary>
    public static async Task DoAsync(HttpContext context, Func<JObject, JToken?> act)
    {
        var text = await new StreamReader(context.Request.Body).ReadToEndAsync(context.RequestAborted);
        try
        {
            await WriteAsync(context, act(text.Length == 0 ? [] : JObject.Parse(text)) ?? new JObject());
        }
        catch (Exception refusal) when (refusal is ArgumentException or InvalidOperationException or FormatException
            or KeyNotFoundException or Newtonsoft.Json.JsonException)
        {
            context.Response.StatusCode = 400;
            await WriteAsync(context, new JObject { ["error"] = refusal.Message });
        }
    }

    public static Task WriteAsync(HttpContext context, JToken json)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(json.ToString(Newtonsoft.Json.Formatting.None), context.RequestAborted);
    }

    public static void MapRead(this WebApplication app, string path, Func<HttpContext, JToken> read) =>
        app.MapGet(World.Root + "/ui" + path, context => WriteAsync(context, read(context)));

    public static void MapAct(this WebApplication app, string path, Func<HttpContext, JObject, JToken?> act) =>
        app.MapPost(World.Root + "/ui" + path, context => DoAsync(context, body => act(context, body)));

    public static long Id(this HttpContext context, string name = "id") =>
        long.Parse((string)context.GetRouteValue(name)!, System.Globalization.CultureInfo.InvariantCulture);
}
