using Automation.Engine.Api.Elsa;
using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Json;
using Automation.Engine.Hosting.Cluster;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Automation.Engine.Api.Tools;

/// <param name="State"><c>working</c>, <c>draining</c> or <c>empty</c>.</param>
public sealed record DrainView(string State);

/// <summary>Empties the server that is asked, and only that one.</summary>
internal static class DrainEndpoints
{
    private const int AskElsewhereIn = 2; // seconds

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/drain", Begin).Needs(Permissions.Manage).WithSummary("Lets this server begin nothing new and hand back what it has begun").Produces<DrainView>(202);
        api.MapGet("/drain", (NodeDrain drain) => new JsonAnswer(View(drain))).WithSummary("How far it is").Produces<DrainView>();
    }

    /// <summary>A server that is emptied takes neither hooks nor changes: whoever asks again reaches another, or this one after its start.</summary>
    public static async Task RefuseAsync(HttpContext context, RequestDelegate next)
    {
        var reads = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        var path = context.Request.Path;
        var changes = path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase) || path.StartsWithSegments(ElsaApi.Root, StringComparison.OrdinalIgnoreCase);
        var takes = path.StartsWithSegments("/hooks", StringComparison.OrdinalIgnoreCase) || (!reads && changes && path != "/api/drain");
        if (!takes || context.RequestServices.GetRequiredService<NodeDrain>().IsTaking) await next(context);
        else await ProblemWriter.WriteAsync(context, new(503, "draining", "This server is being emptied. Ask again.") { RetryAfter = AskElsewhereIn });
    }

    private static JsonAnswer Begin(NodeDrain drain)
    {
        drain.Begin();
        return new(View(drain), 202);
    }

    private static DrainView View(NodeDrain drain) => new(drain.State.ToString().ToLowerInvariant());
}
