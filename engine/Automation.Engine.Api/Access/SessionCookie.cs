using Microsoft.AspNetCore.Http;

namespace Automation.Engine.Api.Access;

/// <summary>How a browser's session travels, and what a page's principal holds of it.</summary>
public static class SessionCookie
{
    public const string Name = "automation_session";

    /// <summary>Authentication scheme of pages.</summary>
    public const string Scheme = "Session";

    /// <summary>Claim that holds the session's key.</summary>
    public const string Claim = "automation:session";

    /// <summary>Claim that holds <c>ru</c> or <c>en</c>: what the person has chosen, else the account's language.</summary>
    public const string LanguageClaim = "automation:language";

    internal static void Set(HttpContext context, string session) => context.Response.Cookies.Append(Name, session, new CookieOptions
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        // What a proxy says is believed: whoever lies only keeps the cookie from himself.
        Secure = context.Request.IsHttps || context.Request.Headers["X-Forwarded-Proto"] == "https",
        Path = "/",
        MaxAge = ApiKeyService.SessionLife,
        IsEssential = true,
    });
}
