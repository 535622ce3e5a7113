using System.Security.Claims;
using Automation.Engine.Api.Access;
using Microsoft.AspNetCore.Http;

namespace Automation.Designer.Session;

/// <summary>The language of a page before anybody is known: what the signed-in person chose, else the browser's first known one, else Russian.</summary>
internal static class PageLanguage
{
    public const string ThemeCookie = "automation_theme";

    public static string Of(HttpContext? context)
    {
        if (context?.User.FindFirstValue(SessionCookie.LanguageClaim) is { Length: > 0 } own) return own;
        foreach (var asked in context?.Request.GetTypedHeaders().AcceptLanguage.OrderByDescending(one => one.Quality ?? 1) ?? Enumerable.Empty<Microsoft.Net.Http.Headers.StringWithQualityHeaderValue>())
        {
            var language = asked.Value.Value?.Split('-')[0];
            if (language is "ru" or "en") return language;
        }

        return "ru";
    }
}
