using System.Security.Claims;
using System.Text.Encodings.Web;
using Automation.Engine.Hosting.Accounts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Automation.Engine.Api.Access;

/// <summary>Knows a browser by its session cookie, for pages. The API asks <see cref="AccessMiddleware"/>.</summary>
internal sealed class SessionAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, ApiKeyService keys, AccountDirectory accounts)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SignInPage = "/sign-in";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Cookies[SessionCookie.Name] is not { Length: > 0 } cookie) return AuthenticateResult.NoResult();
        if (await keys.FindAsync(cookie, Context.RequestAborted) is not { Kind: ApiKeyKinds.Session } caller) return AuthenticateResult.NoResult();
        var language = caller.Language ?? (await accounts.GetAsync(caller.Account, Context.RequestAborted)).Language;
        var identity = new ClaimsIdentity(
            [new(SessionCookie.LanguageClaim, language), new(ClaimTypes.NameIdentifier, caller.Person.ToString()), new(ClaimTypes.Name, caller.Name), new(ClaimTypes.Role, caller.Role), new(SessionCookie.Claim, cookie)], SessionCookie.Scheme);
        return AuthenticateResult.Success(new(new(identity), SessionCookie.Scheme));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        // A page is sent to the sign-in; what a page's script asks for is told.
        if (HttpMethods.IsGet(Request.Method) && Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase))
            Response.Redirect($"{SignInPage}?return={UrlEncoder.Encode(Request.Path + Request.QueryString)}");
        else Response.StatusCode = StatusCodes.Status401Unauthorized;
        return Task.CompletedTask;
    }
}
