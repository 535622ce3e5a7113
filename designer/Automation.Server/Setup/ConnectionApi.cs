using Automation.Engine.Api;
using Automation.Engine.Api.Json;
using Automation.Server.CommandLine;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Automation.Server.Setup;

/// <summary><c>POST /api/connections</c>: connects a system, as the command line's <c>connect</c> does.</summary>
public static class ConnectionApi
{
    private sealed record Body(string? Kind, string? Name, string? BaseUrl, string? Subdomain, JObject? Settings, Dictionary<string, string>? Secrets);

    public static void Map(IEndpointRouteBuilder app, ServeOptions options) =>
        app.MapPost("/api/connections", async (HttpContext context, ConnectionService service) =>
        {
            var body = await ApiJson.ReadAsync<Body>(context.Request, context.RequestAborted);
            if (body is not { Kind: { Length: > 0 } kind }) throw ApiProblem.BadRequest("definition_invalid", "Say which kind of system: amocrm, smsc, klientiks, generic, email.");
            var baseUrl = body.BaseUrl ?? (kind == "amocrm" && body.Subdomain is { } subdomain ? AmoAddress(subdomain) : DefaultAddress(kind));
            // Only what the operator lists may be reached on a private network; a connection made over the API adds nothing to it.
            var allowed = Environment.GetEnvironmentVariable("AUTOMATION_ALLOWED_HOSTS")?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
            var request = new ConnectionRequest(kind, body.Name ?? kind, baseUrl, body.Settings, body.Secrets, allowed);
            try
            {
                var result = await service.ConnectAsync(context.Account(), request, options.PublicHookUrl, context.RequestAborted);
                var answer = new JObject
                {
                    ["id"] = result.Id,
                    ["name"] = result.Name,
                    ["hookUrl"] = result.HookUrl?.ToString(),
                    ["secret"] = result.Secret,
                    ["message"] = new JObject { ["ru"] = result.Message.Russian, ["en"] = result.Message.English },
                };
                return Results.Content(answer.ToString(Formatting.None), "application/json; charset=utf-8");
            }
            catch (ConnectionRefusedException e)
            {
                throw ApiProblem.BadRequest(e.Code, $"{e.Words.Russian} / {e.Words.English}");
            }
        }).Needs(Permissions.Manage).WithSummary("Connects an outside system");

    private static string AmoAddress(string subdomain) => subdomain.Contains('.', StringComparison.Ordinal) ? $"https://{subdomain}" : $"https://{subdomain}.amocrm.ru";

    private static string? DefaultAddress(string kind) => kind switch
    {
        "smsc" => "https://smsc.ru",
        "klientiks" => "https://klientiks.ru",
        _ => null,
    };
}
