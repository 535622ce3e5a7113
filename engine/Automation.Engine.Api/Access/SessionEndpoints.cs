using Automation.Engine.Api.Errors;
using Automation.Engine.Api.Json;
using Automation.Engine.Hosting.Accounts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Automation.Engine.Api.Access;

/// <param name="Account">The account's short name.</param>
/// <param name="Language">ru or en.</param>
/// <param name="Role">viewer, editor, publisher, operator, admin.</param>
/// <param name="UserName">Who asks: a person, or a key's name.</param>
/// <param name="Theme">light or dark; absent for the browser's own.</param>
/// <param name="Login">What the person signs in with; absent for a key.</param>
public sealed record SessionView(string Account, string Name, string TimeZone, string Language, string Kind, string Role, DateTimeOffset? ExpiresAt, string UserName, string? Theme, string? Login = null);

/// <summary>What is absent stays as it is.</summary>
/// <param name="Language">ru or en.</param>
/// <param name="Theme">light or dark.</param>
public sealed record PreferenceChange(string? Language, string? Theme);

/// <param name="Key">Opens <c>/elsa</c> and nothing else.</param>
public sealed record StudioKey(string Key, DateTimeOffset ExpiresAt);

/// <summary>Opening and closing of a browser's session.</summary>
internal static class SessionEndpoints
{
    // Not a redirect: a strict cookie is not sent along a chain that another site began, and a mail program is such a site.
    private const string Entered = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\"0; url=/\"><link rel=\"icon\" href=\"data:,\"><title>Automation</title></head><body><p><a href=\"/\">Automation</a></p></body></html>";

    public static void Map(IEndpointRouteBuilder routes, IEndpointRouteBuilder api)
    {
        routes.MapGet("/start/{token}", StartAsync).ExcludeFromDescription();
        routes.MapGet("/sign-out", LeaveAsync).ExcludeFromDescription();
        api.MapGet("/session", ReadAsync).WithSummary("Who is signed in").Produces<SessionView>();
        api.MapPost("/session", OpenAsync).Needs(Permissions.Read).WithSummary("Opens a browser session for the API key that the request carries").Produces(204);
        api.MapPut("/session/preferences", PreferAsync).Needs(Permissions.Read).WithSummary("Language and theme of who is signed in; changes what is named").Accepts<PreferenceChange>("application/json").Produces(204);
        api.MapPost("/session/studio", StudioAsync).Needs(Permissions.Read).WithSummary("A key for the page that holds Elsa Studio, good for an hour").Produces<StudioKey>();
        api.MapDelete("/session", CloseAsync).Needs(Permissions.Read).WithSummary("Ends the browser session").Produces(204);
    }

    private static async Task StartAsync(HttpContext context, string token, ApiKeyService keys, AttemptGate attempts, ILogger<AccessMiddleware> logger)
    {
        if (await keys.OpenSessionAsync(token, context.RequestAborted) is not { } session)
        {
            await ProblemWriter.WriteAsync(context, AccessMiddleware.Wrong(context, attempts, logger));
            return;
        }

        SessionCookie.Set(context, session);
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentType = "text/html; charset=utf-8";
        await context.Response.WriteAsync(Entered, context.RequestAborted);
    }

    private static async Task<IResult> ReadAsync(HttpContext context, AccountDirectory accounts, Preferences preferences)
    {
        var caller = context.Caller();
        var account = await accounts.GetAsync(caller.Account, context.RequestAborted);
        var own = await preferences.OfAsync(caller, context.RequestAborted);
        return new JsonAnswer(new SessionView(account.Slug, account.Name, account.TimeZone.Id, own.Language ?? account.Language, caller.Kind, caller.Role, caller.ExpiresAt, caller.Name, own.Theme, own.Login));
    }

    private static async Task<IResult> PreferAsync(HttpContext context, Preferences preferences)
    {
        var change = await ApiJson.ReadAsync<PreferenceChange>(context.Request, context.RequestAborted);
        if (change.Language is not (null or "ru" or "en")) throw ApiProblem.BadRequest("payload_invalid", "The language is ru or en.");
        if (change.Theme is not (null or "light" or "dark")) throw ApiProblem.BadRequest("payload_invalid", "The theme is light or dark.");
        await preferences.ChangeAsync(context.Caller(), change, context.RequestAborted);
        return Results.NoContent();
    }

    private static async Task<IResult> OpenAsync(HttpContext context, ApiKeyService keys)
    {
        SessionCookie.Set(context, await keys.OpenSessionAsync(context.Caller(), context.RequestAborted));
        return Results.NoContent();
    }

    private static async Task<IResult> StudioAsync(HttpContext context, ApiKeyService keys)
    {
        var (key, until) = await keys.OpenStudioAsync(context.Caller(), context.RequestAborted);
        return new JsonAnswer(new StudioKey(key, until));
    }

    private static async Task<IResult> CloseAsync(HttpContext context, ApiKeyService keys)
    {
        var caller = context.Caller();
        if (caller.Kind == ApiKeyKinds.Session) await keys.RevokeAsync(caller.Account, caller.Id, context.RequestAborted);
        context.Response.Cookies.Delete(SessionCookie.Name);
        return Results.NoContent();
    }

    /// <summary>For the pages' link. A page of another site leads here without the strict cookie, and ends nothing.</summary>
    private static async Task<IResult> LeaveAsync(HttpContext context, ApiKeyService keys)
    {
        if (context.Request.Cookies[SessionCookie.Name] is { } cookie)
        {
            if (await keys.FindAsync(cookie, context.RequestAborted) is { Kind: ApiKeyKinds.Session } caller) await keys.RevokeAsync(caller.Account, caller.Id, context.RequestAborted);
            context.Response.Cookies.Delete(SessionCookie.Name);
        }

        return Results.LocalRedirect(SessionAuthentication.SignInPage);
    }
}
