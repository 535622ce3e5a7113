using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Simulators.AmoCrm;

/// <summary>The way every call to REST v4 takes: counted, limited, authorised, applied under the lock, answered or lost.</summary>
internal sealed class AmoApi(AmoCrmSimulator amo)
{
    public static void Map(IEndpointRouteBuilder routes, AmoCrmSimulator amo)
    {
        var api = new AmoApi(amo);
        var map = new AmoRoutes(routes, amo.Options.Prefix + "/api/v4", api.ServeAsync);
        AmoAccountApi.Map(map);
        AmoEntityApi.Map(map);
        AmoLinkApi.Map(map);
        AmoWorkApi.Map(map);
        AmoFileApi.Map(map, routes, amo);
        AmoFeedApi.Map(map);
    }

    public async Task ServeAsync(HttpContext context, Func<AmoRequest, Answer> handler)
    {
        var rate = amo.Calls.Arrived();
        var text = await new StreamReader(context.Request.Body).ReadToEndAsync(context.RequestAborted);
        var answer = Decide(context, text, rate, handler);
        amo.Calls.Add(context.Request.Method, context.Request.Path, answer.Status);
        var isWrite = context.Request.Method is not "GET";
        var delay = amo.Faults.TakeDelay();
        if (delay > TimeSpan.Zero)
            await Task.Delay(delay, amo.Options.Clock, context.RequestAborted);
        if (answer.Status < 400 && amo.Faults.TakeLostAnswer(isWrite))
        {
            context.Abort();
            return;
        }
        context.Response.Headers["X-Request-Id"] = context.TraceIdentifier;
        await answer.WriteAsync(context);
    }

    private Answer Decide(HttpContext context, string text, int rate, Func<AmoRequest, Answer> handler)
    {
        if (amo.Faults.TakeRefusal() is { } status)
            return AmoProblem.Of(status, "Simulated failure");
        if (amo.Options.RequestsPerSecond > 0 && rate > amo.Options.RequestsPerSecond)
            return AmoProblem.Of(429, "Too many requests from your IP");
        if (context.Request.Headers.Authorization != $"Bearer {amo.Options.Token}")
            return AmoProblem.Of(401, "Unauthorized");
        try
        {
            var body = text.Length == 0 ? null : Parse(text);
            lock (amo.Gate)
                return handler(new AmoRequest(amo, context, body));
        }
        catch (AmoInvalidException invalid)
        {
            return AmoProblem.Invalid(invalid);
        }
        catch (Exception failure) when (failure is JsonException or FormatException or InvalidCastException or ArgumentException or OverflowException)
        {
            return AmoProblem.Of(400, "Request body is not what was expected: " + failure.Message);
        }
        catch (UnreachableException)
        {
            return AmoProblem.Of(404, "Not found");
        }
    }

    private static JToken Parse(string text)
    {
        using var reader = new JsonTextReader(new StringReader(text)) { DateParseHandling = DateParseHandling.None, Culture = CultureInfo.InvariantCulture };
        return JToken.Load(reader);
    }
}

/// <summary>Routes below one prefix, each served the same way.</summary>
internal sealed class AmoRoutes(IEndpointRouteBuilder routes, string prefix, Func<HttpContext, Func<AmoRequest, Answer>, Task> serve)
{
    public void Get(string path, Func<AmoRequest, Answer> handler) => Add("GET", path, handler);

    public void Post(string path, Func<AmoRequest, Answer> handler) => Add("POST", path, handler);

    public void Patch(string path, Func<AmoRequest, Answer> handler) => Add("PATCH", path, handler);

    public void Put(string path, Func<AmoRequest, Answer> handler) => Add("PUT", path, handler);

    public void Delete(string path, Func<AmoRequest, Answer> handler) => Add("DELETE", path, handler);

    private void Add(string method, string path, Func<AmoRequest, Answer> handler) =>
        routes.MapMethods(prefix + path, [method], context => serve(context, handler));
}
